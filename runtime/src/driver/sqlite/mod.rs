//! SQLite through `rusqlite`.

mod acts;
mod catalogue;
mod each;
mod inserts;
mod kept;
mod open;
#[cfg(feature = "data")]
mod parts;
#[cfg(feature = "atomic")]
mod prepared;
mod raw;
mod readings;
mod setup;
mod watch;
mod writing;

use std::cell::Cell;
use std::time::{Duration, Instant};

use bindery_core::sql_writer::SqlWriter;
use rusqlite::Batch;
use rusqlite::fallible_iterator::FallibleIterator as _;

pub(crate) use self::open::SqliteOptions;
pub use self::setup::SqliteHandle;
pub(crate) use self::setup::SqliteSetup;

use self::kept::{Kept, Running};
use self::readings::Amid;
use self::watch::Watched;
use self::writing::Writing;
use super::{Cutter, Leaving, TakeRow, WriteParams};
use crate::driver::TransactionOptions;
use crate::driver::turns::Turn;
use crate::driver::work;
use crate::error::Written;
use crate::error::{Error, ErrorKind, Result, TimeoutPhase};
use crate::value::sqlite::error::{moved_error, prepare_error, step_error};
use crate::value::sqlite::statement::Statement;
use crate::value::sqlite::{Params, RowRef};
use crate::value::{ParamTarget, ParamWriter, RowReader, RowSource};
use bindery_core::dialect::Dialect;

/// One open SQLite connection.
pub(crate) struct SqliteConnection {
    /// Before the connection: SQLite closes one that has statements only when they are gone.
    kept: Kept,
    watched: Watched,
    raw: raw::Ran,
    /// After the connection: a transaction that was left open is over when it is closed.
    writing: Writing,
    /// The file cannot be used through it any more.
    broken: Cell<bool>,
    /// A read-only transaction has switched writing off.
    only_reads: bool,
    /// Rows of the first statement of the last insert of many.
    rows_in_first: usize,
    /// The last row that was inserted and came back was read by a query of its own.
    read_back: bool,
}

/// Tries again while the file is busy. Of two connections that switch a new file to WAL at the same time SQLite refuses
/// one without waiting, whatever its busy handler says.
fn patiently<T>(
    watched: &Watched,
    limit: Duration,
    mut work: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let started = Instant::now();
    loop {
        match work() {
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::DatabaseBusy
                    && started.elapsed() < limit
                    && !watched.waits_for_itself() =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            outcome => return outcome,
        }
    }
}

impl SqliteConnection {
    /// One more call, and the statements to do it with.
    #[inline]
    fn call(&mut self) -> Result<(Call<'_>, &mut Kept)> {
        if self.is_broken() {
            return Err(Error::new(ErrorKind::ConnectionLost));
        }
        if self.watched.is_cut() {
            return Err(Error::new(work::reason()));
        }
        self.watched.begin();
        if self.watched.is_over() {
            return Err(Error::new(ErrorKind::Timeout {
                phase: TimeoutPhase::Statement,
            }));
        }
        let call = Call {
            file: File {
                watched: &self.watched,
                broken: &self.broken,
            },
            writing: &mut self.writing,
        };
        Ok((call, &mut self.kept))
    }

    #[inline]
    fn run<T>(&mut self, work: impl FnOnce(&mut Call<'_>, &mut Kept) -> Result<T>) -> Result<T> {
        let (mut call, kept) = self.call()?;
        work(&mut call, kept).map_err(|error| call.file.failed(error))
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.run(|call, kept| {
            let mut statement = call.prepare(kept, sql)?;
            bind(&mut statement, write)?;
            while statement.step().map_err(step_error)? {}
            Ok(call.file.watched.connection().changes())
        })
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.run(|call, kept| {
            let mut statement = call.prepare(kept, sql)?;
            bind(&mut statement, write)?;
            while statement.step().map_err(step_error)? {
                if !take(&mut reader(&statement))? {
                    break;
                }
            }
            // One that writes may be refused as late as here.
            statement.reset().map_err(step_error)
        })
    }

    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<SqliteCursor<'_>> {
        let (mut call, kept) = self.call()?;
        let file = call.file;
        let begun = call.prepare(kept, sql).and_then(|mut statement| {
            bind(&mut statement, write)?;
            Ok(statement)
        });
        Ok(SqliteCursor {
            statement: begun.map_err(|error| file.failed(error))?,
            finished: false,
            amid: None,
            file,
            _turn: call.hand_over(),
        })
    }

