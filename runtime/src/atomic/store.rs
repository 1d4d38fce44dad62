//! The tables of a home: which coordinators there are, and what was decided of their transactions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::names::DecidedBranch;
use super::protocol::{AllRules, Decision, Fenced, Listed, fence};
use crate::databases::kept::{self, OF_HOME};
use crate::driver::own_tables::{self, statements::atomic as statements};
use crate::driver::{Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::link::slots::branches::extend;
use bindery_core::dialect::Dialect;

const COORDINATORS: &str = "_bindery_coordinators";
const DECISIONS: &str = "_bindery_decisions";
/// How long aborts may wait for the listing of their branches, and what follows it. Longer than an engine may take to list them: a home
/// whose time ran out would count as lost.
const FENCING: Duration = Duration::from_secs(40);

/// A decision to commit that home has.
pub(super) struct Decided {
    pub(super) transaction: String,
    pub(super) branches: Vec<DecidedBranch>,
    pub(super) created_ms: u64,
    /// A branch was rolled back by hand.
    pub(super) is_mixed: bool,
}

/// All that a home has decided, and whom it knows.
#[derive(Default)]
pub(super) struct Records {
    decisions: HashMap<String, Decision>,
    coordinators: HashSet<String>,
}

impl Records {
    /// The same as [`read_decision`], of what was there.
    pub(super) fn decision(&self, transaction: &str, coordinator: &str) -> Decision {
        match self.decisions.get(transaction) {
            Some(decision) => *decision,
            None if self.coordinators.contains(coordinator) => Decision::Absent,
            None => Decision::Stranger,
        }
    }
}

pub(super) fn now_ms() -> u64 {
    own_tables::process_now_ms().unsigned_abs()
}

/// Makes the tables where there are none.
pub(super) fn create(physical: &mut Physical) -> Result<()> {
    kept::ensure_all(physical, OF_HOME)
}

/// Fails unless the tables are there, and may be read and written. Changes nothing.
pub(super) fn ensure_usable(physical: &mut Physical) -> Result<()> {
    for table in OF_HOME {
        let table = table.name;
        if !physical.table_exists(None, table)? {
            return Err(not_usable(table, "is not there"));
        }
        ensure_writable(physical, table).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied => {
                not_usable(table, "cannot be read and written by this account").with_source(error)
            }
            _ => error,
        })?;
    }
    Ok(())
}

/// Servers look at the rights of an account before they look for rows.
fn ensure_writable(physical: &mut Physical, table: &str) -> Result<()> {
    let column = match table {
        COORDINATORS => "coordinator",
        _ => "transaction_id",
    };
    match physical.dialect() {
        // It has no rights, and a statement would wait for another writer.
        Dialect::Sqlite => return Ok(()),
        Dialect::Postgres | Dialect::Mysql => {}
    }
    for sql in [
        format!("INSERT INTO {table} SELECT * FROM {table} WHERE 1 = 0"),
        format!("UPDATE {table} SET {column} = {column} WHERE 1 = 0"),
        format!("DELETE FROM {table} WHERE 1 = 0"),
    ] {
        physical.next_is_own();
        physical.execute(&sql, &mut |_| ())?;
    }
    Ok(())
}

#[cold]
fn not_usable(table: &str, why: &str) -> Error {
    Error::new(ErrorKind::Config(format!(
        "the table `{table}`, which keeps the decisions of atomic groups, {why}: `bindery migrate run` or `bindery create` makes it with an \
         account that may create tables; grant this account SELECT, INSERT, UPDATE and DELETE on it"
    )))
}

