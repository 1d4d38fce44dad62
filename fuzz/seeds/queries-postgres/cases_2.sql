-- name: all_24 :many
SELECT subtitle FROM books INTERSECT SELECT title FROM books;

-- name: all_25 :many
WITH big AS (SELECT * FROM books WHERE pages > :least) SELECT author_id, count(*) AS n FROM big GROUP BY author_id HAVING count(*) > :n;

-- name: all_26 :many
WITH RECURSIVE up (id, boss_id, depth) AS (SELECT id, boss_id, 0 FROM staff WHERE id = :id UNION ALL SELECT s.id, s.boss_id, up.depth + 1 FROM staff s JOIN up ON s.id = up.boss_id) SELECT id, boss_id, depth FROM up;

-- name: all_27 :many
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n;

-- name: all_28 :many
SELECT id, row_number() OVER (PARTITION BY author_id ORDER BY pages DESC) AS place, rank() OVER (ORDER BY pages) AS rank_no FROM books;

-- name: all_29 :many
SELECT id, lag(title) OVER (ORDER BY id) AS before_it, first_value(title) OVER (ORDER BY id) AS first_one, sum(pages) OVER (ORDER BY id) AS running FROM books;

-- name: all_30 :many
SELECT id, sum(pages) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before_it, count(*) OVER w AS n FROM books WINDOW w AS (PARTITION BY author_id);

-- name: all_31 :many
SELECT pages + 1 AS more, pages * 2 AS twice, price * pages AS total, price + discount AS less, -pages AS negative FROM books;

-- name: all_32 :many
SELECT rating * 2 AS twice, price * rating AS odd FROM books WHERE rating + 1 > :x;

-- name: all_33 :many
SELECT upper(title) AS t, length(subtitle) AS n, lower(name) AS name FROM books JOIN authors ON authors.id = books.author_id;

-- name: all_34 :many
SELECT title FROM books WHERE pages > 1 AND NOT (rating < 2 OR rating IS NULL) AND (subtitle = :sub OR :sub IS NULL);

-- name: all_35 :many
SELECT a.id FROM authors a JOIN books b ON a.id = b.author_id AND b.pages > :p ORDER BY a.name, b.title DESC LIMIT 10;
