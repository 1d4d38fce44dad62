//! Generated from `queries/inbox.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADD: Statement = Statement([
    "INSERT INTO _bindery_inbox (effect, done_at) VALUES (?, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_inbox (effect, done_at) VALUES ($1, (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT))) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_inbox (effect, done_at) VALUES (?, CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED))",
]);

pub(crate) fn add(physical: &mut Physical, effect: &str) -> Result<u64> {
    execute(physical, ADD.on(physical), &[&effect])
}

pub(crate) static PRUNE: Statement = Statement([
    "DELETE FROM _bindery_inbox WHERE done_at < CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - ?",
    "DELETE FROM _bindery_inbox WHERE done_at < (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)) - $1",
    "DELETE FROM _bindery_inbox WHERE done_at < CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) - ?",
]);

pub(crate) fn prune(physical: &mut Physical, age_ms: i64) -> Result<u64> {
    execute(physical, PRUNE.on(physical), &[&age_ms])
}