    /// Nobody is on the other side of a file, but it can be taken away.
    pub(crate) fn is_quiet(&mut self) -> bool {
        !self.watched.has_moved()
    }

    pub(crate) fn ping(&mut self, _: Duration) -> Result<()> {
        if self.watched.has_moved() {
            return Err(moved_error());
        }
        Ok(())
    }

    /// Statements without values: the text of their errors speaks of names only.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.run(|call, _| {
            let mut statements = Batch::new(call.file.watched.connection(), sql);
            while let Some(mut statement) = statements.next().map_err(prepare_error)? {
                call.allow(statement.readonly())?;
                let mut rows = statement.raw_query();
                while rows.next().map_err(prepare_error)?.is_some() {}
            }
            Ok(())
        })
    }

    /// One statement without values, which is kept prepared.
    fn step(&mut self, sql: &'static str) -> Result<()> {
        self.execute(sql, &mut |_| ()).map(drop)
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        // The driver's own way uses what this connection knows of the schema, which another may have changed since.
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        sql.push("SELECT 1 FROM ")
            .identifier(schema.unwrap_or("main"))
            .push(".sqlite_master WHERE name = ? COLLATE NOCASE AND type IN ('table', 'view')");
        let mut found = false;
        let write = &mut |params: &mut ParamWriter<'_>| params.text(table);
        self.query(&sql.finish(), write, &mut |_| {
            found = true;
            Ok(true)
        })?;
        Ok(found)
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    pub(crate) fn last_insert_id(&mut self) -> u64 {
        self.watched.connection().last_insert_rowid() as u64
    }

    /// Takes the write lock immediately, as waiting for it later cannot work; what only reads needs none. Every
    /// isolation that can be chosen is less than what SQLite gives.
    pub(crate) fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        if options.is_read_only {
            self.batch("PRAGMA query_only = ON")?;
            self.only_reads = true;
            return self.step("BEGIN").inspect_err(|_| self.write_again());
        }
        self.step("BEGIN IMMEDIATE")?;
        if options.defers_constraints {
            // Until the end of this transaction.
            self.batch("PRAGMA defer_foreign_keys = ON")?;
        }
        Ok(())
    }

    /// Commits. Where the file has no WAL, readers may be in the way: the transaction stays and the commit is tried
    /// again.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let limit = self.writing.limit();
        self.watched.set_lock_limit(limit);
        self.run(|call, kept| {
            let mut commit = call.prepare(kept, "COMMIT")?;
            let watched = call.file.watched;
            patiently(watched, limit, || commit.step().map(drop)).map_err(prepare_error)
        })?;
        self.write_again();
        Ok(())
    }

    /// Triggers cannot change a connection. What raw statements leave in one goes with it.
    pub(crate) fn given_back(&mut self) -> bool {
        !self.raw.has_left()
    }

    /// A file has no sessions.
    pub(crate) fn leave(&mut self) -> Option<Leaving> {
        None
    }

    #[cold]
    pub(crate) fn without_row(&mut self) -> Error {
        Error::new(ErrorKind::Corrupt)
    }

    pub(crate) fn will_write(&mut self) {}

    pub(crate) fn has_written(&mut self) {}

    /// No answer of a file is ever lost.
    pub(crate) fn written(&self) -> Written {
        Written::Nothing
    }

    /// Some errors have rolled back already (a full disk, an interrupted write).
    pub(crate) fn rollback(&mut self) -> Result<()> {
        if self.in_transaction() {
            self.step("ROLLBACK")?;
        }
        self.write_again();
        Ok(())
    }

    /// A read-only transaction is over. Where the connection cannot be set back, it is used no more.
    fn write_again(&mut self) {
        if std::mem::take(&mut self.only_reads) {
            let is_undone = self.batch("PRAGMA query_only = OFF").is_ok();
            self.broken.set(self.is_broken() || !is_undone);
        }
    }

    pub(crate) fn set_bound(&mut self, bound: Option<Instant>) {
        self.writing.set_bound(bound);
        self.watched.set_bound(bound);
    }

    /// The time that operations on it may take.
    pub(in crate::driver) fn limits(&mut self) -> &Watched {
        &self.watched
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.watched.connection().is_autocommit()
    }

    /// Nothing here can be set that a row depends on.
    pub(crate) fn is_spoiled(&self) -> bool {
        false
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Returns the handle by which another thread can cut it off.
    pub(crate) fn cutter(&self) -> Cutter {
        self.watched.cutter()
    }
}

