-- name: refused_4 :many
SELECT id FROM authors JOIN books ON author_id = authors.id;

-- name: refused_5 :many
SELECT uper(title) FROM books;

-- name: refused_6 :many
SELECT title FROM books WHERE subtitle = NULL;

-- name: refused_7 :many
SELECT title FROM books WHERE subtitle <> NULL;

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
