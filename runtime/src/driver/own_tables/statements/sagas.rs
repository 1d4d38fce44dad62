//! Generated from `queries/sagas.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, epoch, owner, due_ms, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, epoch, owner, due_ms, created_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, $7, $8, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $9, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)), (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT))) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, epoch, owner, due_ms, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED), CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
]);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AddValues<'a> {
    pub(crate) saga: &'a str,
    pub(crate) id: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) steps: &'a str,
    pub(crate) input: &'a str,
    pub(crate) state: &'a str,
    pub(crate) epoch: i64,
    pub(crate) owner: Option<&'a str>,
    pub(crate) wait_ms: i64,
}

pub(crate) fn add(physical: &mut Physical, values: AddValues<'_>) -> Result<u64> {
    execute(
        physical,
        ADD.on(physical),
        &[
            &values.saga,
            &values.id,
            &values.uid,
            &values.steps,
            &values.input,
            &values.state,
            &values.epoch,
            &values.owner,
            &values.wait_ms,
        ],
    )
}

pub(crate) static READ: Statement = Statement([
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) OR changed_ms > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = ? AND id = ?",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) OR changed_ms > (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = $1 AND id = $2",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) OR changed_ms > CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = ? AND id = ?",
]);

#[derive(Debug)]
pub(crate) struct ReadRow {
    pub(crate) saga: String,
    pub(crate) id: String,
    pub(crate) uid: String,
    pub(crate) steps: String,
    pub(crate) input: String,
    pub(crate) state: String,
    pub(crate) step_no: i64,
    pub(crate) attempts: i64,
    pub(crate) failures: i64,
    pub(crate) doubt: i64,
    pub(crate) stalled_ms: i64,
    pub(crate) failed_step: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) undo_step: Option<String>,
    pub(crate) undo_error: Option<String>,
    pub(crate) epoch: i64,
    pub(crate) is_due: i64,
}

impl ReadRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            saga: row.next()?,
            id: row.next()?,
            uid: row.next()?,
            steps: row.next()?,
            input: row.next()?,
            state: row.next()?,
            step_no: row.next()?,
            attempts: row.next()?,
            failures: row.next()?,
            doubt: row.next()?,
            stalled_ms: row.next()?,
            failed_step: row.next()?,
            error: row.next()?,
            undo_step: row.next()?,
            undo_error: row.next()?,
            epoch: row.next()?,
            is_due: row.next()?,
        })
    }
}

pub(crate) fn read(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<ReadRow>> {
    optional(physical, READ.on(physical), &[&saga, &id], ReadRow::read)
}

pub(crate) static LATEST: Statement = Statement([
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) OR changed_ms > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = ? AND id = ?",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) OR changed_ms > (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = $1 AND id = $2",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) OR changed_ms > CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE saga = ? AND id = ? LOCK IN SHARE MODE",
]);

/// One that was in the way of an insert, even where the transaction is older than it.
pub(crate) fn latest(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<ReadRow>> {
    optional(physical, LATEST.on(physical), &[&saga, &id], ReadRow::read)
}

pub(crate) static DUE: Statement = Statement([
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) OR changed_ms > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending') AND (due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) OR changed_ms > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 60000) AND + saga IN ({list}) ORDER BY due_ms LIMIT 16",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) OR changed_ms > (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending') AND (due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) OR changed_ms > (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + 60000) AND saga = ANY ($1) ORDER BY due_ms LIMIT 16",
    "SELECT saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, CASE WHEN stalled_ms = 0 THEN 0 ELSE CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - stalled_ms END AS stalled_ms, failed_step, error, undo_step, undo_error, epoch, CASE WHEN due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) OR changed_ms > CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000 THEN 1 ELSE 0 END AS is_due FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending') AND (due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) OR changed_ms > CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000) AND saga IN ({list}) ORDER BY due_ms LIMIT 16",
]);

