-- name: read :many
SELECT version, name, checksum, stage, at_work, done, duration_ms, CAST(applied_at AS CHAR(19)) AS applied_at FROM _bindery_migrations
ORDER BY version;

-- name: add :exec
INSERT INTO _bindery_migrations (version, name, checksum, bindery, stage, at_work, done, duration_ms, applied_at)
VALUES (:version, :name, :checksum, :bindery, :stage, :at_work, :done, :duration_ms, CURRENT_TIMESTAMP);

-- name: update :exec
UPDATE _bindery_migrations SET stage = :stage, at_work = :at_work, done = :done, duration_ms = :duration_ms,
    applied_at = CURRENT_TIMESTAMP
WHERE version = :version;

-- name: amend :exec
UPDATE _bindery_migrations SET name = :name, checksum = :checksum, bindery = :bindery, stage = :stage, at_work = :at_work, done = :done,
    duration_ms = :duration_ms, applied_at = CURRENT_TIMESTAMP
WHERE version = :version;

-- name: forget :exec
DELETE FROM _bindery_migrations WHERE version = :version;
