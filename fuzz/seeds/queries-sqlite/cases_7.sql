-- name: refused_20 :exec
INSERT INTO authors (id) VALUES (1);

-- name: refused_21 :exec
INSERT INTO authors (id, name) VALUES (1, NULL);

-- name: refused_22 :exec
UPDATE authors SET nam = 'x';

-- name: refused_23 :exec
UPDATE authors SET name = NULL WHERE id = 1;

-- name: refused_24 :exec
DELETE FROM author WHERE id = 1;

-- name: refused_25 :many
SELECT * FROM books WHERE;

-- name: refused_26 :many
SELECT FROM WHERE;

-- name: refused_27 :many
SELECT title, FROM books;

-- name: refused_28 :many
SELECT title FROM books ORDER title;

-- name: refused_29 :many
WITH a AS (SELECT id FROM authors) SELECT name FROM a;

-- name: refused_30 :many
SELECT a.name, max(b.pages) AS most, b.title FROM authors a JOIN books b ON b.author_id = a.id GROUP BY a.id;

-- name: refused_31 :many
SELECT author_id, title, count(*) AS n FROM books GROUP BY author_id;
