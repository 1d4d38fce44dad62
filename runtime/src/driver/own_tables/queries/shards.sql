-- Others wait for the lock of this row.
-- name: lock_map :exec
UPDATE _bindery_shard_maps SET version = version WHERE shards = :shards;

-- name: grow_map :exec
UPDATE _bindery_shard_maps SET version = version + 1 WHERE shards = :shards;

-- name: begin_map :exec
INSERT INTO _bindery_shard_maps (shards, slots, version) VALUES (:shards, :slots, 0) @or_same_version;

-- name: map :opt
SELECT slots, version FROM _bindery_shard_maps WHERE shards = :shards;

-- name: ranges :many
SELECT first_slot, past_slot, engine FROM _bindery_shard_slots WHERE shards = :shards ORDER BY first_slot;

-- name: add_range :exec
INSERT INTO _bindery_shard_slots (shards, first_slot, past_slot, engine) VALUES (:shards, :first_slot, :past_slot, :engine);

-- name: forget_ranges :exec
DELETE FROM _bindery_shard_slots WHERE shards = :shards;

-- name: begin_move :exec
INSERT INTO _bindery_shard_moves (shards, first_slot, past_slot, source, target, stage)
VALUES (:shards, :first_slot, :past_slot, :source, :target, 'copying');

-- name: moving :opt
SELECT first_slot, past_slot, source, target, stage FROM _bindery_shard_moves WHERE shards = :shards;

-- name: has_moved :exec
UPDATE _bindery_shard_moves SET stage = 'moved' WHERE shards = :shards;

-- name: end_move :exec
DELETE FROM _bindery_shard_moves WHERE shards = :shards;

-- name: begin_fence :exec
INSERT INTO _bindery_shard_fences (shards, version, moves, slots) VALUES (:shards, 0, 0, :slots) @or_same_version;

-- name: fence :opt
SELECT version, slots FROM _bindery_shard_fences WHERE shards = :shards;

-- name: lock_fence :opt
SELECT slots FROM _bindery_shard_fences WHERE shards = :shards @exclusive;

-- name: mark_fence :exec
UPDATE _bindery_shard_fences SET slots = :slots, version = version + 1 WHERE shards = :shards;
