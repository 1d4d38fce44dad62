//! Generated from `queries/claims.sql`, as the head of `statements.rs` says. Not to be edited.

use super::Statement;

pub(crate) static DUE: Statement = Statement([
    "SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts FROM {table} o WHERE status IN ('scheduled', 'running') AND status NOT IN ('pending', 'completed') AND due_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) LIMIT ?",
    "SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts FROM {table} o WHERE status IN ('scheduled', 'running') AND status NOT IN ('pending', 'completed') AND due_at <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) LIMIT $1 FOR UPDATE SKIP LOCKED",
    "SELECT o.id, CASE WHEN status = 'running' THEN 1 ELSE 0 END AS is_claimed, lapses, retry_count, max_attempts FROM (SELECT id FROM {table} WHERE status IN ('scheduled', 'running') AND place = 0 AND due_at <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) LIMIT ?) f STRAIGHT_JOIN {table} o ON o.id = f.id WHERE status IN ('scheduled', 'running') AND place = 0 AND due_at <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) FOR UPDATE SKIP LOCKED",
]);

pub(crate) static BEYOND_WINDOW: Statement = Statement([
    "SELECT id FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL ORDER BY priority, due_at, id LIMIT 1 OFFSET ?",
    "SELECT id FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL ORDER BY priority, due_at, id LIMIT 1 OFFSET $1",
    "SELECT id FROM {table} WHERE status = 'pending' AND place >= 549755813888 ORDER BY place, due_at, id LIMIT 1 OFFSET ?",
]);

pub(crate) static HEADS_FROM: Statement = Statement([
    "WITH RECURSIVE k (task_key, number) AS ( SELECT (SELECT min(task_key) FROM {table} WHERE task_key >= ? AND status <> 'completed'), 1 UNION ALL SELECT (SELECT min(task_key) FROM {table} WHERE task_key > k.task_key AND status <> 'completed'), k.number + 1 FROM k WHERE k.task_key IS NOT NULL AND k.number < ?) SELECT k.task_key, (SELECT e.id FROM {table} e WHERE e.task_key = k.task_key AND e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed' ORDER BY e.id LIMIT 1) AS id FROM k WHERE k.task_key IS NOT NULL",
    "WITH RECURSIVE k (task_key, number) AS ( SELECT (SELECT min(task_key) FROM {table} WHERE task_key >= $1 AND status <> 'completed'), 1 UNION ALL SELECT (SELECT min(task_key) FROM {table} WHERE task_key > k.task_key AND status <> 'completed'), k.number + 1 FROM k WHERE k.task_key IS NOT NULL AND k.number < $2) SELECT k.task_key, (SELECT e.id FROM {table} e WHERE e.task_key >= k.task_key AND e.task_key <= k.task_key AND e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed' ORDER BY e.task_key, e.id LIMIT 1) AS id FROM k WHERE k.task_key IS NOT NULL",
    "SELECT open_key AS task_key, min(id) AS id FROM {table} WHERE open_key >= ? GROUP BY open_key ORDER BY open_key LIMIT ?",
]);

pub(crate) static HEADS_AFTER: Statement = Statement([
    "WITH RECURSIVE k (task_key, number) AS ( SELECT (SELECT min(task_key) FROM {table} WHERE task_key > ? AND status <> 'completed'), 1 UNION ALL SELECT (SELECT min(task_key) FROM {table} WHERE task_key > k.task_key AND status <> 'completed'), k.number + 1 FROM k WHERE k.task_key IS NOT NULL AND k.number < ?) SELECT k.task_key, (SELECT e.id FROM {table} e WHERE e.task_key = k.task_key AND e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed' ORDER BY e.id LIMIT 1) AS id FROM k WHERE k.task_key IS NOT NULL",
    "WITH RECURSIVE k (task_key, number) AS ( SELECT (SELECT min(task_key) FROM {table} WHERE task_key > $1 AND status <> 'completed'), 1 UNION ALL SELECT (SELECT min(task_key) FROM {table} WHERE task_key > k.task_key AND status <> 'completed'), k.number + 1 FROM k WHERE k.task_key IS NOT NULL AND k.number < $2) SELECT k.task_key, (SELECT e.id FROM {table} e WHERE e.task_key >= k.task_key AND e.task_key <= k.task_key AND e.status IN ('pending', 'scheduled', 'running') AND e.status <> 'completed' ORDER BY e.task_key, e.id LIMIT 1) AS id FROM k WHERE k.task_key IS NOT NULL",
    "SELECT open_key AS task_key, min(id) AS id FROM {table} WHERE open_key > ? GROUP BY open_key ORDER BY open_key LIMIT ?",
]);
