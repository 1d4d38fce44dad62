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
