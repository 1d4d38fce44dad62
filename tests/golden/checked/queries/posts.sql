-- Queries over what all engines host: each is one text, checked for three dialects.

-- Posts of one author, newest first.
--
-- Drafts are among them.
-- name: posts_of_author :many
SELECT id, title, published_on, state FROM posts WHERE author_id = :author ORDER BY id DESC;

-- name: post :one
SELECT * FROM posts WHERE id = :id;

-- name: post_by_title :opt
SELECT p.id, a.name AS author, a.email
FROM posts p JOIN authors a ON a.id = p.author_id
WHERE p.title = :title AND p.stars >= :least; -- Several authors may have written one.

-- How many posts a state has.
-- name: CountOfState :scalar
SELECT count(*) AS count FROM posts WHERE state = :state;

-- name: most_stars :scalar
SELECT max(stars) AS most FROM posts

-- name: add_author :exec
INSERT INTO authors (id, name, email) VALUES (:id, :name, :email);

-- name: rename :rows
UPDATE posts SET title = :title WHERE id = :id AND title <> ':title';

-- One name at two places is one argument.
-- name: authors_called :many
SELECT name, email FROM authors WHERE name = :word OR email = :word ORDER BY name;

-- Posts with any of these numbers.
-- name: posts_with :many
SELECT id, title FROM posts WHERE id IN :ids ORDER BY id;

-- name: posts_titled_otherwise :many
SELECT id FROM posts WHERE title NOT IN :titles AND id = :id;