/// Without statistics SQLite takes the primary key, and reads all sagas of a name that are over. The sign keeps it from that.
pub(crate) fn due(physical: &mut Physical, sagas: &[&str]) -> Result<Vec<ReadRow>> {
    rows_of(physical, DUE.on(physical), &[], sagas, ReadRow::read)
}

pub(crate) static CLAIM: Statement = Statement([
    "UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END, attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = ?, due_ms = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, changed_ms = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE saga = ? AND id = ? AND epoch = ? AND state IN ('running', 'compensating', 'pending') AND (due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) OR changed_ms > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 60000)",
    "UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END, attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = $1, due_ms = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $2, changed_ms = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) WHERE saga = $3 AND id = $4 AND epoch = $5 AND state IN ('running', 'compensating', 'pending') AND (due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) OR changed_ms > (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + 60000)",
    "UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END, attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = ?, due_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, changed_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE saga = ? AND id = ? AND epoch = ? AND state IN ('running', 'compensating', 'pending') AND (due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) OR changed_ms > CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + 60000)",
]);

/// Where it was left without an owner, nothing was at work. Another owner is lost, and what it was about may be committed.
pub(crate) fn claim(
    physical: &mut Physical,
    owner: Option<&str>,
    lease_ms: i64,
    saga: &str,
    id: &str,
    epoch: i64,
) -> Result<u64> {
    execute(
        physical,
        CLAIM.on(physical),
        &[&owner, &lease_ms, &saga, &id, &epoch],
    )
}

pub(crate) static ADVANCE: Statement = Statement([
    "UPDATE _bindery_sagas SET state = ?, step_no = ?, attempts = ?, failures = ?, doubt = ?, failed_step = ?, error = ?, undo_step = ?, undo_error = ?, stalled_ms = CASE WHEN ? = 0 THEN 0 WHEN stalled_ms = 0 THEN CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) ELSE stalled_ms END, owner = ?, due_ms = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + ?, changed_ms = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) WHERE saga = ? AND id = ? AND epoch = ? AND state = ? AND step_no = ?",
    "UPDATE _bindery_sagas SET state = $1, step_no = $2, attempts = $3, failures = $4, doubt = $5, failed_step = $6, error = $7, undo_step = $8, undo_error = $9, stalled_ms = CASE WHEN $10 = 0 THEN 0 WHEN stalled_ms = 0 THEN (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) ELSE stalled_ms END, owner = $11, due_ms = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) + $12, changed_ms = (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) WHERE saga = $13 AND id = $14 AND epoch = $15 AND state = $16 AND step_no = $17",
    "UPDATE _bindery_sagas SET state = ?, step_no = ?, attempts = ?, failures = ?, doubt = ?, failed_step = ?, error = ?, undo_step = ?, undo_error = ?, stalled_ms = CASE WHEN ? = 0 THEN 0 WHEN stalled_ms = 0 THEN CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) ELSE stalled_ms END, owner = ?, due_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) + ?, changed_ms = CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) WHERE saga = ? AND id = ? AND epoch = ? AND state = ? AND step_no = ?",
]);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AdvanceValues<'a> {
    pub(crate) state: &'a str,
    pub(crate) step_no: i64,
    pub(crate) attempts: i64,
    pub(crate) failures: i64,
    pub(crate) doubt: i64,
    pub(crate) failed_step: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) undo_step: Option<&'a str>,
    pub(crate) undo_error: Option<&'a str>,
    pub(crate) stalled: i64,
    pub(crate) owner: Option<&'a str>,
    pub(crate) wait_ms: i64,
    pub(crate) saga: &'a str,
    pub(crate) id: &'a str,
    pub(crate) epoch: i64,
    pub(crate) was: &'a str,
    pub(crate) was_at: i64,
}

