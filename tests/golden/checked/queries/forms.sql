-- Queries whose rows hold rows of models, whose parts may be left out, or whose types are written beside them.

-- Authors with what they wrote; those who wrote nothing have a row, too.
-- name: authors_and_posts :many
-- @embed a, p
SELECT a.*, p.*, coalesce(p.title, a.name) AS shown
FROM authors a LEFT JOIN posts p ON p.author_id = a.id
ORDER BY a.id, p.id;

-- name: post_of_author :opt
SELECT sqlc.embed(posts), authors.name
FROM posts JOIN authors ON authors.id = posts.author_id
WHERE posts.title = :title;

-- Posts of an author by what is asked.
-- name: search :many
SELECT id, title FROM posts
WHERE author_id = :author
  -- @if title
  AND title = :title
  -- @end
  AND stars >= :least /* @if ids */ AND id IN :ids /* @end */
ORDER BY
  -- @if best_first
  stars DESC,
  -- @end
  id;

-- Every post has stars.
-- name: most :scalar
-- @column most: integer
SELECT max(stars) AS most FROM posts;

-- name: titles :iter
SELECT title FROM posts WHERE stars >= :least ORDER BY id;
