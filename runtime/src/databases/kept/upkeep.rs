//! Whether bindery's own tables are there and of this version, and making them so.

use bindery_core::dialect::Dialect;

#[cfg(any(feature = "atomic", feature = "saga", feature = "sync"))]
use super::Group;
use crate::databases::Registry;
use crate::driver::catalogue::{Relation, Wanted};
use crate::driver::{Physical, TransactionOptions};
use crate::error::{Error, ErrorKind, Operation, RecordedSchema, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use bindery_core::program::TableDdl;

/// A column that a later version of bindery added to a table, with the statement that adds it.
type Added = (&'static str, &'static str);

/// The place of a task among those that wait, with its index, in one statement. The column before it had one number for tasks with keys and without.
macro_rules! placed {
    ($table:literal) => {
        (
            "place",
            concat!(
                "ALTER TABLE ",
                $table,
                " ADD COLUMN place BIGINT GENERATED ALWAYS AS (CASE WHEN status <> 'pending' THEN 0 WHEN task_key IS NULL THEN priority \
                ELSE priority + 1099511627776 END) STORED, DROP INDEX ",
                $table,
                "_ready, DROP INDEX ",
                $table,
                "_keys, \
                DROP COLUMN turn, ADD INDEX ",
                $table,
                "_ready (status, place, due_at, id), ADD INDEX ",
                $table,
                "_keys (open_key)"
            ),
        )
    };
}

/// The columns that later versions of bindery added to a table. The definition has these columns, too.
fn added_to(dialect: Dialect, table: &str) -> &'static [Added] {
    match (dialect, table) {
        (_, "_bindery_sync") => &[(
            "position",
            "ALTER TABLE _bindery_sync ADD COLUMN position VARCHAR(64)",
        )],
        (Dialect::Mysql, "_bindery_outbox") => &[placed!("_bindery_outbox")],
        (Dialect::Mysql, "_bindery_events") => &[placed!("_bindery_events")],
        (Dialect::Mysql, "_bindery_messages") => &[placed!("_bindery_messages")],
        _ => &[],
    }
}

/// One of bindery's own tables on an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnTable {
    /// The name of the table, as in the database.
    pub table: &'static str,
    /// Whether the table is there, and fits this version of bindery.
    pub state: OwnTableState,
}

/// The state of one of bindery's own tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnTableState {
    /// It is there.
    Present,
    /// It is not there, or the account has no right to it at all, which some servers show as the same.
    Missing,
    /// It is of an earlier version of bindery, and lacks a column.
    Older,
}

impl Registry {
    /// The tables that bindery keeps on an engine for the program, for tools. Changes nothing.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn own_tables(&self, engine: impl Engine) -> Result<Vec<OwnTable>> {
        let engine = &self.engines[engine.index()];
        let states = |link: &mut Link| states(link.ready()?, &engine.own);
        let found = engine
            .pool
            .acquire()
            .and_then(|mut link| link.timed(states));
        found.map_err(|error| error.on_engine(engine.info.name()))
    }

    /// Another schema than the program's that the tables of an engine were made for, where that is recorded; for tools.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn made_for_another(&self, engine: impl Engine) -> Result<Option<RecordedSchema>> {
        let engine = &self.engines[engine.index()];
        let Some(watch) = engine.pool.watch() else {
            return Ok(None);
        };
        let other = |link: &mut Link| watch.record().other(link.ready()?);
        let found = engine.pool.acquire().and_then(|mut link| link.timed(other));
        found.map_err(|error| error.on_engine(engine.info.name()))
    }
}

/// The states of tables, in their order. Changes nothing.
pub(crate) fn states(
    physical: &mut Physical,
    tables: &[&'static TableDdl],
) -> Result<Vec<OwnTable>> {
    let wanted: Vec<Wanted> = tables.iter().map(|table| wanted(table)).collect();
    let relations = physical.relations(&wanted)?;
    let dialect = physical.dialect();
    let found = tables.iter().zip(&relations);
    Ok(found
        .map(|(table, relation)| OwnTable {
            table: &table.table,
            state: state(dialect, table, relation.as_ref()),
        })
        .collect())
}

fn wanted(table: &'static TableDdl) -> Wanted {
    Wanted {
        schema: table.schema.as_deref(),
        table: &table.table,
    }
}

fn state(dialect: Dialect, table: &'static TableDdl, found: Option<&Relation>) -> OwnTableState {
    match found {
        None => OwnTableState::Missing,
        Some(found) if lacking(dialect, table, found).next().is_some() => OwnTableState::Older,
        Some(_) => OwnTableState::Present,
    }
}

fn lacking<'r>(
    dialect: Dialect,
    table: &'static TableDdl,
    found: &'r Relation,
) -> impl Iterator<Item = &'static Added> + 'r {
    let is_there = |name: &str| found.columns.iter().any(|column| column.name == name);
    added_to(dialect, &table.table)
        .iter()
        .filter(move |(column, _)| !is_there(column))
}

