-- name: after :many
-- @column mark: bigint
SELECT round, id, mark, operation, row_key, old_key, made_ms FROM _bindery_changes
WHERE table_name = :table_name AND round >= :first_round AND (round > :round OR id > :id) ORDER BY round, id LIMIT :most;

-- name: last :opt
-- @column mark: bigint
SELECT round, id, mark FROM _bindery_changes WHERE table_name = :table_name AND round IS NOT NULL ORDER BY round DESC, id DESC LIMIT 1;

-- name: of_number :opt
-- @column mark: bigint
SELECT round, id, mark FROM _bindery_changes WHERE id = :id AND table_name = :table_name AND round IS NOT NULL;

-- name: saved :opt
SELECT round, id, mark FROM _bindery_change_readers WHERE reader = :reader AND table_name = :table_name;

-- name: save :rows
UPDATE _bindery_change_readers SET round = :round, id = :id, mark = :mark, saved_ms = @now
WHERE reader = :reader AND table_name = :table_name;

-- name: add_reader :exec
INSERT INTO _bindery_change_readers (round, id, mark, reader, table_name, saved_ms)
VALUES (:round, :id, :mark, :reader, :table_name, @now);

-- name: forget_reader :rows
DELETE FROM _bindery_change_readers WHERE reader = :reader;

-- name: least :opt
SELECT round, id, mark FROM _bindery_change_readers WHERE table_name = :table_name ORDER BY round, id LIMIT 1;

-- name: trim :exec
DELETE FROM _bindery_changes @by_table
WHERE table_name = :table_name AND round <= :last_round AND (round < :round OR id < :id);

-- name: forget_unread :exec
DELETE FROM _bindery_changes WHERE table_name = :table_name AND NOT EXISTS
    (SELECT 1 FROM _bindery_change_readers WHERE table_name = :of_table);

-- PostgreSQL reads them in the order of their index only where that is named whole: ordered by their numbers alone, each round would read
-- or sort all changes that there are. MariaDB does so where it is named whole: a second for two millions of them.
-- name: unordered :many
SELECT id FROM _bindery_changes WHERE round IS NULL ORDER BY @in_order_of_rounds LIMIT :most;

-- name: put_in_order :exec
UPDATE _bindery_changes @by_key SET round = :round, mark = :mark WHERE round IS NULL AND id IN :ids;

-- name: begin_rounds :exec
INSERT INTO _bindery_change_rounds (id, round, mark) VALUES (:id, 0, :mark) @or_same_round;

-- name: identity :opt
SELECT mark FROM _bindery_change_rounds WHERE id = :id;

-- name: lock_round :opt
SELECT round FROM _bindery_change_rounds WHERE id = :id @exclusive;

-- name: end_round :exec
UPDATE _bindery_change_rounds SET round = :round WHERE id = :id;

-- name: readers :many
-- @column saved: bigint
SELECT r.reader, r.table_name,
    (SELECT count(*) FROM _bindery_changes c
        WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS behind,
    @now - (SELECT min(c.made_ms) FROM _bindery_changes c
        WHERE c.table_name = r.table_name AND (c.round IS NULL OR c.round > r.round OR (c.round = r.round AND c.id > r.id))) AS oldest,
    @now - r.saved_ms AS saved
FROM _bindery_change_readers r ORDER BY r.reader, r.table_name;
