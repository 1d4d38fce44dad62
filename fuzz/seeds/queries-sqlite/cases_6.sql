-- name: refused_8 :many
SELECT title FROM books WHERE count(*) > 1;

-- name: refused_9 :many
SELECT count(count(*)) AS n FROM books;

-- name: refused_10 :many
SELECT title FROM books WHERE title > 3;

-- name: refused_11 :many
SELECT title FROM books WHERE title = pages;

-- name: refused_12 :many
SELECT id FROM books UNION SELECT id, title FROM books;

-- name: refused_13 :many
SELECT id FROM books WHERE id IN (SELECT id, title FROM books);

-- name: refused_14 :many
SELECT (SELECT id, title FROM books) AS x FROM authors;

-- name: refused_15 :many
SELECT :x AS x, title FROM books WHERE :x IS NOT NULL AND id = 1 AND (:y IS NULL);

-- name: refused_16 :exec
INSERT INTO authors (id, nam) VALUES (1, 'a');

-- name: refused_17 :exec
INSERT INTO authors (id, name) VALUES (1);

-- name: refused_18 :exec
INSERT INTO authors (id, name) VALUES (1, 'a'), (2);

-- name: refused_19 :exec
INSERT INTO authors (id, name) SELECT id FROM books;
