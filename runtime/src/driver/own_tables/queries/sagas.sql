-- name: add :rows
INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, epoch, owner, due_ms,
    created_ms, changed_ms)
VALUES (:saga, :id, :uid, :steps, :input, :state, 0, 0, 0, 0, 0, :epoch, :owner, @now + :wait_ms, @now, @now) @or_nothing;

-- name: read :opt
-- @column stalled_ms: bigint
SELECT @saga FROM _bindery_sagas WHERE saga = :saga AND id = :id;

-- One that was in the way of an insert, even where the transaction is older than it.
-- name: latest :opt
-- @column stalled_ms: bigint
SELECT @saga FROM _bindery_sagas WHERE saga = :saga AND id = :id @shared;

-- Without statistics SQLite takes the primary key, and reads all sagas of a name that are over. The sign keeps it from that.
-- name: due :many
-- @column stalled_ms: bigint
SELECT @saga FROM _bindery_sagas
WHERE @saga_is_due AND @unindexed saga IN :sagas
ORDER BY due_ms LIMIT 16;

-- Where it was left without an owner, nothing was at work. Another owner is lost, and what it was about may be committed.
-- name: claim :rows
UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END,
    attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = :owner,
    due_ms = @now + :lease_ms, changed_ms = @now
WHERE saga = :saga AND id = :id AND epoch = :epoch
    AND @saga_is_due;

-- name: advance :rows
UPDATE _bindery_sagas SET state = :state, step_no = :step_no, attempts = :attempts, failures = :failures, doubt = :doubt,
    failed_step = :failed_step, error = :error, undo_step = :undo_step, undo_error = :undo_error,
    stalled_ms = CASE WHEN :stalled = 0 THEN 0 WHEN stalled_ms = 0 THEN @now ELSE stalled_ms END,
    owner = :owner, due_ms = @now + :wait_ms, changed_ms = @now
WHERE saga = :saga AND id = :id AND epoch = :epoch AND state = :was AND step_no = :was_at;

-- name: forget :exec
DELETE FROM _bindery_sagas WHERE saga = :saga AND id = :id AND uid = :uid;

-- name: over :many
SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = :saga AND changed_ms <= @now - :age_ms
ORDER BY due_ms LIMIT :most;

-- name: waiting :many
-- @column lost: bigint
-- @column oldest_ms: bigint
SELECT saga, state, count(*) AS number,
    CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= @now THEN 1 ELSE 0 END) AS @bigint) AS lost, @now - min(created_ms) AS oldest_ms
FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back')
GROUP BY saga, state ORDER BY saga, state;

-- Completes a mark that was inserted in the same transaction.
-- name: complete_mark :exec
UPDATE _bindery_saga_marks SET outcome = :outcome, output = :output, written = :written
WHERE uid = :uid AND step_no = :step_no AND way = :way;
