-- The time of the database and the last tick of a periodic task.
-- name: last_tick :one
-- @column now_ms: bigint
SELECT @now AS now_ms, (SELECT tick FROM _bindery_schedules WHERE name = :name) AS tick;

-- name: add :rows
INSERT INTO _bindery_schedules (name, tick) VALUES (:name, :tick) @or_nothing;

-- Moves a periodic task on, unless another worker has.
-- name: advance :rows
UPDATE _bindery_schedules SET tick = :tick WHERE name = :name AND tick = :was;
