//! Generated from `queries/sync.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADD: Statement = Statement::numbered(
    "INSERT INTO _bindery_sync (run, batch, changed_ms, sync_name) VALUES (0, 0, ?, ?)",
    "INSERT INTO _bindery_sync (run, batch, changed_ms, sync_name) VALUES (0, 0, $1, $2)",
);

pub(crate) fn add(physical: &mut Physical, changed_ms: i64, sync_name: &str) -> Result<()> {
    execute(physical, ADD.on(physical), &[&changed_ms, &sync_name]).map(drop)
}

pub(crate) static BEGIN_RUN: Statement = Statement::numbered(
    "UPDATE _bindery_sync SET run = ?, batch = 0 WHERE sync_name = ?",
    "UPDATE _bindery_sync SET run = $1, batch = 0 WHERE sync_name = $2",
);

pub(crate) fn begin_run(physical: &mut Physical, run: i64, sync_name: &str) -> Result<()> {
    execute(physical, BEGIN_RUN.on(physical), &[&run, &sync_name]).map(drop)
}

pub(crate) static FORGET_RUNS: Statement = Statement::numbered(
    "DELETE FROM _bindery_sync_runs WHERE sync_name = ? AND run <= ?",
    "DELETE FROM _bindery_sync_runs WHERE sync_name = $1 AND run <= $2",
);

pub(crate) fn forget_runs(physical: &mut Physical, sync_name: &str, last: i64) -> Result<()> {
    execute(physical, FORGET_RUNS.on(physical), &[&sync_name, &last]).map(drop)
}

pub(crate) static END_KILLED: Statement = Statement::numbered(
    "UPDATE _bindery_sync_runs SET status = 'failed', ended_ms = ?, error = ? WHERE sync_name = ? AND status = 'running'",
    "UPDATE _bindery_sync_runs SET status = 'failed', ended_ms = $1, error = $2 WHERE sync_name = $3 AND status = 'running'",
);

pub(crate) fn end_killed(
    physical: &mut Physical,
    ended_ms: Option<i64>,
    error: Option<&str>,
    sync_name: &str,
) -> Result<()> {
    execute(
        physical,
        END_KILLED.on(physical),
        &[&ended_ms, &error, &sync_name],
    )
    .map(drop)
}

pub(crate) static ADD_RUN: Statement = Statement::numbered(
    "INSERT INTO _bindery_sync_runs (sync_name, run, source, target, mode, status, started_ms, rows_read, inserted, updated, unchanged, deleted, rejected) VALUES (?, ?, ?, ?, ?, 'running', ?, 0, 0, 0, 0, 0, 0)",
    "INSERT INTO _bindery_sync_runs (sync_name, run, source, target, mode, status, started_ms, rows_read, inserted, updated, unchanged, deleted, rejected) VALUES ($1, $2, $3, $4, $5, 'running', $6, 0, 0, 0, 0, 0, 0)",
);

pub(crate) fn add_run(
    physical: &mut Physical,
    sync_name: &str,
    run: i64,
    source: &str,
    target: &str,
    mode: &str,
    started_ms: i64,
) -> Result<()> {
    execute(
        physical,
        ADD_RUN.on(physical),
        &[&sync_name, &run, &source, &target, &mode, &started_ms],
    )
    .map(drop)
}

pub(crate) static STATE: Statement = Statement::numbered(
    "SELECT run, batch, mark_kind, mark, seen, skew_ms, position FROM _bindery_sync WHERE sync_name = ?",
    "SELECT run, batch, mark_kind, mark, seen, skew_ms, position FROM _bindery_sync WHERE sync_name = $1",
);

#[derive(Debug)]
pub(crate) struct StateRow {
    pub(crate) run: i64,
    pub(crate) batch: i64,
    pub(crate) mark_kind: Option<String>,
    pub(crate) mark: Option<i64>,
    pub(crate) seen: Option<i64>,
    pub(crate) skew_ms: Option<i64>,
    pub(crate) position: Option<String>,
}