/// Registers a process under a name that no other has had.
pub(super) fn register(physical: &mut Physical, home: &str) -> Result<Arc<str>> {
    loop {
        let name = format!("{}.{home}", super::names::chance());
        match statements::add_coordinator(physical, &name, own_tables::process_now_ms()) {
            Ok(()) => return Ok(name.into()),
            Err(error) if is_taken(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Inserts the decision to commit; `false` where there is a decision already, which ends the transaction on PostgreSQL.
pub(super) fn insert_commit(
    physical: &mut Physical,
    (transaction, coordinator): (&str, &str),
    branches: &str,
) -> Result<bool> {
    let now = own_tables::process_now_ms();
    is_new(statements::add_commit(
        physical,
        transaction,
        coordinator,
        branches,
        now,
    ))
}

/// A decision to roll back.
pub(super) struct Abort<'a> {
    pub(super) transaction: &'a str,
    pub(super) coordinator: &'a str,
    /// The names of its branches, with commas between them.
    pub(super) branches: &'a str,
}

/// Inserts aborts of transactions without a decision, and keeps those of which a branch is prepared meanwhile: `look` lists the branches of
/// each. While they are there, nothing else can be decided.
pub(super) fn insert_aborts(
    physical: &mut Physical,
    aborts: &[Abort<'_>],
    look: impl FnOnce() -> Vec<Vec<Listed>>,
) -> Result<Vec<Fenced>> {
    physical.begin_with(&TransactionOptions::default())?;
    let fenced = insert_and_look(physical, aborts, look);
    if fenced.is_err() {
        // The first error matters more; a connection whose rollback failed is closed.
        let _ = physical.rollback();
    }
    fenced
}

fn insert_and_look(
    physical: &mut Physical,
    aborts: &[Abort<'_>],
    look: impl FnOnce() -> Vec<Vec<Listed>>,
) -> Result<Vec<Fenced>> {
    let mut fenced = Vec::new();
    for abort in aborts {
        let now = own_tables::process_now_ms();
        let is_inserted = is_new(statements::add_abort(
            physical,
            abort.transaction,
            abort.coordinator,
            abort.branches,
            now,
        ))?;
        fenced.push((!is_inserted).then_some(Fenced::Decided));
    }
    if fenced.contains(&None) {
        // The listing has its own time.
        extend(physical, FENCING);
        for ((abort, fenced), listed) in aborts.iter().zip(&mut fenced).zip(look()) {
            if fenced.is_none() {
                *fenced = Some(fence(AllRules, &listed));
                if *fenced != Some(Fenced::Decided) {
                    forget(physical, abort.transaction)?;
                }
            }
        }
    }
    physical.commit()?;
    let fenced = fenced.into_iter();
    Ok(fenced.map(|it| it.unwrap_or(Fenced::Failed)).collect())
}

fn is_new(inserted: Result<u64>) -> Result<bool> {
    match inserted {
        Ok(rows) => Ok(rows > 0),
        Err(error) if is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads what was decided of a transaction.
pub(super) fn read_decision(
    physical: &mut Physical,
    (transaction, coordinator): (&str, &str),
) -> Result<Decision> {
    if !is_home(physical)? {
        return Ok(Decision::Stranger);
    }
    if let Some(decision) = statements::decision(physical, transaction)? {
        return Ok(decision_of(&decision));
    }
    Ok(match statements::coordinator(physical, coordinator)? {
        Some(_) => Decision::Absent,
        None => Decision::Stranger,
    })
}

fn is_home(physical: &mut Physical) -> Result<bool> {
    Ok(physical.table_exists(None, COORDINATORS)? && physical.table_exists(None, DECISIONS)?)
}

fn decision_of(letter: &str) -> Decision {
    match letter {
        "C" | "M" => Decision::Commit,
        "A" => Decision::Abort,
        // Of a later version of bindery, which knows what it means.
        _ => Decision::Unreadable,
    }
}

/// Reads all at once, for listings of a great number of branches.
pub(super) fn records(physical: &mut Physical) -> Result<Records> {
    if !is_home(physical)? {
        return Ok(Records::default());
    }
    let decisions = statements::decisions(physical)?.into_iter();
    let decisions = decisions.map(|row| (row.transaction_id, decision_of(&row.decision)));
    Ok(Records {
        decisions: decisions.collect(),
        coordinators: statements::coordinators(physical)?.into_iter().collect(),
    })
}

/// All decisions to commit, the oldest first. Those to roll back stay: they alone keep a coordinator that stood still for long
/// from deciding otherwise, and there is one for each lost transaction only.
pub(super) fn decisions(physical: &mut Physical) -> Result<Vec<Decided>> {
    if !physical.table_exists(None, DECISIONS)? {
        return Ok(Vec::new());
    }
    let commits = statements::commits(physical)?.into_iter();
    let commits = commits.map(|row| Decided {
        transaction: row.transaction_id,
        branches: row.branches.split(',').map(DecidedBranch::parse).collect(),
        created_ms: row.created_ms.unsigned_abs(),
        is_mixed: row.decision == "M",
    });
    Ok(commits.collect())
}

/// Records that a branch was rolled back by hand. The row stays from then on.
pub(super) fn note_mixed(physical: &mut Physical, decided: &Decided) -> Result<()> {
    let branches: Vec<String> = decided.branches.iter().map(ToString::to_string).collect();
    statements::note_mixed(physical, &branches.join(","), &decided.transaction)
}

/// Deletes a decision.
pub(super) fn forget(physical: &mut Physical, transaction: &str) -> Result<()> {
    statements::forget(physical, transaction)
}

fn is_taken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}