/// Whether the file cannot be used any more, at least not through this connection.
#[cold]
fn is_of_the_file(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Unavailable | ErrorKind::Io | ErrorKind::Corrupt
    )
}

/// The file as a call or a cursor sees it.
#[derive(Clone, Copy)]
struct File<'c> {
    watched: &'c Watched,
    broken: &'c Cell<bool>,
}

impl File<'_> {
    /// The error to return; one of the file is the connection's last.
    #[cold]
    fn failed(self, error: Error) -> Error {
        if is_of_the_file(&error) {
            self.broken.set(true);
        }
        self.watched.explained(error)
    }
}

/// One call of the driver. At its end, also that of a failed or panicking one, the turn to write goes to the next unless
/// a transaction is open: SQLite ends some by itself.
struct Call<'c> {
    file: File<'c>,
    writing: &'c mut Writing,
}

impl Call<'_> {
    #[inline]
    fn prepare<'k>(&mut self, kept: &'k mut Kept, sql: &str) -> Result<Running<'k>> {
        let statement = kept.find(self.file.watched.connection(), sql)?;
        self.allow(statement.is_reader())?;
        Ok(statement)
    }

    /// Waits for the turn where a statement writes. SQLite says whether it does.
    #[inline]
    fn allow(&mut self, is_reader: bool) -> Result<()> {
        if is_reader || self.writing.has_turn() {
            return Ok(());
        }
        self.file.watched.set_lock_limit(self.writing.take_turn()?);
        // Nothing begins any more, also where the turn came late.
        if self.file.watched.is_cut() {
            return Err(Error::new(work::reason()));
        }
        // In a file that is no longer in its place written rows would be lost.
        if self.file.watched.has_moved() {
            return Err(moved_error());
        }
        Ok(())
    }

    /// The turn of a statement that goes on after the call; that of a transaction stays with the connection.
    fn hand_over(self) -> Option<Turn> {
        if self.file.watched.connection().is_autocommit() {
            self.writing.hand_over()
        } else {
            None
        }
    }
}

impl Drop for Call<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.writing.has_turn() && self.file.watched.connection().is_autocommit() {
            self.writing.end_turn();
            self.file.watched.set_lock_limit(self.writing.limit());
        }
    }
}

/// A running query; dropping it resets the statement.
pub(crate) struct SqliteCursor<'c> {
    statement: Running<'c>,
    /// SQLite would begin anew.
    finished: bool,
    amid: Option<Amid>,
    file: File<'c>,
    /// Of a statement that writes.
    _turn: Option<Turn>,
}

impl SqliteCursor<'_> {
    /// Has the reading of all rows be over by then.
    pub(crate) fn end_by(&mut self, moment: Instant) {
        self.file.watched.set_until(Some(moment));
    }

    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        if self.finished {
            return Ok(None);
        }
        // The caller's work between two rows does not count as the statement's time.
        self.file.watched.begin();
        let stepped = self.statement.step();
        self.finished = !matches!(stepped, Ok(true));
        self.note_reading();
        Ok(stepped
            .map_err(|error| self.file.failed(step_error(error)))?
            .then(|| reader(&self.statement)))
    }

    #[inline]
    fn note_reading(&mut self) {
        match &mut self.amid {
            _ if self.finished => self.amid = None,
            Some(amid) => amid.goes_on(),
            None => self.amid = self.file.watched.amid_rows(),
        }
    }
}

impl Drop for SqliteCursor<'_> {
    fn drop(&mut self) {
        self.file.watched.set_until(None);
    }
}

#[inline]
fn reader(row: &Statement) -> RowReader<'_> {
    RowReader::new(RowSource::Sqlite(RowRef::new(row)))
}

/// Every place gets a value, so nothing is left of the statement's last use.
#[inline]
fn bind(statement: &mut Statement, write: WriteParams<'_>) -> Result<()> {
    let places = statement.places();
    let mut params = ParamWriter::new(ParamTarget::Sqlite(Params::new(statement)));
    write(&mut params);
    params.finish_all(places)
}

#[cfg(test)]
mod tests;
