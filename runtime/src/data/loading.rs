//! Rows from files into the tables of one engine: all of them or none, in one transaction.

use std::sync::Arc;
use std::time::Duration;

use super::guards;
use super::parts;
use super::reader::{Next, Reader, RowsSource};
use super::references::References;
use super::rows::{Rows, refused};
use super::snapshot::refuse_hidden_rows;
use super::store::{Batch, is_about_the_row, refusal};
use super::table::DataTable;
use crate::databases::Registry;
use crate::driver::{Physical, TransactionOptions, raise_counters};
use crate::error::{DataError, DataProblem, Error, Operation, Result};
use crate::link::engine::Engine;
use crate::link::pool::Pool;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

/// Rows that are stored at a time, and bytes of them.
const ROWS_AT_A_TIME: usize = 16_384;
const BYTES_AT_A_TIME: usize = 8 << 20;
/// A load waits this long for a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// The fate of the rows that a table has before it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LoadMode {
    /// There must be none.
    #[default]
    IntoEmpty,
    /// They stay, and the loaded ones are added.
    Append,
    /// They are deleted.
    Replace,
    /// They stay; a loaded row with the primary key of one of them updates it.
    Upsert,
}

/// The number of rows that were loaded into a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// Rows that were stored.
    pub rows: u64,
    /// Rows that were left out.
    pub rejected: u64,
}

/// A row that was left out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rejected<'a> {
    /// Why it was left out.
    pub error: &'a Error,
    /// The line of names, where the format has one.
    pub header: Option<&'a str>,
    /// The row as it stands in the file, without the end of its line.
    pub record: &'a str,
}

