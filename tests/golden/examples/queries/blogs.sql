-- Blogs with at least this number of stars, best first.
-- name: popular :many
SELECT id, title, stars FROM blogs WHERE stars >= :least ORDER BY stars DESC, id;

-- name: best_of_user :opt
SELECT u.email, b.title
FROM users u JOIN blogs b ON b.id = u.best
WHERE u.email = :email;

-- name: rename :rows
UPDATE blogs SET title = :title WHERE id = :id;
