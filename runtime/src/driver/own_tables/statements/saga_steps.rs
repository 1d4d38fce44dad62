//! Generated from `queries/saga_steps.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO {table} (uid, step_no, way, step, outcome, output, written, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))",
    "INSERT INTO {table} (uid, step_no, way, step, outcome, output, written, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)))",
    "INSERT INTO {table} (uid, step_no, way, step, outcome, output, written, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
]);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AddValues<'a> {
    pub(crate) uid: &'a str,
    pub(crate) step_no: i64,
    pub(crate) way: &'a str,
    pub(crate) step: &'a str,
    pub(crate) outcome: &'a str,
    pub(crate) output: &'a str,
    pub(crate) written: Option<&'a str>,
}

pub(crate) fn add(physical: &mut Physical, table: &str, values: AddValues<'_>) -> Result<()> {
    execute(
        physical,
        &ADD.over(physical, table),
        &[
            &values.uid,
            &values.step_no,
            &values.way,
            &values.step,
            &values.outcome,
            &values.output,
            &values.written,
        ],
    )
    .map(drop)
}

pub(crate) static READ: Statement = Statement::numbered(
    "SELECT step_no, way, step, outcome, output, written FROM {table} WHERE uid = ? ORDER BY way DESC, step_no",
    "SELECT step_no, way, step, outcome, output, written FROM {table} WHERE uid = $1 ORDER BY way DESC, step_no",
);

#[derive(Debug)]
pub(crate) struct ReadRow {
    pub(crate) step_no: i64,
    pub(crate) way: String,
    pub(crate) step: String,
    pub(crate) outcome: String,
    pub(crate) output: String,
    pub(crate) written: Option<String>,
}

impl ReadRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            step_no: row.next()?,
            way: row.next()?,
            step: row.next()?,
            outcome: row.next()?,
            output: row.next()?,
            written: row.next()?,
        })
    }
}

pub(crate) fn read(physical: &mut Physical, table: &str, uid: &str) -> Result<Vec<ReadRow>> {
    rows(
        physical,
        &READ.over(physical, table),
        &[&uid],
        ReadRow::read,
    )
}

pub(crate) static FORGET: Statement = Statement::numbered(
    "DELETE FROM {table} WHERE uid = ?",
    "DELETE FROM {table} WHERE uid = $1",
);

pub(crate) fn forget(physical: &mut Physical, table: &str, uid: &str) -> Result<()> {
    execute(physical, &FORGET.over(physical, table), &[&uid]).map(drop)
}
