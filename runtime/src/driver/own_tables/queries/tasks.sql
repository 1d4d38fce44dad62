-- Whether anything is to be done. It only reads.
-- name: has_due :scalar
SELECT CASE WHEN EXISTS (SELECT 1 FROM _bindery_outbox WHERE @unkeyed) OR EXISTS (SELECT 1 FROM _bindery_outbox WHERE @keyed)
    OR EXISTS (SELECT 1 FROM _bindery_outbox WHERE @timed AND due_at <= @now) THEN 1 ELSE 0 END AS has_due;

-- name: make_ready :exec
UPDATE _bindery_outbox SET status = 'pending' WHERE id IN :ids;

-- Claims whose lease ended, which count as no attempt.
-- name: make_ready_again :exec
UPDATE _bindery_outbox SET status = 'pending', claim = @no_claim, @lapsed WHERE id IN :ids;

-- Suspects whose lease ended while they were at work, which counts as an attempt.
-- name: count_lapse :exec
UPDATE _bindery_outbox SET status = :status, claim = @no_claim, @lapsed, retry_count = retry_count + 1, last_error = :last_error
WHERE id IN :ids;

-- name: claim :exec
UPDATE _bindery_outbox SET status = 'running', claim = :claim, due_at = @now + :lease_ms WHERE id IN :ids;

-- Notes that tasks that were lost before are at work.
-- name: begin :rows
UPDATE _bindery_outbox SET lapses = 0 - ABS(lapses) WHERE status = 'running' AND claim = :claim AND id IN :ids;

-- name: complete :rows
UPDATE _bindery_outbox SET status = 'completed', completed_at = @now, due_at = @now, unique_key = NULL, claim = @no_claim
WHERE status = 'running' AND claim = :claim AND id IN :ids;

-- name: release :rows
UPDATE _bindery_outbox SET status = 'pending', claim = @no_claim, due_at = @now, lapses = ABS(lapses)
WHERE status = 'running' AND claim = :claim AND id IN :ids;

-- name: fail :rows
UPDATE _bindery_outbox SET status = :status, retry_count = retry_count + 1, last_error = :last_error, due_at = @now + :pause_ms,
    claim = @no_claim, lapses = ABS(lapses)
WHERE status = 'running' AND claim = :claim AND id = :id;

-- name: claimed :many
SELECT id FROM _bindery_outbox WHERE status = 'running' AND @held AND claim = :claim ORDER BY id;

-- name: renew :rows
UPDATE _bindery_outbox SET due_at = @now + :lease_ms WHERE status = 'running' AND claim = :claim AND id IN :ids;

-- Tasks after one, in the order in which they were written: the number, 1 where it was completed long enough ago, and 1 where it was written
-- that long ago. Completed tasks are in no index but this one, so that completing one does not cost an entry of another.
-- name: old :many
SELECT id, CASE WHEN status = 'completed' AND due_at < @now - :age_ms THEN 1 ELSE 0 END AS is_over,
    CASE WHEN created_at <= @now - :written_ms THEN 1 ELSE 0 END AS is_old
FROM _bindery_outbox WHERE id > :after_id ORDER BY id LIMIT :most;

-- name: prune :rows
DELETE FROM _bindery_outbox WHERE status = 'completed' AND id IN :ids;

-- The tasks that are not completed, by the indexes of their statuses.
-- name: summary :many
-- @column now_ms: bigint
SELECT 'pending' AS status, count(*) AS number, min(due_at) AS due_at, @now AS now_ms FROM _bindery_outbox WHERE @unkeyed
UNION ALL SELECT 'pending', count(*), min(due_at), @now FROM _bindery_outbox WHERE @keyed
UNION ALL SELECT 'scheduled', count(*), min(due_at), @now FROM _bindery_outbox WHERE status = 'scheduled' AND @held
UNION ALL SELECT 'running', count(*), min(due_at), @now FROM _bindery_outbox WHERE status = 'running' AND @held
UNION ALL SELECT 'failed', count(*), min(due_at), @now FROM _bindery_outbox WHERE status = 'failed' AND @held;

-- name: completed :scalar
SELECT count(*) AS number FROM _bindery_outbox WHERE status = 'completed';

-- name: has_any :scalar
SELECT CASE WHEN EXISTS (SELECT 1 FROM _bindery_outbox) THEN 1 ELSE 0 END AS has_any;
