-- name: add :exec
INSERT INTO _bindery_events (uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses,
    created_at, requeues)
VALUES (:uid, :task, :payload, 'pending', :task_key, NULL, 0, @now, 0, :max_attempts, 0, @now, 0);
