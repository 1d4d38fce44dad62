-- name: all_88 :many
SELECT a.name, max(b.pages) AS most, b.title FROM authors a JOIN books b ON b.author_id = a.id;

-- name: all_89 :many
SELECT total(pages) AS t, ifnull(subtitle, 'x') AS s, iif(rating > 3, 'a', 'b') AS i, max(pages, 1) AS m FROM books;

-- name: all_90 :exec
INSERT OR REPLACE INTO authors (id, name) VALUES (?1, ?2);

-- name: all_91 :many
SELECT cast(title AS INTEGER) AS n, pages / 2 AS half, title || subtitle AS whole, typeof(title) AS kind FROM books;

-- name: refused_0 :many
SELECT titel FROM books;

-- name: refused_1 :many
SELECT b.titel FROM books b;

-- name: refused_2 :many
SELECT a.title FROM books b;

-- name: refused_3 :many
SELECT title FROM bookz;

-- name: refused_4 :many
SELECT id FROM authors JOIN books ON author_id = authors.id;

-- name: refused_5 :many
SELECT uper(title) FROM books;

-- name: refused_6 :many
SELECT title FROM books WHERE subtitle = NULL;

-- name: refused_7 :many
SELECT title FROM books WHERE subtitle <> NULL;
