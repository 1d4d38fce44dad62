//! Statements that the program wrote itself. SQLite says of each what it does when it is prepared, so one that begins or
//! ends a transaction is not run at all.

use std::sync::Arc;

use rusqlite::Batch;
use rusqlite::fallible_iterator::FallibleIterator as _;

use super::acts::{Acts, Seen};

use super::{SqliteConnection, bind, reader};
use crate::driver::raw::{began_transaction, no_statement};
use crate::driver::{RawText, TakeColumns, TakeRow, WriteParams};
use crate::error::{Error, ErrorKind, Result};
use crate::value::sqlite::error::{prepare_error, step_error};
use crate::value::sqlite::statement::Statement;

const SEVERAL: &str = "the text has more than one statement: run it by `execute_batch`";
const OWN_SAVEPOINT: &str = "savepoints named `bindery_…` are those of open transactions";

/// The acts of raw statements, and whether they have left something behind.
pub(super) struct Ran {
    acts: Arc<Acts>,
    has_left: bool,
}

impl Ran {
    pub(super) fn of(connection: &rusqlite::Connection) -> Self {
        Self {
            acts: Acts::noting(connection),
            has_left: false,
        }
    }

    /// Whether something is left in the connection that the next user must not find.
    pub(super) fn has_left(&self) -> bool {
        self.has_left
    }
}

/// Facts of a statement, known before it runs.
pub(super) struct Facts {
    seen: Seen,
    names: Vec<Box<str>>,
    only_reads: bool,
}

impl Facts {
    /// Whether it reads rows and does nothing else: nothing has to be looked at around it.
    pub(super) fn is_plain_read(&self) -> bool {
        self.only_reads && self.seen == Seen::default()
    }
}

impl SqliteConnection {
    pub(crate) fn raw_query(
        &mut self,
        raw: RawText<'_>,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<u64> {
        if let Some(rows) = self.read(raw.sql, write, columns, take).transpose() {
            return rows;
        }
        let known = self.kept.facts(raw.sql);
        let is_new = known.is_none();
        let facts = known.map_or_else(|| self.read_facts(raw.sql), Ok)?;
        self.ensure_no_control(facts.seen)?;
        columns(&facts.names)?;
        self.raw.has_left |= facts.seen.stays();
        let was_in_transaction = self.in_transaction();
        let outcome = self.run(|call, kept| {
            let mut own;
            let mut running;
            let statement: &mut Statement = if raw.is_kept {
                running = call.prepare(kept, raw.sql)?;
                &mut running
            } else {
                let connection = call.file.watched.connection();
                own = Statement::prepare(connection, raw.sql).map_err(prepare_error)?;
                call.allow(own.is_reader())?;
                &mut own
            };
            bind(statement, write)?;
            let before = call.file.watched.connection().total_changes();
            let taken = rows(statement, &facts, columns, take)?;
            taken.map_err(|error| unread(was_in_transaction || facts.only_reads, error))?;
            let connection = call.file.watched.connection();
            // SQLite reports the number of the last statement that changed rows, whichever that was.
            let has_changed = connection.total_changes() != before;
            Ok(if has_changed { connection.changes() } else { 0 })
        });
        if is_new && raw.is_kept {
            self.kept.note(raw.sql, facts);
        }
        if was_in_transaction {
            return outcome;
        }
        self.ensure_none_begun(outcome)
    }

    /// Runs a statement that has been seen to read and do nothing else; `None` where it is none.
    fn read(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        columns: TakeColumns<'_>,
        take: TakeRow<'_>,
    ) -> Result<Option<u64>> {
        self.run(|_, kept| {
            let Some((mut statement, facts)) = kept.find_read(sql) else {
                return Ok(None);
            };
            columns(&facts.names)?;
            bind(&mut statement, write)?;
            rows(&mut statement, facts, columns, take)?.map(|_| Some(0))
        })
    }

    /// Reads the facts of a text, which SQLite reports while it prepares it.
    fn read_facts(&mut self, sql: &str) -> Result<Arc<Facts>> {
        let acts = Arc::clone(&self.raw.acts);
        // Of what bindery itself has prepared.
        acts.take();
        let (call, _) = self.call()?;
        let found = read_facts(call.file.watched.connection(), sql);
        drop(call);
        let seen = acts.take();
        let (names, only_reads) = found?;
        Ok(Arc::new(Facts {
            seen,
            names,
            only_reads,
        }))
    }

