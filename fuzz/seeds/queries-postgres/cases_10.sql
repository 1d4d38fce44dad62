-- name: refused_40 :many
SELECT id FROM authors WHERE id = :x AND name = :x;

-- name: refused_41 :many
SELECT upper(id) AS x FROM authors;

-- name: refused_42 :many
SELECT date_trunc(added, 'month') AS x FROM books;

-- name: refused_43 :many
SELECT published::bigint AS x FROM books;

-- name: refused_44 :many
SELECT id AS total FROM books WHERE total > 1;

-- name: refused_45 :exec
UPDATE authors SET name = id + 1.5::double precision, active = 3;

-- name: refused_46 :exec
INSERT INTO books DEFAULT VALUES;
