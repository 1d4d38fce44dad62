-- Rows of a model with own types and a column without a field, and of one that an outer join may leave out.
-- name: owned :many
-- @embed o, t
SELECT o.*, t.* FROM owners o LEFT JOIN things t ON t.owner_id = o.id ORDER BY o.id, t.id;

-- name: owners_of :many
-- @embed o
SELECT t.word, o.* FROM things t LEFT JOIN owners o ON o.id = t.owner_id AND o.level > :least ORDER BY t.id;

-- Rows of a view, as far as there are some.
-- name: best :many
-- @embed s
SELECT o.name, s.* FROM owners o LEFT JOIN starred s ON s.owner_id = o.id ORDER BY o.id, s.id;

-- name: words :many
SELECT o.id, t.word, t.stars
FROM owners o LEFT JOIN things t ON t.owner_id = o.id
  -- @if least
  AND t.stars >= :least
  -- @end
WHERE o.id > 0
  -- @if word
  AND t.word = :word
  -- @end
  -- @if unstarred
  AND t.stars IS NULL
  -- @end
ORDER BY o.id, t.id;

-- name: each_thing :iter
SELECT id, word FROM things ORDER BY id;