/// Makes a table that is missing, and adds the columns that one of an earlier version lacks; returns how it was. Where the database can undo
/// DDL, a table is made whole or not at all.
pub(crate) fn ensure(physical: &mut Physical, table: &'static TableDdl) -> Result<OwnTableState> {
    let found = find(physical, table)?;
    if state(physical.dialect(), table, found.as_ref()) == OwnTableState::Present {
        return Ok(OwnTableState::Present);
    }
    let mut has_made = false;
    match whole(physical, |physical| make(physical, table, &mut has_made)) {
        // Another process may have made the table at the same time, and it is there then. One of ours that is made in part is not that.
        Err(_) if physical.undoes_ddl() || !has_made => {
            whole(physical, |physical| make(physical, table, &mut has_made))
        }
        outcome => outcome,
    }
}

fn find(physical: &mut Physical, table: &'static TableDdl) -> Result<Option<Relation>> {
    Ok(physical.relations(&[wanted(table)])?.pop().flatten())
}

/// Runs what a table lacks. A table that is there afterwards is of these statements where `has_made` is set.
fn make(
    physical: &mut Physical,
    table: &'static TableDdl,
    has_made: &mut bool,
) -> Result<OwnTableState> {
    let of_table = |error: Error| advised(error.of(&table.table, Operation::Create));
    let found = find(physical, table)?;
    let statements: Vec<&str> = match &found {
        None => table.create.iter().chain(table.link.iter()).collect(),
        Some(found) => lacking(physical.dialect(), table, found)
            .map(|(_, sql)| *sql)
            .collect(),
    };
    for sql in statements {
        physical.define(sql).map_err(of_table)?;
        *has_made |= found.is_none();
    }
    Ok(state(physical.dialect(), table, found.as_ref()))
}

/// In one transaction, where the database can undo DDL.
pub(crate) fn whole<T>(
    physical: &mut Physical,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    if !physical.undoes_ddl() {
        return work(physical);
    }
    physical.begin_with(&TransactionOptions::new())?;
    let outcome = work(physical).and_then(|done| physical.commit().map(|()| done));
    if outcome.is_err() {
        // The first error matters more.
        let _ = physical.rollback();
    }
    outcome
}

/// The same of all tables, where it does not matter which were missing.
#[cfg(any(feature = "atomic", feature = "saga", feature = "sync"))]
pub(crate) fn ensure_all(physical: &mut Physical, tables: Group) -> Result<()> {
    let dialect = physical.dialect();
    let mut tables = tables.iter().filter_map(|table| table.on(dialect));
    tables.try_for_each(|table| ensure(physical, table).map(drop))
}

#[cold]
fn advised(error: Error) -> Error {
    match error.kind() {
        ErrorKind::PermissionDenied => error.with_advice(
            "an account that may create tables makes it with `bindery migrate run` or `bindery create`",
        ),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnTableState, ensure};
    use crate::driver::tests::{Database, databases};
    use bindery_core::program::TableDdl;

    static HALF: TableDdl = TableDdl::new(
        "_bindery_half",
        &[
            "CREATE TABLE _bindery_half (id BIGINT NOT NULL PRIMARY KEY)",
            "CREATE INDEX _bindery_half_nope ON _bindery_half (nope)",
        ],
        &[],
        &[],
    );
    static WHOLE: TableDdl = TableDdl::new(
        "_bindery_whole",
        &["CREATE TABLE _bindery_whole (id BIGINT NOT NULL PRIMARY KEY)"],
        &[],
        &[],
    );

    #[test]
    fn a_table_that_is_made_in_part_is_an_error() {
        for Database { mut physical, .. } in databases() {
            ensure(&mut physical, &HALF).expect_err("it has no column for its index");
            let is_there = physical.table_exists(None, &HALF.table);
            assert_eq!(
                is_there.expect("it can be looked for"),
                !physical.undoes_ddl()
            );
            for state in [OwnTableState::Missing, OwnTableState::Present] {
                assert_eq!(
                    ensure(&mut physical, &WHOLE).expect("it can be made"),
                    state
                );
            }
        }
    }
}
