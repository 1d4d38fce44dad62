-- name: stage :opt
SELECT stage FROM _bindery_migrations WHERE version = :version;