impl StateRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            run: row.next()?,
            batch: row.next()?,
            mark_kind: row.next()?,
            mark: row.next()?,
            seen: row.next()?,
            skew_ms: row.next()?,
            position: row.next()?,
        })
    }
}

pub(crate) fn state(physical: &mut Physical, sync_name: &str) -> Result<Option<StateRow>> {
    optional(physical, STATE.on(physical), &[&sync_name], StateRow::read)
}

pub(crate) static AWAIT_BATCH: Statement = Statement::numbered(
    "UPDATE _bindery_sync SET batch = batch WHERE sync_name = ?",
    "UPDATE _bindery_sync SET batch = batch WHERE sync_name = $1",
);

pub(crate) fn await_batch(physical: &mut Physical, sync_name: &str) -> Result<()> {
    execute(physical, AWAIT_BATCH.on(physical), &[&sync_name]).map(drop)
}

pub(crate) static ADVANCE: Statement = Statement::numbered(
    "UPDATE _bindery_sync SET batch = ?, changed_ms = ?, position = coalesce(?, position) WHERE sync_name = ? AND run = ?",
    "UPDATE _bindery_sync SET batch = $1, changed_ms = $2, position = coalesce($3, position) WHERE sync_name = $4 AND run = $5",
);

pub(crate) fn advance(
    physical: &mut Physical,
    batch: i64,
    changed_ms: i64,
    position: Option<&str>,
    sync_name: &str,
    run: i64,
) -> Result<u64> {
    execute(
        physical,
        ADVANCE.on(physical),
        &[&batch, &changed_ms, &position, &sync_name, &run],
    )
}

pub(crate) static ADVANCE_MARK: Statement = Statement::numbered(
    "UPDATE _bindery_sync SET batch = ?, changed_ms = ?, position = coalesce(?, position), mark_kind = ?, mark = ?, seen = ?, skew_ms = ? WHERE sync_name = ? AND run = ?",
    "UPDATE _bindery_sync SET batch = $1, changed_ms = $2, position = coalesce($3, position), mark_kind = $4, mark = $5, seen = $6, skew_ms = $7 WHERE sync_name = $8 AND run = $9",
);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AdvanceMarkValues<'a> {
    pub(crate) batch: i64,
    pub(crate) changed_ms: i64,
    pub(crate) position: Option<&'a str>,
    pub(crate) mark_kind: Option<&'a str>,
    pub(crate) mark: Option<i64>,
    pub(crate) seen: Option<i64>,
    pub(crate) skew_ms: Option<i64>,
    pub(crate) sync_name: &'a str,
    pub(crate) run: i64,
}

pub(crate) fn advance_mark(physical: &mut Physical, values: AdvanceMarkValues<'_>) -> Result<u64> {
    execute(
        physical,
        ADVANCE_MARK.on(physical),
        &[
            &values.batch,
            &values.changed_ms,
            &values.position,
            &values.mark_kind,
            &values.mark,
            &values.seen,
            &values.skew_ms,
            &values.sync_name,
            &values.run,
        ],
    )
}

pub(crate) static FORGET_POSITION: Statement = Statement::numbered(
    "UPDATE _bindery_sync SET position = NULL WHERE sync_name = ? AND run = ?",
    "UPDATE _bindery_sync SET position = NULL WHERE sync_name = $1 AND run = $2",
);

pub(crate) fn forget_position(physical: &mut Physical, sync_name: &str, run: i64) -> Result<()> {
    execute(physical, FORGET_POSITION.on(physical), &[&sync_name, &run]).map(drop)
}

pub(crate) static END_RUN: Statement = Statement::numbered(
    "UPDATE _bindery_sync_runs SET status = ?, ended_ms = ?, rows_read = ?, inserted = ?, updated = ?, unchanged = ?, deleted = ?, rejected = ?, watermark = ?, error = ? WHERE sync_name = ? AND run = ?",
    "UPDATE _bindery_sync_runs SET status = $1, ended_ms = $2, rows_read = $3, inserted = $4, updated = $5, unchanged = $6, deleted = $7, rejected = $8, watermark = $9, error = $10 WHERE sync_name = $11 AND run = $12",
);

