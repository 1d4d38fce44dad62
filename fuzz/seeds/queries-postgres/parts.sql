-- name: search :many
-- @embed a
SELECT a.*, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id
WHERE a.name <> :name
  -- @if born
  AND a.born > :born
  -- @end
  AND a.id IN :ids /* @if titled */ AND b.title IS NOT NULL /* @end */
ORDER BY a.id;

-- name: each :iter
-- @column most: bigint
SELECT sqlc.embed(b), (SELECT max(id) FROM books) AS most FROM books b;

-- name: strange :many
SELECT a. /* @if x */ /* @end */ * FROM authors a /* @if y */ WHERE /* @if z */ 1 = 1 -- @end
/* @end */
