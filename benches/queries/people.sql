-- name: by_key :opt
SELECT id, name, hair_color FROM people WHERE id = :id;

-- name: everyone :many
SELECT id, name, hair_color FROM people;
