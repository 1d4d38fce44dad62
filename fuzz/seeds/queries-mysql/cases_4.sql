-- name: all_57 :many
SELECT id, r.number FROM books JOIN (SELECT book_id AS id, number FROM reviews) r USING (id);

-- name: all_58 :many
SELECT * FROM (SELECT id, name FROM authors) a NATURAL LEFT JOIN (SELECT id, title FROM books) b;

-- name: all_80 :many
SELECT country, count(*) AS n FROM authors GROUP BY country WITH ROLLUP;

-- name: all_81 :exec
INSERT INTO authors (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), born = ?;

-- name: all_82 :many
SELECT ifnull(subtitle, 'x') AS s, concat(title, subtitle) AS c, if(rating > 3, 1, 0) AS i, date_add(published, INTERVAL 1 MONTH) AS d FROM books;

-- name: all_83 :many
SELECT pages / 2 AS half, pages DIV 2 AS whole, pages % 2 AS rest, cast(title AS SIGNED) AS n, title = 'a' AS same FROM books;

-- name: all_84 :many
SELECT group_concat(title ORDER BY title SEPARATOR ', ') AS list FROM books GROUP BY author_id;

-- name: all_85 :exec
UPDATE books b JOIN authors a ON a.id = b.author_id SET b.title = a.name WHERE a.born < ?;

-- name: all_86 :exec
DELETE b FROM books b JOIN authors a ON a.id = b.author_id WHERE a.country = ?;

-- name: refused_0 :many
SELECT titel FROM books;

-- name: refused_1 :many
SELECT b.titel FROM books b;

-- name: refused_2 :many
SELECT a.title FROM books b;
