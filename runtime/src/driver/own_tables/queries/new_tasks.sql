-- Texts alone, as one of PostgreSQL may notify workers, too.

-- name: add :rows
INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses,
    created_at, requeues)
VALUES (:uid, :task, :payload, 'pending', :task_key, :unique_key, :priority, @now + :wait_ms, 0, :max_attempts, 0, @now, 0) @or_nothing;

-- name: add_after :rows
INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses,
    created_at, requeues)
VALUES (:uid, :task, :payload, 'scheduled', :task_key, :unique_key, :priority, @now + :wait_ms, 0, :max_attempts, 0, @now, 0) @or_nothing;

-- name: add_at :rows
INSERT INTO _bindery_outbox (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses,
    created_at, requeues)
VALUES (:uid, :task, :payload, 'scheduled', :task_key, :unique_key, :priority, :due_at, 0, :max_attempts, 0, @now, 0) @or_nothing;
