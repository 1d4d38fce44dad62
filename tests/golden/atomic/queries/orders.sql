-- name: add_order :exec
INSERT INTO orders (item) VALUES (:item);

-- name: items :iter
SELECT item FROM orders ORDER BY id;

-- name: lines :iter
SELECT line FROM notes ORDER BY id;

-- name: add_line :exec
INSERT INTO notes (line) VALUES (:line);

-- name: drafts :iter
SELECT line FROM drafts ORDER BY id;

-- name: add_draft :exec
INSERT INTO drafts (line) VALUES (:line);
