-- name: refused_32 :many
SELECT title, count(*) AS n FROM books;
