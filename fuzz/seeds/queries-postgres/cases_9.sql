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

-- name: refused_33 :many
SELECT title || 1 + 2 AS x FROM books;

-- name: refused_34 :many
SELECT title + 1 AS x FROM books;

-- name: refused_35 :many
SELECT active + 1 AS x FROM authors;

-- name: refused_36 :many
SELECT id FROM authors WHERE name;

-- name: refused_37 :many
SELECT id FROM authors WHERE id = 'a' AND born = name;

-- name: refused_38 :many
SELECT CASE WHEN active THEN 1 ELSE 'x'::text END AS x FROM authors;

-- name: refused_39 :many
SELECT coalesce(born, name) AS x FROM authors;
