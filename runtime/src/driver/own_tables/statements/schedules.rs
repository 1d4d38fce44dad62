//! Generated from `queries/schedules.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static LAST_TICK: Statement = Statement([
    "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now_ms, (SELECT tick FROM _bindery_schedules WHERE name = ?) AS tick",
    "SELECT (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) AS now_ms, (SELECT tick FROM _bindery_schedules WHERE name = $1) AS tick",
    "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now_ms, (SELECT tick FROM _bindery_schedules WHERE name = ?) AS tick",
]);

#[derive(Debug)]
pub(crate) struct LastTickRow {
    pub(crate) now_ms: i64,
    pub(crate) tick: Option<i64>,
}

impl LastTickRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            now_ms: row.next()?,
            tick: row.next()?,
        })
    }
}

/// The time of the database and the last tick of a periodic task.
pub(crate) fn last_tick(physical: &mut Physical, name: &str) -> Result<LastTickRow> {
    one(
        physical,
        LAST_TICK.on(physical),
        &[&name],
        LastTickRow::read,
    )
}

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO _bindery_schedules (name, tick) VALUES (?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_schedules (name, tick) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_schedules (name, tick) VALUES (?, ?)",
]);

pub(crate) fn add(physical: &mut Physical, name: &str, tick: i64) -> Result<u64> {
    execute(physical, ADD.on(physical), &[&name, &tick])
}

pub(crate) static ADVANCE: Statement = Statement::numbered(
    "UPDATE _bindery_schedules SET tick = ? WHERE name = ? AND tick = ?",
    "UPDATE _bindery_schedules SET tick = $1 WHERE name = $2 AND tick = $3",
);

/// Moves a periodic task on, unless another worker has.
pub(crate) fn advance(physical: &mut Physical, tick: i64, name: &str, was: i64) -> Result<u64> {
    execute(physical, ADVANCE.on(physical), &[&tick, &name, &was])
}
