-- Shelves with the number of teas on them that are in stock, the fullest first.
-- name: in_stock :many
SELECT c.name, count(*) AS teas
FROM categories c JOIN teas t ON t.category_id = c.id
WHERE t.in_stock = true
GROUP BY c.name
ORDER BY count(*) DESC, c.name;
