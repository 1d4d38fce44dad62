//! Generated from `queries/versions.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADVANCE: Statement = Statement::numbered(
    "UPDATE _bindery_versions SET version = ? WHERE consumer = ? AND subject = ? AND version < ?",
    "UPDATE _bindery_versions SET version = $1 WHERE consumer = $2 AND subject = $3 AND version < $4",
);

pub(crate) fn advance(
    physical: &mut Physical,
    version: i64,
    consumer: &str,
    subject: &str,
    newer: i64,
) -> Result<u64> {
    execute(
        physical,
        ADVANCE.on(physical),
        &[&version, &consumer, &subject, &newer],
    )
}

pub(crate) static FIND: Statement = Statement::numbered(
    "SELECT version FROM _bindery_versions WHERE consumer = ? AND subject = ?",
    "SELECT version FROM _bindery_versions WHERE consumer = $1 AND subject = $2",
);

pub(crate) fn find(physical: &mut Physical, consumer: &str, subject: &str) -> Result<Option<i64>> {
    optional(physical, FIND.on(physical), &[&consumer, &subject], |row| {
        row.next()
    })
}

pub(crate) static ADD: Statement = Statement::numbered(
    "INSERT INTO _bindery_versions (consumer, subject, version) VALUES (?, ?, ?)",
    "INSERT INTO _bindery_versions (consumer, subject, version) VALUES ($1, $2, $3)",
);

pub(crate) fn add(
    physical: &mut Physical,
    consumer: &str,
    subject: &str,
    version: i64,
) -> Result<()> {
    execute(physical, ADD.on(physical), &[&consumer, &subject, &version]).map(drop)
}
