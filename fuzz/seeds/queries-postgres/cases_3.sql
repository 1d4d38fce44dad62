-- name: all_36 :many
SELECT DISTINCT country FROM authors ORDER BY country;

-- name: all_37 :many
SELECT a.name FROM authors a, books b WHERE a.id = b.author_id AND b.id = :id;

-- name: all_38 :many
SELECT abs(pages) AS p, round(rating) AS r, min(rating) OVER () AS m FROM books;

-- name: all_39 :many
SELECT current_date AS d, current_timestamp AS t;

-- name: all_40 :many
SELECT max(pages) - min(pages) AS spread FROM books HAVING count(*) > 1;

-- name: all_41 :exec
INSERT INTO authors (id, name, born) VALUES (:id, :name, :born);

-- name: all_42 :exec
INSERT INTO authors (id, name) SELECT id, title FROM books WHERE id = :id;

-- name: all_43 :exec
INSERT INTO reviews (book_id, number, stars, body) VALUES (:book, 1, :stars, NULL), (:book, 2, 5, :body);

-- name: all_44 :exec
UPDATE books SET title = :title, subtitle = :subtitle, pages = pages + :more WHERE id = :id;

-- name: all_45 :exec
UPDATE staff SET salary = (SELECT max(pages) FROM books), boss_id = NULL WHERE salary IS NULL;

-- name: all_46 :exec
DELETE FROM reviews WHERE book_id = :book AND stars < :stars;

-- name: all_47 :exec
DELETE FROM books WHERE author_id NOT IN (SELECT id FROM authors WHERE active);
