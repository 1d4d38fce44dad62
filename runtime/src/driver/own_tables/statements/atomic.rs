//! Generated from `queries/atomic.sql`, as the head of `statements.rs` says. Not to be edited.

use super::call::*;

pub(crate) static ADD_COORDINATOR: Statement = Statement::numbered(
    "INSERT INTO _bindery_coordinators (coordinator, started_ms) VALUES (?, ?)",
    "INSERT INTO _bindery_coordinators (coordinator, started_ms) VALUES ($1, $2)",
);

pub(crate) fn add_coordinator(
    physical: &mut Physical,
    coordinator: &str,
    started_ms: i64,
) -> Result<()> {
    execute(
        physical,
        ADD_COORDINATOR.on(physical),
        &[&coordinator, &started_ms],
    )
    .map(drop)
}

pub(crate) static ADD_COMMIT: Statement = Statement::numbered(
    "INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES (?, 'C', ?, ?, ?)",
    "INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES ($1, 'C', $2, $3, $4)",
);

pub(crate) fn add_commit(
    physical: &mut Physical,
    transaction_id: &str,
    coordinator: &str,
    branches: &str,
    created_ms: i64,
) -> Result<u64> {
    execute(
        physical,
        ADD_COMMIT.on(physical),
        &[&transaction_id, &coordinator, &branches, &created_ms],
    )
}

pub(crate) static ADD_ABORT: Statement = Statement([
    "INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES (?, 'A', ?, ?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES ($1, 'A', $2, $3, $4) ON CONFLICT DO NOTHING",
    "INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES (?, 'A', ?, ?, ?)",
]);

/// An error would end a transaction of PostgreSQL.
pub(crate) fn add_abort(
    physical: &mut Physical,
    transaction_id: &str,
    coordinator: &str,
    branches: &str,
    created_ms: i64,
) -> Result<u64> {
    execute(
        physical,
        ADD_ABORT.on(physical),
        &[&transaction_id, &coordinator, &branches, &created_ms],
    )
}

pub(crate) static DECISION: Statement = Statement::numbered(
    "SELECT decision FROM _bindery_decisions WHERE transaction_id = ?",
    "SELECT decision FROM _bindery_decisions WHERE transaction_id = $1",
);

pub(crate) fn decision(physical: &mut Physical, transaction_id: &str) -> Result<Option<String>> {
    optional(physical, DECISION.on(physical), &[&transaction_id], |row| {
        row.next()
    })
}

pub(crate) static COORDINATOR: Statement = Statement::numbered(
    "SELECT coordinator FROM _bindery_coordinators WHERE coordinator = ?",
    "SELECT coordinator FROM _bindery_coordinators WHERE coordinator = $1",
);

pub(crate) fn coordinator(physical: &mut Physical, coordinator: &str) -> Result<Option<String>> {
    optional(physical, COORDINATOR.on(physical), &[&coordinator], |row| {
        row.next()
    })
}

pub(crate) static DECISIONS: Statement =
    Statement::alike("SELECT transaction_id, decision FROM _bindery_decisions");

#[derive(Debug)]
pub(crate) struct DecisionsRow {
    pub(crate) transaction_id: String,
    pub(crate) decision: String,
}

impl DecisionsRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            transaction_id: row.next()?,
            decision: row.next()?,
        })
    }
}

pub(crate) fn decisions(physical: &mut Physical) -> Result<Vec<DecisionsRow>> {
    rows(physical, DECISIONS.on(physical), &[], DecisionsRow::read)
}

pub(crate) static COORDINATORS: Statement =
    Statement::alike("SELECT coordinator FROM _bindery_coordinators");

pub(crate) fn coordinators(physical: &mut Physical) -> Result<Vec<String>> {
    rows(physical, COORDINATORS.on(physical), &[], |row| row.next())
}

pub(crate) static COMMITS: Statement = Statement::alike(
    "SELECT transaction_id, branches, created_ms, decision FROM _bindery_decisions WHERE decision IN ('C', 'M') ORDER BY created_ms, transaction_id",
);

#[derive(Debug)]
pub(crate) struct CommitsRow {
    pub(crate) transaction_id: String,
    pub(crate) branches: String,
    pub(crate) created_ms: i64,
    pub(crate) decision: String,
}

impl CommitsRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(Self {
            transaction_id: row.next()?,
            branches: row.next()?,
            created_ms: row.next()?,
            decision: row.next()?,
        })
    }
}

pub(crate) fn commits(physical: &mut Physical) -> Result<Vec<CommitsRow>> {
    rows(physical, COMMITS.on(physical), &[], CommitsRow::read)
}

pub(crate) static NOTE_MIXED: Statement = Statement::numbered(
    "UPDATE _bindery_decisions SET decision = 'M', branches = ? WHERE transaction_id = ?",
    "UPDATE _bindery_decisions SET decision = 'M', branches = $1 WHERE transaction_id = $2",
);

pub(crate) fn note_mixed(
    physical: &mut Physical,
    branches: &str,
    transaction_id: &str,
) -> Result<()> {
    execute(
        physical,
        NOTE_MIXED.on(physical),
        &[&branches, &transaction_id],
    )
    .map(drop)
}

pub(crate) static FORGET: Statement = Statement::numbered(
    "DELETE FROM _bindery_decisions WHERE transaction_id = ?",
    "DELETE FROM _bindery_decisions WHERE transaction_id = $1",
);

pub(crate) fn forget(physical: &mut Physical, transaction_id: &str) -> Result<()> {
    execute(physical, FORGET.on(physical), &[&transaction_id]).map(drop)
}
