-- name: all_12 :many
SELECT CASE WHEN rating > 3 THEN 'good' WHEN rating > 1 THEN 'fair' END AS word, CASE WHEN pages > 3 THEN 1 ELSE 2 END AS size FROM books;

-- name: all_13 :many
SELECT nullif(title, '') AS title, nullif(pages, 0) AS pages FROM books;

-- name: all_14 :many
SELECT (SELECT count(*) FROM books b WHERE b.author_id = a.id) AS n, (SELECT max(b.title) FROM books b WHERE b.author_id = a.id) AS last, (SELECT b.title FROM books b WHERE b.id = 1) AS one FROM authors a;

-- name: all_15 :many
SELECT EXISTS (SELECT 1 FROM books WHERE author_id = :author) AS has;

-- name: all_16 :many
SELECT id FROM authors WHERE id IN (SELECT author_id FROM books WHERE pages > :pages) AND name LIKE :pattern;

-- name: all_17 :many
SELECT id FROM authors WHERE born BETWEEN :from AND :to OR country = :country;

-- name: all_18 :many
SELECT id FROM authors WHERE id IN (:a, :b, 3);

-- name: all_19 :many
SELECT id FROM authors WHERE id IN :ids;

-- name: all_20 :many
SELECT id AS x FROM authors UNION SELECT editor_id FROM books;

-- name: all_21 :many
SELECT title AS x FROM books UNION ALL SELECT subtitle FROM books;

-- name: all_22 :many
SELECT id, 'author' AS kind FROM authors UNION ALL SELECT id, 'book' FROM books ORDER BY id LIMIT :n OFFSET :skip;

-- name: all_23 :many
SELECT subtitle FROM books EXCEPT SELECT title FROM books;
