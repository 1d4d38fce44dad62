//! The tables of a home: which coordinators there are, and what was decided of their transactions.

use std::sync::Arc;

use super::protocol::{AllRules, Decision, Fenced, Listed, fence};
use crate::driver::own_tables;
use crate::driver::{Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ParamWriter;
use bindery_core::sql_writer::SqlWriter;

const COORDINATORS: &str = "_bindery_coordinators";
const DECISIONS: &str = "_bindery_decisions";

/// Times are of the program's clock: they only delay, they never decide.
const CREATE_COORDINATORS: &str = "CREATE TABLE IF NOT EXISTS _bindery_coordinators (\
    coordinator VARCHAR(64) NOT NULL PRIMARY KEY, started_ms BIGINT NOT NULL)";

/// `decision` is `C` or `A`.
const CREATE_DECISIONS: &str = "CREATE TABLE IF NOT EXISTS _bindery_decisions (\
    transaction_id VARCHAR(64) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL, coordinator VARCHAR(64) NOT NULL, \
    branches TEXT NOT NULL, created_ms BIGINT NOT NULL)";

/// A decision that home has.
pub(super) struct Decided {
    pub(super) transaction: String,
    /// The names of its branches.
    pub(super) branches: Vec<String>,
    pub(super) created_ms: u64,
}

pub(super) fn now_ms() -> u64 {
    own_tables::process_now_ms().unsigned_abs()
}

/// Makes the tables where there are none.
pub(super) fn create(physical: &mut Physical) -> Result<()> {
    for (table, sql) in [
        (COORDINATORS, CREATE_COORDINATORS),
        (DECISIONS, CREATE_DECISIONS),
    ] {
        let end = own_tables::end(physical.dialect());
        own_tables::make(physical, table, &[format!("{sql}{end}")])?;
    }
    Ok(())
}

/// Registers a process under a name that no other has had.
pub(super) fn register(physical: &mut Physical, home: &str) -> Result<Arc<str>> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("INSERT INTO _bindery_coordinators (coordinator, started_ms) VALUES (")
        .placeholder()
        .push(", ")
        .placeholder()
        .push(")");
    let sql = sql.finish();
    loop {
        let name = format!("{}.{home}", super::names::chance());
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(&name);
            params.i64(own_tables::process_now_ms());
        };
        match physical.execute(&sql, write) {
            Ok(_) => return Ok(name.into()),
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Inserts a decision; `false` where there is one already.
pub(super) fn insert(
    physical: &mut Physical,
    decision: &str,
    (transaction, coordinator): (&str, &str),
    branches: &str,
) -> Result<bool> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("INSERT INTO _bindery_decisions (transaction_id, decision, coordinator, branches, created_ms) VALUES (");
    for _ in 0..4 {
        sql.placeholder().push(", ");
    }
    sql.placeholder().push(")");
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(transaction);
        params.text(decision);
        params.text(coordinator);
        params.text(branches);
        params.i64(own_tables::process_now_ms());
    };
    match physical.execute(&sql.finish(), write) {
        Ok(_) => Ok(true),
        Err(error) if is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Inserts an abort unless there is a decision, and keeps it if a branch is prepared meanwhile: `look` lists them.
pub(super) fn insert_abort(
    physical: &mut Physical,
    id: (&str, &str),
    branches: &str,
    look: impl FnOnce() -> Vec<Listed>,
) -> Result<Fenced> {
    physical.begin_with(&TransactionOptions::default())?;
    let fenced = match insert(physical, "A", id, branches) {
        Ok(true) => fence(AllRules, &look()),
        Ok(false) => {
            physical.rollback()?;
            return Ok(Fenced::Decided);
        }
        Err(error) => {
            // The error of the insert matters more; a connection whose rollback failed is closed.
            let _ = physical.rollback();
            return Err(error);
        }
    };
    match fenced {
        Fenced::Decided => physical.commit()?,
        Fenced::Gone | Fenced::Failed => physical.rollback()?,
    }
    Ok(fenced)
}

/// Reads what was decided of a transaction.
pub(super) fn read(
    physical: &mut Physical,
    (transaction, coordinator): (&str, &str),
) -> Result<Decision> {
    if !physical.table_exists(None, COORDINATORS)? || !physical.table_exists(None, DECISIONS)? {
        return Ok(Decision::Stranger);
    }
    let decision = "SELECT decision FROM _bindery_decisions WHERE transaction_id = ";
    if let Some(decision) = first(physical, decision, transaction)? {
        return Ok(match decision.as_str() {
            "C" => Decision::Commit,
            "A" => Decision::Abort,
            // Of a later version of bindery, which knows what it means.
            _ => Decision::Unreadable,
        });
    }
    let known = "SELECT coordinator FROM _bindery_coordinators WHERE coordinator = ";
    Ok(match first(physical, known, coordinator)? {
        Some(_) => Decision::Absent,
        None => Decision::Stranger,
    })
}

/// All decisions to commit, the oldest first. Those to roll back stay: they alone keep a coordinator that stood still for long
/// from deciding otherwise, and there is one for each lost transaction only.
pub(super) fn decisions(physical: &mut Physical) -> Result<Vec<Decided>> {
    const ALL: &str = "SELECT transaction_id, branches, created_ms FROM _bindery_decisions WHERE decision = 'C' ORDER BY created_ms, transaction_id";
    let mut found = Vec::new();
    if !physical.table_exists(None, DECISIONS)? {
        return Ok(found);
    }
    physical.query(ALL, &mut |_| (), &mut |row| {
        found.push(Decided {
            transaction: row.next()?,
            branches: row
                .next::<String>()?
                .split(',')
                .map(str::to_owned)
                .collect(),
            created_ms: row.next::<i64>()?.unsigned_abs(),
        });
        Ok(true)
    })?;
    Ok(found)
}

/// Deletes a decision.
pub(super) fn forget(physical: &mut Physical, transaction: &str) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM _bindery_decisions WHERE transaction_id = ")
        .placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(transaction);
    physical.execute(&sql.finish(), write).map(drop)
}

fn first(physical: &mut Physical, sql: &str, key: &str) -> Result<Option<String>> {
    let mut text = SqlWriter::new(physical.dialect());
    text.push(sql).placeholder();
    let mut found = None;
    let write = &mut |params: &mut ParamWriter<'_>| params.text(key);
    physical.query(&text.finish(), write, &mut |row| {
        found = Some(row.next::<String>()?);
        Ok(true)
    })?;
    Ok(found)
}

fn is_taken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}
