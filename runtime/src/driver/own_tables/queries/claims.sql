-- Tasks whose time has come, and those whose lease has ended. On MySQL and MariaDB they are found without a lock: a read that locks would try
-- all that run, beyond the end of those whose time has come, until it meets one that it can lock.
-- name: due :many
-- @dialect sqlite
SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts
FROM _bindery_outbox o WHERE @timed AND due_at <= @now LIMIT :most;

-- name: due :many
-- @dialect postgres
SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts
FROM _bindery_outbox o WHERE @timed AND due_at <= @now LIMIT :most FOR UPDATE SKIP LOCKED;

-- name: due :many
-- @dialect mysql
SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts
FROM (SELECT id FROM _bindery_outbox WHERE @timed AND due_at <= @now LIMIT :most) f STRAIGHT_JOIN _bindery_outbox o ON o.id = f.id
WHERE @timed AND due_at <= @now FOR UPDATE SKIP LOCKED;

-- A row where more tasks with keys wait than are read first.
-- name: beyond_window :opt
SELECT id FROM _bindery_outbox WHERE @keyed ORDER BY @place, due_at, id LIMIT 1 OFFSET :window;

-- Some of the keys from one on, each with the id of its head, by the index over keys: of a key one entry is read, however many tasks wait. A
-- key of tasks that have ended has none. SQLite and PostgreSQL find each key by the one before it; MySQL and MariaDB do that for a group by
-- themselves.
-- name: heads_from :many
-- @dialect sqlite
WITH RECURSIVE k (task_key, number) AS (
    SELECT (SELECT min(task_key) FROM _bindery_outbox WHERE task_key >= :task_key AND status <> 'completed'), 1 @next_keys)
SELECT k.task_key, @head AS id FROM k WHERE k.task_key IS NOT NULL;

-- name: heads_from :many
-- @dialect postgres
WITH RECURSIVE k (task_key, number) AS (
    SELECT (SELECT min(task_key) FROM _bindery_outbox WHERE task_key >= :task_key AND status <> 'completed'), 1 @next_keys)
SELECT k.task_key, @head AS id FROM k WHERE k.task_key IS NOT NULL;

-- name: heads_from :many
-- @dialect mysql
SELECT open_key AS task_key, min(id) AS id FROM _bindery_outbox WHERE open_key >= :task_key GROUP BY open_key ORDER BY open_key LIMIT :most;

-- The same of the keys after one.
-- name: heads_after :many
-- @dialect sqlite
WITH RECURSIVE k (task_key, number) AS (
    SELECT (SELECT min(task_key) FROM _bindery_outbox WHERE task_key > :task_key AND status <> 'completed'), 1 @next_keys)
SELECT k.task_key, @head AS id FROM k WHERE k.task_key IS NOT NULL;

-- name: heads_after :many
-- @dialect postgres
WITH RECURSIVE k (task_key, number) AS (
    SELECT (SELECT min(task_key) FROM _bindery_outbox WHERE task_key > :task_key AND status <> 'completed'), 1 @next_keys)
SELECT k.task_key, @head AS id FROM k WHERE k.task_key IS NOT NULL;

-- name: heads_after :many
-- @dialect mysql
SELECT open_key AS task_key, min(id) AS id FROM _bindery_outbox WHERE open_key > :task_key GROUP BY open_key ORDER BY open_key LIMIT :most;