#[derive(Debug, Clone, Copy)]
pub(crate) struct EndRunValues<'a> {
    pub(crate) status: &'a str,
    pub(crate) ended_ms: Option<i64>,
    pub(crate) rows_read: i64,
    pub(crate) inserted: i64,
    pub(crate) updated: i64,
    pub(crate) unchanged: i64,
    pub(crate) deleted: i64,
    pub(crate) rejected: i64,
    pub(crate) watermark: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) sync_name: &'a str,
    pub(crate) run: i64,
}

pub(crate) fn end_run(physical: &mut Physical, values: EndRunValues<'_>) -> Result<()> {
    execute(
        physical,
        END_RUN.on(physical),
        &[
            &values.status,
            &values.ended_ms,
            &values.rows_read,
            &values.inserted,
            &values.updated,
            &values.unchanged,
            &values.deleted,
            &values.rejected,
            &values.watermark,
            &values.error,
            &values.sync_name,
            &values.run,
        ],
    )
    .map(drop)
}

pub(crate) static RETRY_REJECT: Statement = Statement::numbered(
    "UPDATE _bindery_sync_rejects SET attempts = attempts + ?, reason = ?, last_ms = ? WHERE sync_name = ? AND key_bytes = ?",
    "UPDATE _bindery_sync_rejects SET attempts = attempts + $1, reason = $2, last_ms = $3 WHERE sync_name = $4 AND key_bytes = $5",
);

pub(crate) fn retry_reject(
    physical: &mut Physical,
    attempts: i64,
    reason: &str,
    last_ms: i64,
    sync_name: &str,
    key_bytes: &str,
) -> Result<u64> {
    execute(
        physical,
        RETRY_REJECT.on(physical),
        &[&attempts, &reason, &last_ms, &sync_name, &key_bytes],
    )
}

pub(crate) static ADD_REJECT: Statement = Statement::numbered(
    "INSERT INTO _bindery_sync_rejects (sync_name, key_bytes, row_key, reason, attempts, first_ms, last_ms) VALUES (?, ?, ?, ?, 1, ?, ?)",
    "INSERT INTO _bindery_sync_rejects (sync_name, key_bytes, row_key, reason, attempts, first_ms, last_ms) VALUES ($1, $2, $3, $4, 1, $5, $6)",
);

pub(crate) fn add_reject(
    physical: &mut Physical,
    sync_name: &str,
    key_bytes: &str,
    row_key: &str,
    reason: &str,
    first_ms: i64,
    last_ms: i64,
) -> Result<()> {
    execute(
        physical,
        ADD_REJECT.on(physical),
        &[
            &sync_name, &key_bytes, &row_key, &reason, &first_ms, &last_ms,
        ],
    )
    .map(drop)
}

pub(crate) static DROP_REJECT: Statement = Statement::numbered(
    "DELETE FROM _bindery_sync_rejects WHERE sync_name = ? AND key_bytes = ?",
    "DELETE FROM _bindery_sync_rejects WHERE sync_name = $1 AND key_bytes = $2",
);

pub(crate) fn drop_reject(physical: &mut Physical, sync_name: &str, key_bytes: &str) -> Result<()> {
    execute(
        physical,
        DROP_REJECT.on(physical),
        &[&sync_name, &key_bytes],
    )
    .map(drop)
}

pub(crate) static REJECTS: Statement = Statement::numbered(
    "SELECT row_key, reason FROM _bindery_sync_rejects WHERE sync_name = ? ORDER BY key_bytes LIMIT ?",
    "SELECT row_key, reason FROM _bindery_sync_rejects WHERE sync_name = $1 ORDER BY key_bytes LIMIT $2",
);

#[derive(Debug)]
pub(crate) struct RejectsRow {
    pub(crate) row_key: String,
    pub(crate) reason: String,
}

impl RejectsRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            row_key: row.next()?,
            reason: row.next()?,
        })
    }
}

