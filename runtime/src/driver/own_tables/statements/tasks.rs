//! Generated from `queries/tasks.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static HAS_DUE: Statement = Statement([
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND task_key IS NULL) OR EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL) OR EXISTS (SELECT 1 FROM {table} WHERE status IN ('scheduled', 'running') AND status NOT IN ('pending', 'completed') AND due_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) THEN 1 ELSE 0 END AS has_due",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND task_key IS NULL) OR EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL) OR EXISTS (SELECT 1 FROM {table} WHERE status IN ('scheduled', 'running') AND status NOT IN ('pending', 'completed') AND due_at <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT))) THEN 1 ELSE 0 END AS has_due",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND place < 549755813888) OR EXISTS (SELECT 1 FROM {table} WHERE status = 'pending' AND place >= 549755813888) OR EXISTS (SELECT 1 FROM {table} WHERE status IN ('scheduled', 'running') AND place = 0 AND due_at <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)) THEN 1 ELSE 0 END AS has_due",
]);

/// Whether anything is to be done. It only reads.
pub(crate) fn has_due(physical: &mut Physical, table: &str) -> Result<i64> {
    one(physical, &HAS_DUE.over(physical, table), &[], |row| {
        row.next()
    })
}

pub(crate) static MAKE_READY: Statement = Statement::numbered(
    "UPDATE {table} SET status = 'pending' WHERE id IN ({list})",
    "UPDATE {table} SET status = 'pending' WHERE id = ANY ($1)",
);

pub(crate) fn make_ready(physical: &mut Physical, table: &str, ids: &[i64]) -> Result<()> {
    execute_of(physical, &MAKE_READY.over(physical, table), &[], ids).map(drop)
}

pub(crate) static MAKE_READY_AGAIN: Statement = Statement([
    "UPDATE {table} SET status = 'pending', claim = NULL, lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END WHERE id IN ({list})",
    "UPDATE {table} SET status = 'pending', claim = NULL, lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END WHERE id = ANY ($1)",
    "UPDATE {table} SET status = 'pending', claim = '', lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END WHERE id IN ({list})",
]);

/// Claims whose lease ended, which count as no attempt.
pub(crate) fn make_ready_again(physical: &mut Physical, table: &str, ids: &[i64]) -> Result<()> {
    execute_of(physical, &MAKE_READY_AGAIN.over(physical, table), &[], ids).map(drop)
}

pub(crate) static COUNT_LAPSE: Statement = Statement([
    "UPDATE {table} SET status = ?, claim = NULL, lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END, retry_count = retry_count + 1, last_error = ? WHERE id IN ({list})",
    "UPDATE {table} SET status = $1, claim = NULL, lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END, retry_count = retry_count + 1, last_error = $2 WHERE id = ANY ($3)",
    "UPDATE {table} SET status = ?, claim = '', lapses = CASE WHEN lapses > 0 THEN lapses ELSE 1 - lapses END, retry_count = retry_count + 1, last_error = ? WHERE id IN ({list})",
]);

/// Suspects whose lease ended while they were at work, which counts as an attempt.
pub(crate) fn count_lapse(
    physical: &mut Physical,
    table: &str,
    status: &str,
    last_error: Option<&str>,
    ids: &[i64],
) -> Result<()> {
    execute_of(
        physical,
        &COUNT_LAPSE.over(physical, table),
        &[&status, &last_error],
        ids,
    )
    .map(drop)
}

pub(crate) static CLAIM: Statement = Statement([
    "UPDATE {table} SET status = 'running', claim = ?, due_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ? WHERE id IN ({list})",
    "UPDATE {table} SET status = 'running', claim = $1, due_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $2 WHERE id = ANY ($3)",
    "UPDATE {table} SET status = 'running', claim = ?, due_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ? WHERE id IN ({list})",
]);

pub(crate) fn claim(
    physical: &mut Physical,
    table: &str,
    claim: Option<&str>,
    lease_ms: i64,
    ids: &[i64],
) -> Result<()> {
    execute_of(
        physical,
        &CLAIM.over(physical, table),
        &[&claim, &lease_ms],
        ids,
    )
    .map(drop)
}

pub(crate) static BEGIN: Statement = Statement::numbered(
    "UPDATE {table} SET lapses = 0 - ABS(lapses) WHERE status = 'running' AND claim = ? AND id IN ({list})",
    "UPDATE {table} SET lapses = 0 - ABS(lapses) WHERE status = 'running' AND claim = $1 AND id = ANY ($2)",
);

/// Notes that tasks that were lost before are at work.
pub(crate) fn begin(physical: &mut Physical, table: &str, claim: &str, ids: &[i64]) -> Result<u64> {
    execute_of(physical, &BEGIN.over(physical, table), &[&claim], ids)
}

