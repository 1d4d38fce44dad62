-- name: advance :rows
UPDATE _bindery_versions SET version = :version WHERE consumer = :consumer AND subject = :subject AND version < :newer;

-- name: find :opt
SELECT version FROM _bindery_versions WHERE consumer = :consumer AND subject = :subject;

-- name: add :exec
INSERT INTO _bindery_versions (consumer, subject, version) VALUES (:consumer, :subject, :version);
