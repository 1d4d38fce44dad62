-- What is said otherwise on each engine.

-- Titles that begin with a word, whatever its case.
-- name: titles_like :many
-- @dialect postgres
-- @param word: text
SELECT title FROM posts WHERE title ILIKE :word || '%' ORDER BY title LIMIT :most;

-- name: titles_like :many
-- @dialect sqlite
-- @param word: text
SELECT title FROM posts WHERE title LIKE :word || '%' ORDER BY title LIMIT :most;

-- name: titles_like :many
-- @dialect mysql
-- @param word: text
SELECT title FROM posts WHERE lower(title) LIKE lower(concat(:word, '%')) ORDER BY title LIMIT :most;

-- name: readings_since :many
SELECT post_id, at FROM readings WHERE at >= $1 AND post_id > $2 ORDER BY at;

-- name: forget_readings :rows
-- @engines p
DELETE FROM readings WHERE at < $1;

-- name: stars_of :many
-- @engines default
SELECT stars FROM posts WHERE title = ? OR id = ? ORDER BY id;