/// Receives the rows that are left out.
pub type Reject<'a> = &'a mut dyn FnMut(Rejected<'_>) -> Result<()>;

/// The loading of an engine's tables, in one transaction on a connection of its own. Nothing is stored before
/// [`finish`](Self::finish), and nothing at all where that is not called.
///
/// Foreign keys that rows could not meet in the order they come in (of a table to itself, of tables to each other) are not checked
/// while rows come in, and are checked for all of them before the commit.
pub struct Loading {
    pub(super) physical: Physical,
    pub(super) engine: &'static str,
    pub(super) mode: LoadMode,
    references: References,
    pool: Arc<Pool>,
}

impl Loading {
    /// Begins to load these tables; they are loaded in this order, in which each comes after those that it refers to.
    ///
    /// # Errors
    /// The engine cannot be reached, a table has rows and the mode is [`LoadMode::IntoEmpty`], or a table's storage engine has no
    /// transactions.
    pub fn begin(
        db: &impl AsRef<Registry>,
        engine: impl Engine,
        tables: &[&DataTable],
        mode: LoadMode,
    ) -> Result<Self> {
        Self::begin_with(db, engine, (tables, mode), &mut |_, _, _| ())
    }

    /// As [`begin`](Self::begin); `progress` gets the name of each table before its rows are deleted, its number from 1, and how
    /// many there are.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn begin_with(
        db: &impl AsRef<Registry>,
        engine: impl Engine,
        (tables, mode): (&[&DataTable], LoadMode),
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Self> {
        let place = (engine.index(), engine.name());
        Self::begin_at(db.as_ref(), place, (tables, mode), progress)
    }

    pub(super) fn begin_at(
        registry: &Registry,
        (index, name): (usize, &'static str),
        (tables, mode): (&[&DataTable], LoadMode),
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Self> {
        let begun =
            registry
                .connect_for_ddl(index, LOCK_TIMEOUT)
                .and_then(|(physical, pool, _)| {
                    Self::on(physical, pool, (name, tables, mode), progress)
                });
        begun.map_err(|error| located(error, name))
    }

    fn on(
        mut physical: Physical,
        pool: Arc<Pool>,
        (engine, tables, mode): (&'static str, &[&DataTable], LoadMode),
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<Self> {
        References::before(&mut physical)?;
        physical.begin_with(&TransactionOptions::new())?;
        guards::pass(&mut physical, tables)?;
        if matches!(mode, LoadMode::IntoEmpty | LoadMode::Replace) {
            refuse_hidden_rows(&mut physical)?;
            lock(&mut physical, tables)?;
        }
        let mut loading = Self {
            references: References::suspend(&mut physical, tables, mode)?,
            physical,
            engine,
            mode,
            pool,
        };
        loading.prepare(tables, progress)?;
        Ok(loading)
    }

    fn prepare(
        &mut self,
        tables: &[&DataTable],
        progress: &mut dyn FnMut(&str, usize, usize),
    ) -> Result<()> {
        let mut each = tables.iter();
        match self.mode {
            LoadMode::IntoEmpty => each.try_for_each(|table| self.ensure_empty(table)),
            LoadMode::Append => Ok(()),
            LoadMode::Replace => each.rev().enumerate().try_for_each(|(at, table)| {
                progress(&table.name, at + 1, tables.len());
                let sql = format!("DELETE FROM {}", table.rows);
                self.physical.execute(&sql, &mut |_| ()).map(drop)
            }),
            LoadMode::Upsert => each.try_for_each(|table| ensure_key(table)),
        }
    }

    fn ensure_empty(&mut self, table: &DataTable) -> Result<()> {
        let locking = match self.physical.dialect() {
            Dialect::Mysql => " FOR UPDATE",
            Dialect::Sqlite | Dialect::Postgres => "",
        };
        let sql = format!("SELECT 1 FROM {} LIMIT 1{locking}", table.rows);
        let mut is_empty = true;
        self.physical.query(&sql, &mut |_| (), &mut |_| {
            is_empty = false;
            Ok(true)
        })?;
        if is_empty {
            return Ok(());
        }
        Err(refused(DataError::new(
            table.name.as_str(),
            DataProblem::NotEmpty,
        )))
    }

    /// Loads the rows of a file into a table. A row that cannot be stored ends the loading with an error, and nothing is stored;
    /// with `reject` it is left out and given to that. `progress` gets the number of rows so far.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::ErrorKind::Data) with file, line and column; the source is the database's error where it refused the row.
    pub fn load(
        &mut self,
        table: &DataTable,
        source: RowsSource<'_>,
        reject: Option<Reject<'_>>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Loaded> {
        let mut reader = Reader::new(source, table, reject.is_some());
        let mut work = Work {
            mode: self.mode,
            table,
            reject,
            loaded: Loaded::default(),
            rows: Rows::default(),
        };
        let engine = self.engine;
        let mut load = || {
            reader.begin()?;
            while work.fill(&mut reader)? {
                work.raise_counters(&mut self.physical)?;
                work.store(&mut self.physical, &reader)?;
                progress(work.loaded.rows);
            }
            Ok(())
        };
        load().map_err(|error| located(error, engine))?;
        Ok(work.loaded)
    }

    /// Checks the foreign keys that were not checked, sets what the database generates keys from, and commits.
    ///
    /// # Errors
    /// Rows refer to rows that are not there; the commit fails. Then nothing is stored.
    pub fn finish(mut self, tables: &[&DataTable]) -> Result<()> {
        // A sequence of PostgreSQL is not set back by a rollback: it is set when nothing is left that could be refused.
        let finished = self
            .references
            .restore(&mut self.physical, tables)
            .and_then(|()| {
                let mut tables = tables.iter();
                tables.try_for_each(|table| raise_counters(&mut self.physical, table.sql))
            })
            .and_then(|()| guards::close(&mut self.physical, tables))
            .and_then(|()| self.physical.commit());
        if let Some(watch) = self.pool.watch() {
            watch.forget();
        }
        finished.map_err(|error| located(error, self.engine))
    }
}

/// Has other writers wait until the end, so that the rows that are deleted or looked for are all there are. In the order of names,
/// in which no two loads wait for each other. On SQLite the transaction is the only one that writes, and MySQL locks rows that are
/// deleted or looked for with the gaps between them.
fn lock(physical: &mut Physical, tables: &[&DataTable]) -> Result<()> {
    match physical.dialect() {
        Dialect::Sqlite | Dialect::Mysql => return Ok(()),
        Dialect::Postgres if tables.is_empty() => return Ok(()),
        Dialect::Postgres => {}
    }
    let mut names: Vec<&str> = tables.iter().map(|table| table.sql.table).collect();
    names.sort_unstable();
    let list = names.join(", ");
    physical.batch(&format!("LOCK TABLE {list} IN SHARE ROW EXCLUSIVE MODE"))
}

pub(super) fn ensure_key(table: &DataTable) -> Result<()> {
    if table.sql.key.is_empty() {
        return Err(refused(DataError::new(
            table.name.as_str(),
            DataProblem::NoKey,
        )));
    }
    Ok(())
}

/// The loading of one table.
struct Work<'a, 'j> {
    mode: LoadMode,
    table: &'a DataTable,
    reject: Option<Reject<'j>>,
    loaded: Loaded,
    rows: Rows,
}

impl Work<'_, '_> {
    /// Reads rows until there are enough to store; `false` where there is none left.
    fn fill(&mut self, reader: &mut Reader<'_, '_>) -> Result<bool> {
        self.rows.clear();
        while self.rows.len() < ROWS_AT_A_TIME && self.rows.size() < BYTES_AT_A_TIME {
            match reader.next(&mut self.rows)? {
                // A row with values in files is stored alone.
                Next::Taken if !self.rows.spilled.is_empty() => break,
                Next::Taken => {}
                Next::OtherColumns => break,
                Next::End => return Ok(!self.rows.is_empty()),
                Next::Bad(bad, line) => {
                    let error = reader.fail_at(bad, line);
                    let record = reader.record();
                    self.leave_out(error, &record, reader)?;
                }
            }
        }
        Ok(true)
    }

    /// Rows that leave their key to the database come after rows that gave one.
    fn raise_counters(&mut self, physical: &mut Physical) -> Result<()> {
        let is_given = |at: &usize| self.rows.columns.contains(at);
        if self.table.sql.key.iter().all(is_given) || self.loaded.rows == 0 {
            return Ok(());
        }
        raise_counters(physical, self.table.sql)
    }

    /// Stores the rows that were read.
    fn store(&mut self, physical: &mut Physical, reader: &Reader<'_, '_>) -> Result<()> {
        if !self.rows.spilled.is_empty() {
            return self.store_long(physical, reader);
        }
        let (table, rows) = (self.table, &self.rows);
        let batch = Batch {
            table,
            mode: self.mode,
            columns: rows.columns.iter().copied().collect(),
            rows: rows.len(),
        };
        let give = &mut |row: usize, params: &mut ParamWriter<'_>| rows.give(row, table, params);
        let refused = match self.reject {
            None => batch
                .insert(physical, 0..rows.len(), give)
                .map(|()| Vec::new()),
            Some(_) => batch.store_fitting(physical, give),
        };
        let refused = refused.map_err(|error| self.failed(error, reader))?;
        self.loaded.rows += (self.rows.len() - refused.len()) as u64;
        for (row, error) in refused {
            let error = self.of_rows(error, Some(row), reader);
            let record = self.rows.records[row].clone();
            self.leave_out(error, &record, reader)?;
        }
        Ok(())
    }

    /// Stores the one row, which has values in files.
    fn store_long(&mut self, physical: &mut Physical, reader: &Reader<'_, '_>) -> Result<()> {
        let is_upsert = self.mode == LoadMode::Upsert;
        let longest = reader.source().longest();
        let stored = parts::insert(physical, self.table, &self.rows, (is_upsert, longest));
        stored.map_err(|error| self.failed(error, reader))?;
        self.loaded.rows += 1;
        Ok(())
    }

    /// Hands the row over that cannot be stored; fails with its error where that is not wanted.
    fn leave_out(&mut self, error: Error, record: &str, reader: &Reader<'_, '_>) -> Result<()> {
        let Some(reject) = &mut self.reject else {
            return Err(error);
        };
        self.loaded.rejected += 1;
        let header = reader.header_line();
        reject(Rejected {
            error: &error,
            header: header.as_deref(),
            record,
        })
    }

    /// The error of rows that are not stored, with the place of the row that it is about.
    #[cold]
    fn failed(&self, error: Error, reader: &Reader<'_, '_>) -> Error {
        let row = error.row().filter(|_| is_about_the_row(&error));
        self.of_rows(error, row, reader)
    }

    /// The error of a row with its place in the file.
    #[cold]
    fn of_rows(&self, error: Error, row: Option<usize>, reader: &Reader<'_, '_>) -> Error {
        let line = row.map(|row| self.rows.lines[row]);
        refusal(self.table, error, (reader.source().file().cloned(), line))
    }
}

#[cold]
pub(super) fn located(error: Error, engine: &'static str) -> Error {
    error.during(Operation::LoadRows).on_engine(engine)
}

/// Rolls back what was not finished. The connection is closed then, which would do so too.
impl Drop for Loading {
    fn drop(&mut self) {
        if self.physical.in_transaction() {
            let _ = self.physical.rollback();
        }
    }
}
