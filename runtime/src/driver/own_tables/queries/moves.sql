-- @dialect sqlite

-- The guards of shards let the transaction at hand pass; none but it sees that.
-- name: begin :exec
UPDATE _bindery_shard_fences SET moves = 1;

-- name: end :exec
UPDATE _bindery_shard_fences SET moves = 0;
