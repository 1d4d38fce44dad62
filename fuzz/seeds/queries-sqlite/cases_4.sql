-- name: all_48 :many
SELECT a.name, b.title FROM authors a FULL JOIN books b ON b.author_id = a.id;

-- name: all_49 :many
SELECT id, stars FROM books FULL JOIN (SELECT book_id AS id, stars FROM reviews) r USING (id);

-- name: all_50 :many
INSERT INTO authors (id, name) VALUES (:id, :name) RETURNING id, born, active;

-- name: all_51 :many
INSERT INTO authors (id, name) VALUES (:id, :name) ON CONFLICT (id) DO UPDATE SET name = excluded.name, born = :born WHERE authors.name <> excluded.name RETURNING *;

-- name: all_52 :exec
INSERT INTO authors (id, name) VALUES (:id, :name) ON CONFLICT DO NOTHING;

-- name: all_53 :many
UPDATE books SET pages = r.number FROM reviews r WHERE r.book_id = books.id AND r.stars = :stars RETURNING title, subtitle;

-- name: all_54 :many
DELETE FROM books WHERE id = :id RETURNING title, rating;

-- name: all_55 :many
VALUES (1, 'a'), (2, NULL);

-- name: all_56 :many
SELECT count(*) FILTER (WHERE rating > 3) AS good, sum(pages) FILTER (WHERE rating > 3) AS pages FROM books GROUP BY author_id;

-- name: all_57 :many
SELECT id, r.number FROM books JOIN (SELECT book_id AS id, number FROM reviews) r USING (id);

-- name: all_58 :many
SELECT * FROM (SELECT id, name FROM authors) a NATURAL LEFT JOIN (SELECT id, title FROM books) b;

-- name: all_87 :many
SELECT rowid, title FROM books WHERE title GLOB :pattern;