pub(crate) fn rejects(
    physical: &mut Physical,
    sync_name: &str,
    most: i64,
) -> Result<Vec<RejectsRow>> {
    rows(
        physical,
        REJECTS.on(physical),
        &[&sync_name, &most],
        RejectsRow::read,
    )
}

pub(crate) static REJECTS_AFTER: Statement = Statement::numbered(
    "SELECT key_bytes FROM _bindery_sync_rejects WHERE sync_name = ? AND key_bytes > ? ORDER BY key_bytes LIMIT ?",
    "SELECT key_bytes FROM _bindery_sync_rejects WHERE sync_name = $1 AND key_bytes > $2 ORDER BY key_bytes LIMIT $3",
);

pub(crate) fn rejects_after(
    physical: &mut Physical,
    sync_name: &str,
    last: &str,
    most: i64,
) -> Result<Vec<String>> {
    rows(
        physical,
        REJECTS_AFTER.on(physical),
        &[&sync_name, &last, &most],
        |row| row.next(),
    )
}

pub(crate) static SUMMARIES: Statement = Statement::alike(
    "SELECT r.sync_name, r.source, r.target, r.run, r.status, r.started_ms, r.watermark, r.error, r.rejected, (SELECT count(*) FROM _bindery_sync_rejects j WHERE j.sync_name = r.sync_name) AS waiting FROM _bindery_sync s JOIN _bindery_sync_runs r ON r.sync_name = s.sync_name AND r.run = s.run ORDER BY r.sync_name",
);

#[derive(Debug)]
pub(crate) struct SummariesRow {
    pub(crate) sync_name: String,
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) run: i64,
    pub(crate) status: String,
    pub(crate) started_ms: i64,
    pub(crate) watermark: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) rejected: i64,
    pub(crate) waiting: i64,
}

impl SummariesRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            sync_name: row.next()?,
            source: row.next()?,
            target: row.next()?,
            run: row.next()?,
            status: row.next()?,
            started_ms: row.next()?,
            watermark: row.next()?,
            error: row.next()?,
            rejected: row.next()?,
            waiting: row.next()?,
        })
    }
}

pub(crate) fn summaries(physical: &mut Physical) -> Result<Vec<SummariesRow>> {
    rows(physical, SUMMARIES.on(physical), &[], SummariesRow::read)
}

pub(crate) static MIRRORED: Statement = Statement::numbered(
    "SELECT position FROM _bindery_mirrors WHERE mirror = ? AND table_name = ?",
    "SELECT position FROM _bindery_mirrors WHERE mirror = $1 AND table_name = $2",
);

pub(crate) fn mirrored(
    physical: &mut Physical,
    mirror: &str,
    table_name: &str,
) -> Result<Option<String>> {
    optional(
        physical,
        MIRRORED.on(physical),
        &[&mirror, &table_name],
        |row| row.next(),
    )
}

pub(crate) static FORGET_MIRRORED: Statement = Statement::numbered(
    "DELETE FROM _bindery_mirrors WHERE mirror = ? AND table_name = ?",
    "DELETE FROM _bindery_mirrors WHERE mirror = $1 AND table_name = $2",
);

pub(crate) fn forget_mirrored(
    physical: &mut Physical,
    mirror: &str,
    table_name: &str,
) -> Result<()> {
    execute(
        physical,
        FORGET_MIRRORED.on(physical),
        &[&mirror, &table_name],
    )
    .map(drop)
}

pub(crate) static ADD_MIRRORED: Statement = Statement::numbered(
    "INSERT INTO _bindery_mirrors (position, mirror, table_name) VALUES (?, ?, ?)",
    "INSERT INTO _bindery_mirrors (position, mirror, table_name) VALUES ($1, $2, $3)",
);

pub(crate) fn add_mirrored(
    physical: &mut Physical,
    position: &str,
    mirror: &str,
    table_name: &str,
) -> Result<()> {
    execute(
        physical,
        ADD_MIRRORED.on(physical),
        &[&position, &mirror, &table_name],
    )
    .map(drop)
}
