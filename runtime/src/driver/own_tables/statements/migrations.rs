//! Generated from `queries/migrations.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static READ: Statement = Statement::alike(
    "SELECT version, name, checksum, stage, at_work, done, duration_ms, CAST(applied_at AS CHAR(19)) AS applied_at FROM _bindery_migrations ORDER BY version",
);

#[derive(Debug)]
pub(crate) struct ReadRow {
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) stage: String,
    pub(crate) at_work: i64,
    pub(crate) done: i64,
    pub(crate) duration_ms: i64,
    pub(crate) applied_at: String,
}

impl ReadRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            version: row.next()?,
            name: row.next()?,
            checksum: row.next()?,
            stage: row.next()?,
            at_work: row.next()?,
            done: row.next()?,
            duration_ms: row.next()?,
            applied_at: row.next()?,
        })
    }
}

pub(crate) fn read(physical: &mut Physical) -> Result<Vec<ReadRow>> {
    rows(physical, READ.on(physical), &[], ReadRow::read)
}

pub(crate) static ADD: Statement = Statement::numbered(
    "INSERT INTO _bindery_migrations (version, name, checksum, bindery, stage, at_work, done, duration_ms, applied_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP)",
    "INSERT INTO _bindery_migrations (version, name, checksum, bindery, stage, at_work, done, duration_ms, applied_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CURRENT_TIMESTAMP)",
);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AddValues<'a> {
    pub(crate) version: &'a str,
    pub(crate) name: &'a str,
    pub(crate) checksum: &'a str,
    pub(crate) bindery: &'a str,
    pub(crate) stage: &'a str,
    pub(crate) at_work: i64,
    pub(crate) done: i64,
    pub(crate) duration_ms: i64,
}

pub(crate) fn add(physical: &mut Physical, values: AddValues<'_>) -> Result<()> {
    execute(
        physical,
        ADD.on(physical),
        &[
            &values.version,
            &values.name,
            &values.checksum,
            &values.bindery,
            &values.stage,
            &values.at_work,
            &values.done,
            &values.duration_ms,
        ],
    )
    .map(drop)
}

pub(crate) static UPDATE: Statement = Statement::numbered(
    "UPDATE _bindery_migrations SET stage = ?, at_work = ?, done = ?, duration_ms = ?, applied_at = CURRENT_TIMESTAMP WHERE version = ?",
    "UPDATE _bindery_migrations SET stage = $1, at_work = $2, done = $3, duration_ms = $4, applied_at = CURRENT_TIMESTAMP WHERE version = $5",
);

pub(crate) fn update(
    physical: &mut Physical,
    stage: &str,
    at_work: i64,
    done: i64,
    duration_ms: i64,
    version: &str,
) -> Result<()> {
    execute(
        physical,
        UPDATE.on(physical),
        &[&stage, &at_work, &done, &duration_ms, &version],
    )
    .map(drop)
}

pub(crate) static AMEND: Statement = Statement::numbered(
    "UPDATE _bindery_migrations SET name = ?, checksum = ?, bindery = ?, stage = ?, at_work = ?, done = ?, duration_ms = ?, applied_at = CURRENT_TIMESTAMP WHERE version = ?",
    "UPDATE _bindery_migrations SET name = $1, checksum = $2, bindery = $3, stage = $4, at_work = $5, done = $6, duration_ms = $7, applied_at = CURRENT_TIMESTAMP WHERE version = $8",
);

#[derive(Debug, Clone, Copy)]
pub(crate) struct AmendValues<'a> {
    pub(crate) name: &'a str,
    pub(crate) checksum: &'a str,
    pub(crate) bindery: &'a str,
    pub(crate) stage: &'a str,
    pub(crate) at_work: i64,
    pub(crate) done: i64,
    pub(crate) duration_ms: i64,
    pub(crate) version: &'a str,
}

pub(crate) fn amend(physical: &mut Physical, values: AmendValues<'_>) -> Result<()> {
    execute(
        physical,
        AMEND.on(physical),
        &[
            &values.name,
            &values.checksum,
            &values.bindery,
            &values.stage,
            &values.at_work,
            &values.done,
            &values.duration_ms,
            &values.version,
        ],
    )
    .map(drop)
}

pub(crate) static FORGET: Statement = Statement::numbered(
    "DELETE FROM _bindery_migrations WHERE version = ?",
    "DELETE FROM _bindery_migrations WHERE version = $1",
);

pub(crate) fn forget(physical: &mut Physical, version: &str) -> Result<()> {
    execute(physical, FORGET.on(physical), &[&version]).map(drop)
}