pub(crate) static COMPLETE: Statement = Statement([
    "UPDATE {table} SET status = 'completed', completed_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), due_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), unique_key = NULL, claim = NULL WHERE status = 'running' AND claim = ? AND id IN ({list})",
    "UPDATE {table} SET status = 'completed', completed_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), due_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), unique_key = NULL, claim = NULL WHERE status = 'running' AND claim = $1 AND id = ANY ($2)",
    "UPDATE {table} SET status = 'completed', completed_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), due_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), unique_key = NULL, claim = '' WHERE status = 'running' AND claim = ? AND id IN ({list})",
]);

pub(crate) fn complete(
    physical: &mut Physical,
    table: &str,
    claim: &str,
    ids: &[i64],
) -> Result<u64> {
    execute_of(physical, &COMPLETE.over(physical, table), &[&claim], ids)
}

pub(crate) static RELEASE: Statement = Statement([
    "UPDATE {table} SET status = 'pending', claim = NULL, due_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), lapses = ABS(lapses) WHERE status = 'running' AND claim = ? AND id IN ({list})",
    "UPDATE {table} SET status = 'pending', claim = NULL, due_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), lapses = ABS(lapses) WHERE status = 'running' AND claim = $1 AND id = ANY ($2)",
    "UPDATE {table} SET status = 'pending', claim = '', due_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), lapses = ABS(lapses) WHERE status = 'running' AND claim = ? AND id IN ({list})",
]);

pub(crate) fn release(
    physical: &mut Physical,
    table: &str,
    claim: &str,
    ids: &[i64],
) -> Result<u64> {
    execute_of(physical, &RELEASE.over(physical, table), &[&claim], ids)
}

pub(crate) static FAIL: Statement = Statement([
    "UPDATE {table} SET status = ?, retry_count = retry_count + 1, last_error = ?, due_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, claim = NULL, lapses = ABS(lapses) WHERE status = 'running' AND claim = ? AND id = ?",
    "UPDATE {table} SET status = $1, retry_count = retry_count + 1, last_error = $2, due_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $3, claim = NULL, lapses = ABS(lapses) WHERE status = 'running' AND claim = $4 AND id = $5",
    "UPDATE {table} SET status = ?, retry_count = retry_count + 1, last_error = ?, due_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, claim = '', lapses = ABS(lapses) WHERE status = 'running' AND claim = ? AND id = ?",
]);

pub(crate) fn fail(
    physical: &mut Physical,
    table: &str,
    status: &str,
    last_error: Option<&str>,
    pause_ms: i64,
    claim: &str,
    id: i64,
) -> Result<u64> {
    execute(
        physical,
        &FAIL.over(physical, table),
        &[&status, &last_error, &pause_ms, &claim, &id],
    )
}

pub(crate) static CLAIMED: Statement = Statement::numbered(
    "SELECT id FROM {table} WHERE status = 'running' AND status NOT IN ('pending', 'completed') AND claim = ? ORDER BY id",
    "SELECT id FROM {table} WHERE status = 'running' AND status NOT IN ('pending', 'completed') AND claim = $1 ORDER BY id",
);

pub(crate) fn claimed(physical: &mut Physical, table: &str, claim: &str) -> Result<Vec<i64>> {
    rows(physical, &CLAIMED.over(physical, table), &[&claim], |row| {
        row.next()
    })
}

pub(crate) static RENEW: Statement = Statement([
    "UPDATE {table} SET due_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ? WHERE status = 'running' AND claim = ? AND id IN ({list})",
    "UPDATE {table} SET due_at = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $1 WHERE status = 'running' AND claim = $2 AND id = ANY ($3)",
    "UPDATE {table} SET due_at = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ? WHERE status = 'running' AND claim = ? AND id IN ({list})",
]);

pub(crate) fn renew(
    physical: &mut Physical,
    table: &str,
    lease_ms: i64,
    claim: &str,
    ids: &[i64],
) -> Result<u64> {
    execute_of(
        physical,
        &RENEW.over(physical, table),
        &[&lease_ms, &claim],
        ids,
    )
}

pub(crate) static OLD: Statement = Statement([
    "SELECT id, CASE WHEN status = 'completed' AND due_at < CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - ? THEN 1 ELSE 0 END AS is_over, CASE WHEN created_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - ? THEN 1 ELSE 0 END AS is_old FROM {table} WHERE id > ? ORDER BY id LIMIT ?",
    "SELECT id, CASE WHEN status = 'completed' AND due_at < (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - $1 THEN 1 ELSE 0 END AS is_over, CASE WHEN created_at <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - $2 THEN 1 ELSE 0 END AS is_old FROM {table} WHERE id > $3 ORDER BY id LIMIT $4",
    "SELECT id, CASE WHEN status = 'completed' AND due_at < CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - ? THEN 1 ELSE 0 END AS is_over, CASE WHEN created_at <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - ? THEN 1 ELSE 0 END AS is_old FROM {table} WHERE id > ? ORDER BY id LIMIT ?",
]);

