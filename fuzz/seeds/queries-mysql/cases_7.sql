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

-- name: refused_32 :many
SELECT title, count(*) AS n FROM books;
