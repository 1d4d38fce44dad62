-- name: add :exec
INSERT INTO _bindery_sync (run, batch, changed_ms, sync_name) VALUES (0, 0, :changed_ms, :sync_name);

-- name: begin_run :exec
UPDATE _bindery_sync SET run = :run, batch = 0 WHERE sync_name = :sync_name;

-- name: forget_runs :exec
DELETE FROM _bindery_sync_runs WHERE sync_name = :sync_name AND run <= :last;

-- name: end_killed :exec
UPDATE _bindery_sync_runs SET status = 'failed', ended_ms = :ended_ms, error = :error WHERE sync_name = :sync_name AND status = 'running';

-- name: add_run :exec
INSERT INTO _bindery_sync_runs (sync_name, run, source, target, mode, status, started_ms, rows_read, inserted, updated, unchanged,
    deleted, rejected)
VALUES (:sync_name, :run, :source, :target, :mode, 'running', :started_ms, 0, 0, 0, 0, 0, 0);

-- name: state :opt
SELECT run, batch, mark_kind, mark, seen, skew_ms, position FROM _bindery_sync WHERE sync_name = :sync_name;

-- name: await_batch :exec
UPDATE _bindery_sync SET batch = batch WHERE sync_name = :sync_name;

-- name: advance :rows
UPDATE _bindery_sync SET batch = :batch, changed_ms = :changed_ms, position = coalesce(:position, position)
WHERE sync_name = :sync_name AND run = :run;

-- name: advance_mark :rows
UPDATE _bindery_sync SET batch = :batch, changed_ms = :changed_ms, position = coalesce(:position, position), mark_kind = :mark_kind,
    mark = :mark, seen = :seen, skew_ms = :skew_ms
WHERE sync_name = :sync_name AND run = :run;

-- name: forget_position :exec
UPDATE _bindery_sync SET position = NULL WHERE sync_name = :sync_name AND run = :run;

-- name: end_run :exec
UPDATE _bindery_sync_runs SET status = :status, ended_ms = :ended_ms, rows_read = :rows_read, inserted = :inserted, updated = :updated,
    unchanged = :unchanged, deleted = :deleted, rejected = :rejected, watermark = :watermark, error = :error
WHERE sync_name = :sync_name AND run = :run;

-- name: retry_reject :rows
UPDATE _bindery_sync_rejects SET attempts = attempts + :attempts, reason = :reason, last_ms = :last_ms
WHERE sync_name = :sync_name AND key_bytes = :key_bytes;

-- name: add_reject :exec
INSERT INTO _bindery_sync_rejects (sync_name, key_bytes, row_key, reason, attempts, first_ms, last_ms)
VALUES (:sync_name, :key_bytes, :row_key, :reason, 1, :first_ms, :last_ms);

-- name: drop_reject :exec
DELETE FROM _bindery_sync_rejects WHERE sync_name = :sync_name AND key_bytes = :key_bytes;

-- name: rejects :many
SELECT row_key, reason FROM _bindery_sync_rejects WHERE sync_name = :sync_name ORDER BY key_bytes LIMIT :most;

-- name: rejects_after :many
SELECT key_bytes FROM _bindery_sync_rejects WHERE sync_name = :sync_name AND key_bytes > :last ORDER BY key_bytes LIMIT :most;

-- name: summaries :many
SELECT r.sync_name, r.source, r.target, r.run, r.status, r.started_ms, r.watermark, r.error, r.rejected,
    (SELECT count(*) FROM _bindery_sync_rejects j WHERE j.sync_name = r.sync_name) AS waiting
FROM _bindery_sync s JOIN _bindery_sync_runs r ON r.sync_name = s.sync_name AND r.run = s.run ORDER BY r.sync_name;

-- name: mirrored :opt
SELECT position FROM _bindery_mirrors WHERE mirror = :mirror AND table_name = :table_name;

-- name: forget_mirrored :exec
DELETE FROM _bindery_mirrors WHERE mirror = :mirror AND table_name = :table_name;

-- name: add_mirrored :exec
INSERT INTO _bindery_mirrors (position, mirror, table_name) VALUES (:position, :mirror, :table_name);