pub(crate) fn advance(physical: &mut Physical, values: AdvanceValues<'_>) -> Result<u64> {
    execute(
        physical,
        ADVANCE.on(physical),
        &[
            &values.state,
            &values.step_no,
            &values.attempts,
            &values.failures,
            &values.doubt,
            &values.failed_step,
            &values.error,
            &values.undo_step,
            &values.undo_error,
            &values.stalled,
            &values.owner,
            &values.wait_ms,
            &values.saga,
            &values.id,
            &values.epoch,
            &values.was,
            &values.was_at,
        ],
    )
}

pub(crate) static FORGET: Statement = Statement::numbered(
    "DELETE FROM _bindery_sagas WHERE saga = ? AND id = ? AND uid = ?",
    "DELETE FROM _bindery_sagas WHERE saga = $1 AND id = $2 AND uid = $3",
);

pub(crate) fn forget(physical: &mut Physical, saga: &str, id: &str, uid: &str) -> Result<()> {
    execute(physical, FORGET.on(physical), &[&saga, &id, &uid]).map(drop)
}

pub(crate) static OVER: Statement = Statement([
    "SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = ? AND changed_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - ? ORDER BY due_ms LIMIT ?",
    "SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = $1 AND changed_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - $2 ORDER BY due_ms LIMIT $3",
    "SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = ? AND changed_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - ? ORDER BY due_ms LIMIT ?",
]);

#[derive(Debug)]
pub(crate) struct OverRow {
    pub(crate) id: String,
    pub(crate) uid: String,
}

impl OverRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            uid: row.next()?,
        })
    }
}

pub(crate) fn over(
    physical: &mut Physical,
    saga: &str,
    age_ms: i64,
    most: i64,
) -> Result<Vec<OverRow>> {
    rows(
        physical,
        OVER.on(physical),
        &[&saga, &age_ms, &most],
        OverRow::read,
    )
}

pub(crate) static WAITING: Statement = Statement([
    "SELECT saga, state, count(*) AS number, CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) THEN 1 ELSE 0 END) AS INTEGER) AS lost, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - min(created_ms) AS oldest_ms FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back') GROUP BY saga, state ORDER BY saga, state",
    "SELECT saga, state, count(*) AS number, CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) THEN 1 ELSE 0 END) AS BIGINT) AS lost, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - min(created_ms) AS oldest_ms FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back') GROUP BY saga, state ORDER BY saga, state",
    "SELECT saga, state, count(*) AS number, CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) THEN 1 ELSE 0 END) AS SIGNED) AS lost, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - min(created_ms) AS oldest_ms FROM _bindery_sagas WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back') GROUP BY saga, state ORDER BY saga, state",
]);

#[derive(Debug)]
pub(crate) struct WaitingRow {
    pub(crate) saga: String,
    pub(crate) state: String,
    pub(crate) number: i64,
    pub(crate) lost: i64,
    pub(crate) oldest_ms: i64,
}

impl WaitingRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            saga: row.next()?,
            state: row.next()?,
            number: row.next()?,
            lost: row.next()?,
            oldest_ms: row.next()?,
        })
    }
}

pub(crate) fn waiting(physical: &mut Physical) -> Result<Vec<WaitingRow>> {
    rows(physical, WAITING.on(physical), &[], WaitingRow::read)
}

pub(crate) static COMPLETE_MARK: Statement = Statement::numbered(
    "UPDATE _bindery_saga_marks SET outcome = ?, output = ?, written = ? WHERE uid = ? AND step_no = ? AND way = ?",
    "UPDATE _bindery_saga_marks SET outcome = $1, output = $2, written = $3 WHERE uid = $4 AND step_no = $5 AND way = $6",
);

/// Completes a mark that was inserted in the same transaction.
pub(crate) fn complete_mark(
    physical: &mut Physical,
    outcome: &str,
    output: &str,
    written: Option<&str>,
    uid: &str,
    step_no: i64,
    way: &str,
) -> Result<()> {
    execute(
        physical,
        COMPLETE_MARK.on(physical),
        &[&outcome, &output, &written, &uid, &step_no, &way],
    )
    .map(drop)
}
