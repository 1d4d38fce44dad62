-- name: add_coordinator :exec
INSERT INTO _bindery_coordinators (coordinator, started_ms) VALUES (:coordinator, :started_ms);

-- name: add_commit :rows
INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms)
VALUES (:transaction_id, 'C', :coordinator, :branches, :created_ms);

-- An error would end a transaction of PostgreSQL.
-- name: add_abort :rows
INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms)
VALUES (:transaction_id, 'A', :coordinator, :branches, :created_ms) @or_nothing;

-- name: decision :opt
SELECT decision FROM _bindery_decisions WHERE transaction_id = :transaction_id;

-- name: coordinator :opt
SELECT coordinator FROM _bindery_coordinators WHERE coordinator = :coordinator;

-- name: decisions :many
SELECT transaction_id, decision FROM _bindery_decisions;

-- name: coordinators :many
SELECT coordinator FROM _bindery_coordinators;

-- name: commits :many
SELECT transaction_id, branches, created_ms, decision FROM _bindery_decisions WHERE decision IN ('C', 'M')
ORDER BY created_ms, transaction_id;

-- name: note_mixed :exec
UPDATE _bindery_decisions SET decision = 'M', branches = :branches WHERE transaction_id = :transaction_id;

-- name: forget :exec
DELETE FROM _bindery_decisions WHERE transaction_id = :transaction_id;
