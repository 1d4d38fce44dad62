-- name: all_0 :many
SELECT id, name, born FROM authors WHERE id = :id;

-- name: all_1 :many
SELECT * FROM authors;

-- name: all_2 :many
SELECT a.*, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id;

-- name: all_3 :many
SELECT a.id, b.id AS book, r.stars FROM authors a JOIN books b ON b.author_id = a.id LEFT JOIN reviews r ON r.book_id = b.id;

-- name: all_4 :many
SELECT a.name, b.title FROM authors a RIGHT JOIN books b ON b.author_id = a.id;

-- name: all_5 :many
SELECT a.id, x.n FROM authors a LEFT JOIN (SELECT author_id, 1 AS n FROM books) x ON x.author_id = a.id;

-- name: all_6 :many
SELECT a.id, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.title IS NOT NULL;

-- name: all_7 :many
SELECT a.id, b.title, b.subtitle FROM authors a LEFT JOIN books b ON b.author_id = a.id WHERE b.pages > 10;

-- name: all_8 :many
SELECT count(*) AS n, count(rating) AS rated, sum(pages) AS pages, avg(price) AS price, min(title) AS first, max(rating) AS best FROM books;

-- name: all_9 :many
SELECT author_id, count(*) AS n, sum(pages) AS pages, max(title) AS last, max(rating) AS best, min(subtitle) AS sub FROM books GROUP BY author_id;

-- name: all_10 :many
SELECT a.name, a.born, count(b.id) AS books FROM authors a LEFT JOIN books b ON b.author_id = a.id GROUP BY a.id;

-- name: all_11 :many
SELECT coalesce(subtitle, title) AS shown, coalesce(subtitle, '') AS sub, coalesce(subtitle, NULL) AS none FROM books;