#[derive(Debug)]
pub(crate) struct OldRow {
    pub(crate) id: i64,
    pub(crate) is_over: i64,
    pub(crate) is_old: i64,
}

impl OldRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            is_over: row.next()?,
            is_old: row.next()?,
        })
    }
}

/// Tasks after one, in the order in which they were written: the number, 1 where it was completed long enough ago, and 1 where it was written
/// that long ago. Completed tasks are in no index but this one, so that completing one does not cost an entry of another.
pub(crate) fn old(
    physical: &mut Physical,
    table: &str,
    age_ms: i64,
    written_ms: i64,
    after_id: i64,
    most: i64,
) -> Result<Vec<OldRow>> {
    rows(
        physical,
        &OLD.over(physical, table),
        &[&age_ms, &written_ms, &after_id, &most],
        OldRow::read,
    )
}

pub(crate) static PRUNE: Statement = Statement::numbered(
    "DELETE FROM {table} WHERE status = 'completed' AND id IN ({list})",
    "DELETE FROM {table} WHERE status = 'completed' AND id = ANY ($1)",
);

pub(crate) fn prune(physical: &mut Physical, table: &str, ids: &[i64]) -> Result<u64> {
    execute_of(physical, &PRUNE.over(physical, table), &[], ids)
}

pub(crate) static SUMMARY: Statement = Statement([
    "SELECT 'pending' AS status, count(*) AS number, min(due_at) AS due_at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now_ms FROM {table} WHERE status = 'pending' AND task_key IS NULL UNION ALL SELECT 'pending', count(*), min(due_at), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL UNION ALL SELECT 'scheduled', count(*), min(due_at), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM {table} WHERE status = 'scheduled' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'running', count(*), min(due_at), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM {table} WHERE status = 'running' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'failed', count(*), min(due_at), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) FROM {table} WHERE status = 'failed' AND status NOT IN ('pending', 'completed')",
    "SELECT 'pending' AS status, count(*) AS number, min(due_at) AS due_at, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) AS now_ms FROM {table} WHERE status = 'pending' AND task_key IS NULL UNION ALL SELECT 'pending', count(*), min(due_at), (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) FROM {table} WHERE status = 'pending' AND task_key IS NOT NULL UNION ALL SELECT 'scheduled', count(*), min(due_at), (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) FROM {table} WHERE status = 'scheduled' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'running', count(*), min(due_at), (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) FROM {table} WHERE status = 'running' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'failed', count(*), min(due_at), (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) FROM {table} WHERE status = 'failed' AND status NOT IN ('pending', 'completed')",
    "SELECT 'pending' AS status, count(*) AS number, min(due_at) AS due_at, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now_ms FROM {table} WHERE status = 'pending' AND place < 549755813888 UNION ALL SELECT 'pending', count(*), min(due_at), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) FROM {table} WHERE status = 'pending' AND place >= 549755813888 UNION ALL SELECT 'scheduled', count(*), min(due_at), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) FROM {table} WHERE status = 'scheduled' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'running', count(*), min(due_at), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) FROM {table} WHERE status = 'running' AND status NOT IN ('pending', 'completed') UNION ALL SELECT 'failed', count(*), min(due_at), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) FROM {table} WHERE status = 'failed' AND status NOT IN ('pending', 'completed')",
]);

#[derive(Debug)]
pub(crate) struct SummaryRow {
    pub(crate) status: String,
    pub(crate) number: i64,
    pub(crate) due_at: Option<i64>,
    pub(crate) now_ms: i64,
}

impl SummaryRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            status: row.next()?,
            number: row.next()?,
            due_at: row.next()?,
            now_ms: row.next()?,
        })
    }
}

/// The tasks that are not completed, by the indexes of their statuses.
pub(crate) fn summary(physical: &mut Physical, table: &str) -> Result<Vec<SummaryRow>> {
    rows(
        physical,
        &SUMMARY.over(physical, table),
        &[],
        SummaryRow::read,
    )
}

pub(crate) static COMPLETED: Statement =
    Statement::alike("SELECT count(*) AS number FROM {table} WHERE status = 'completed'");

pub(crate) fn completed(physical: &mut Physical, table: &str) -> Result<i64> {
    one(physical, &COMPLETED.over(physical, table), &[], |row| {
        row.next()
    })
}

pub(crate) static HAS_ANY: Statement = Statement::alike(
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM {table}) THEN 1 ELSE 0 END AS has_any",
);

pub(crate) fn has_any(physical: &mut Physical, table: &str) -> Result<i64> {
    one(physical, &HAS_ANY.over(physical, table), &[], |row| {
        row.next()
    })
}