    fn ensure_no_control(&self, seen: Seen) -> Result<()> {
        let is_outside = !self.in_transaction();
        if seen.controls_transaction() || seen.controls_savepoint() && is_outside {
            return Err(began_transaction());
        }
        if seen.controls_own_savepoint() {
            return Err(Error::new(ErrorKind::Unsupported(OWN_SAVEPOINT)));
        }
        Ok(())
    }

    /// Statements without values: the text of their errors speaks of names only.
    pub(crate) fn raw_batch(&mut self, sql: &str) -> Result<()> {
        let was_in_transaction = self.in_transaction();
        let acts = Arc::clone(&self.raw.acts);
        let mut has_left = self.raw.has_left;
        let mut ran = 0_usize;
        let outcome = self.run(|call, _| {
            acts.take();
            let mut statements = Batch::new(call.file.watched.connection(), sql);
            while let Some(mut statement) = statements.next().map_err(prepare_error)? {
                let seen = acts.take();
                if was_in_transaction && seen.controls_transaction() {
                    return Err(began_transaction());
                }
                if seen.controls_own_savepoint() {
                    return Err(Error::new(ErrorKind::Unsupported(OWN_SAVEPOINT)));
                }
                has_left |= seen.stays();
                call.allow(statement.readonly())?;
                let mut rows = statement.raw_query();
                while rows.next().map_err(step_error)?.is_some() {}
                ran += 1;
            }
            Ok(())
        });
        self.raw.has_left = has_left;
        if was_in_transaction {
            return outcome;
        }
        // Statements before one that failed stay.
        let outcome = outcome.map_err(|error| unread(ran == 0, error));
        self.ensure_none_begun(outcome)
    }

    /// Rolls back a transaction that raw statements have left open.
    fn ensure_none_begun<T>(&mut self, outcome: Result<T>) -> Result<T> {
        if !self.in_transaction() {
            return outcome;
        }
        if self.rollback().is_err() {
            self.broken.set(true);
        }
        outcome.and(Err(began_transaction()))
    }
}

/// The rows of a statement, as far as they are wanted; one that writes is run to its end.
fn rows(
    statement: &mut Statement,
    facts: &Facts,
    columns: TakeColumns<'_>,
    take: TakeRow<'_>,
) -> Result<Result<bool>> {
    let mut taken = Ok(true);
    let mut is_first = true;
    while statement.step().map_err(step_error)? {
        if std::mem::take(&mut is_first) && !statement.has_columns(&facts.names) {
            let fit = columns(&statement.column_names());
            taken = fit
                .map(|()| true)
                .map_err(|error| unread(facts.only_reads, error));
        }
        if matches!(taken, Ok(true)) {
            taken = take(&mut reader(statement));
        } else if facts.only_reads {
            break;
        }
    }
    // One that writes may be refused as late as here.
    statement.reset().map_err(step_error)?;
    Ok(taken)
}

fn read_facts(connection: &rusqlite::Connection, sql: &str) -> Result<(Vec<Box<str>>, bool)> {
    let unsupported = |why| Err(Error::new(ErrorKind::Unsupported(why)));
    let mut statements = Batch::new(connection, sql);
    let Some(first) = statements.next().map_err(prepare_error)? else {
        return Err(no_statement());
    };
    // Older versions of the client return the names as a list, newer ones as an iterator.
    let names = (0..first.column_count()).map(|at| first.column_name(at).map(Box::from));
    let names = names.collect::<rusqlite::Result<_>>();
    let names = names.map_err(prepare_error)?;
    let only_reads = first.readonly();
    drop(first);
    match statements.next() {
        Ok(None) => Ok((names, only_reads)),
        // One that cannot be prepared is one more all the same.
        Ok(Some(_)) | Err(_) => unsupported(SEVERAL),
    }
}

/// A row was not taken, or a later statement failed.
#[cold]
fn unread(has_stored_nothing: bool, error: Error) -> Error {
    if has_stored_nothing {
        error
    } else {
        error.perhaps_applied()
    }
}
