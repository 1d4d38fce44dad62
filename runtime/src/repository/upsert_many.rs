//! Insert or update of many rows, decided by one unique key only, with exact counts of both.
//!
//! Each row is as an upsert of its own after the one before it, so a key that is given twice is an update of what the first
//! made. Rows go out many at a time where the database can report what became of them; a chunk that is refused so is done
//! again by a slower way, the last of which is row by row: it finds the row, and the constraint that the database would not name.

use std::ops::{AddAssign, Range};

use super::insert::Values;
use super::many::{ensure_each, in_chunks};
use super::published::on_unique;
use super::{Repository, ensure_new};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::ColumnSet;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

/// The result of `upsert_many` and `upsert_many_by_…`: each row that was given is counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Upserted {
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that were there, also those that had the values already.
    pub updated: u64,
}

impl AddAssign for Upserted {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
    }
}

impl Upserted {
    const INSERTED: Self = Self {
        inserted: 1,
        updated: 0,
    };
    const UPDATED: Self = Self {
        inserted: 0,
        updated: 1,
    };
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts or updates all rows or none, each as [`upsert_by`](Self::upsert_by) does, in the order that they are given.
    /// For `upsert_many_by_…` of generated code.
    ///
    /// # Errors
    /// A row leaves out a column of the unique key, another constraint is violated, a key in it is of another engine, or
    /// the database fails. Then nothing is changed. [`Error::row`] is the one that failed.
    #[doc(hidden)]
    #[track_caller]
    pub fn upsert_many_by(
        &mut self,
        unique: usize,
        rows: impl IntoIterator<Item = M::New<E>>,
    ) -> Result<Upserted>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.upsert_many_at(|sql| sql.uniques[unique].columns, rows)
    }

    /// Inserts or updates all rows or none, each as [`upsert`](Self::upsert) does, in the order that they are given: the later
    /// of two rows with the same key updates the earlier.
    ///
    /// # Errors
    /// As of [`upsert`](Self::upsert). Then nothing is changed. [`Error::row`] is the one that failed.
    #[track_caller]
    pub fn upsert_many(&mut self, rows: impl IntoIterator<Item = M::New<E>>) -> Result<Upserted>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        self.upsert_many_at(|sql| sql.key, rows)
    }

    #[track_caller]
    fn upsert_many_at(
        &mut self,
        unique: impl FnOnce(&'static TableSql) -> &'static [usize],
        rows: impl IntoIterator<Item = M::New<E>>,
    ) -> Result<Upserted> {
        let mut rows = rows.into_iter().peekable();
        self.run_on_link(Operation::UpsertMany, |link, sql, engine| {
            let mut upserted = Upserted::default();
            if rows.peek().is_none() {
                return Ok(upserted);
            }
            let unique = unique(sql);
            link.atomically(|link| {
                in_chunks(&mut rows, &mut |chunk: &[M::New<E>]| {
                    let bound = link.bound();
                    ensure_each(chunk, |new| ensure_new::<M, E>(bound, sql, new, engine))?;
                    let at = (sql, unique);
                    upserted += on_unique::<M, E, _, _>(link, at, engine, chunk, |link| {
                        upsert_chunk(link, sql, unique, chunk)
                    })?;
                    Ok(())
                })?;
                Ok(upserted)
            })
        })
    }
}

pub(super) fn upsert_chunk<N: ColumnSource>(
    link: &mut Link,
    sql: &'static TableSql,
    unique: &'static [usize],
    chunk: &[N],
) -> Result<Upserted> {
    let settable = |given: &ColumnSet| sql.settable_beside(unique, given);
    upsert_runs(link, runs((sql, unique), chunk, settable)?)
}

/// As [`upsert_chunk`]; a row that is there gets every value that is given, those too that an update sets by itself otherwise.
#[cfg(feature = "sync")]
pub(super) fn upsert_copies<N: ColumnSource>(
    link: &mut Link,
    sql: &'static TableSql,
    unique: &'static [usize],
    chunk: &[N],
) -> Result<Upserted> {
    let settable = |given: &ColumnSet| sql.beside(unique, given);
    upsert_runs(link, runs((sql, unique), chunk, settable)?)
}

fn upsert_runs<N: ColumnSource>(link: &mut Link, runs: Vec<Run<'_, N>>) -> Result<Upserted> {
    let by_row =
        |link: &mut Link| each_run(&runs, |run| run.by_row(link.ready()?, 0..run.rows.len()));
    match link.ready()?.dialect() {
        Dialect::Sqlite => by_row(link),
        Dialect::Postgres => {
            let missing_first =
                |link: &mut Link| each_run(&runs, |run| run.missing_first(link.ready()?));
            let in_turn = |link: &mut Link| at_once_or(link, missing_first, by_row);
            if link.ready()?.has_shards() || !runs.iter().any(Run::has_many) {
                return in_turn(link);
            }
            let at_once = |link: &mut Link| each_run(&runs, |run| run.in_inserts(link.ready()?));
            match link.atomically(at_once) {
                Err(error) if error.is_about_a_row() || is_about_the_statement(&error) => {
                    in_turn(link)
                }
                outcome => outcome,
            }
        }
        #[cfg(feature = "mysql")]
        Dialect::Mysql => at_once_or(
            link,
            |link| each_run(&runs, |run| run.in_statements(link.ready()?)),
            by_row,
        ),
        #[cfg(not(feature = "mysql"))]
        Dialect::Mysql => by_row(link),
    }
}

/// The fast way within a savepoint; where a row is refused by it, the other.
fn at_once_or(
    link: &mut Link,
    at_once: impl FnOnce(&mut Link) -> Result<Upserted>,
    by_row: impl FnOnce(&mut Link) -> Result<Upserted>,
) -> Result<Upserted> {
    match link.atomically(at_once) {
        Err(error) if error.is_about_a_row() => by_row(link),
        outcome => outcome,
    }
}

/// PostgreSQL's errors for an `ON CONFLICT` with two rows of one key (21000), and for `xmax` of a partitioned table (0A000) or of a view
/// (42703); and bindery's own for rows that a trigger kept from being written.
fn is_about_the_statement(error: &Error) -> bool {
    match error.code() {
        Some(code) => matches!(code, "21000" | "0A000" | "42703"),
        None => *error.kind() == ErrorKind::Conflict,
    }
}

fn each_run<N>(
    runs: &[Run<'_, N>],
    mut work: impl FnMut(&Run<'_, N>) -> Result<Upserted>,
) -> Result<Upserted> {
    let (mut first, mut upserted) = (0, Upserted::default());
    for run in runs {
        upserted += work(run).map_err(|error| error.after_rows(first))?;
        first += run.rows.len();
    }
    Ok(upserted)
}

/// The rows of an INSERT of many, and of what is left then. Few texts, so that each is prepared once.
const ROWS_OF_INSERTS: [usize; 3] = [1_024, 128, 32];

/// The values of such a statement, of which a server keeps a plan for each connection. PostgreSQL has places for 65,535.
const MAX_PLACES: usize = 8_192;

/// Neighbours that give the same columns.
struct Run<'r, N> {
    sql: &'static TableSql,
    unique: &'static [usize],
    rows: &'r [N],
    /// The columns that a new row gets.
    columns: ColumnSet,
    /// The columns that a row which is there gets, beside those that every update sets by itself and that are not among them.
    changed: ColumnSet,
    key: ColumnSet,
}

/// The chunk in runs, each of which gives its unique key.
fn runs<'r, N: ColumnSource>(
    (sql, unique): (&'static TableSql, &'static [usize]),
    chunk: &'r [N],
    settable: impl Fn(&ColumnSet) -> ColumnSet,
) -> Result<Vec<Run<'r, N>>> {
    let is_same =
        |left: &N, right: &N| left.given() == right.given() && left.columns() == right.columns();
    let (mut first, mut runs) = (0, Vec::new());
    for rows in chunk.chunk_by(is_same) {
        let run = Run::new((sql, unique), rows, &settable).map_err(|error| error.at_row(first))?;
        first += rows.len();
        runs.push(run);
    }
    Ok(runs)
}

impl<'r, N: ColumnSource> Run<'r, N> {
    fn new(
        (sql, unique): (&'static TableSql, &'static [usize]),
        rows: &'r [N],
        settable: &impl Fn(&ColumnSet) -> ColumnSet,
    ) -> Result<Self> {
        let given = rows[0].given();
        ensure_given(unique, &given)?;
        Ok(Self {
            sql,
            unique,
            rows,
            columns: rows[0].columns(),
            changed: settable(&given),
            key: unique.iter().copied().collect(),
        })
    }

    fn write_new(&self, at: usize, params: &mut ParamWriter<'_>) {
        let write = |params: &mut ParamWriter<'_>| self.rows[at].write(params);
        Values::new(self.sql, self.columns.clone(), &write).write(params);
    }

    fn write_changed(&self, at: usize, params: &mut ParamWriter<'_>) {
        let write = |params: &mut ParamWriter<'_>| self.rows[at].write(params);
        let values = Values::new(self.sql, self.columns.clone(), &write);
        values.write_some(&self.changed, params);
        values.write_some(&self.key, params);
    }

    fn update_text(&self, dialect: Dialect) -> String {
        self.sql.update_by_sql(dialect, &self.changed, &self.key)
    }

    fn insert_text(&self, dialect: Dialect) -> String {
        let mut text = self.sql.insert_sql(dialect, &self.columns, 1, false);
        match dialect {
            // An error would end the transaction around it, and another session may have inserted it by now.
            Dialect::Postgres => text += &self.sql.do_nothing_sql(dialect, self.unique),
            Dialect::Sqlite | Dialect::Mysql => {}
        }
        text
    }

    /// One row after the other.
    fn by_row(&self, physical: &mut Physical, rows: Range<usize>) -> Result<Upserted> {
        let dialect = physical.dialect();
        let (update, insert) = (self.update_text(dialect), self.insert_text(dialect));
        let mut upserted = Upserted::default();
        for at in rows {
            let one = self.one(physical, at, (&update, &insert));
            upserted += one.map_err(|error| error.at_row(at))?;
        }
        Ok(upserted)
    }

    /// An update, and an insert where there was nothing to update. In PostgreSQL another session may insert the row
    /// between the two; the insert waits for it then and stores nothing.
    fn one(
        &self,
        physical: &mut Physical,
        at: usize,
        (update, insert): (&str, &str),
    ) -> Result<Upserted> {
        const ATTEMPTS: usize = 16;
        for _ in 0..ATTEMPTS {
            let changed = &mut |params: &mut ParamWriter<'_>| self.write_changed(at, params);
            if physical.execute(update, changed)? > 0 {
                return Ok(Upserted::UPDATED);
            }
            let new = &mut |params: &mut ParamWriter<'_>| self.write_new(at, params);
            if physical.execute(insert, new)? > 0 {
                return Ok(Upserted::INSERTED);
            }
        }
        // Others insert and delete it all the time.
        Err(Error::new(ErrorKind::Conflict))
    }

    /// The numbers of rows that its statements may have.
    fn sizes(&self) -> impl Iterator<Item = usize> {
        let places = self.columns.len();
        let sizes = ROWS_OF_INSERTS.into_iter();
        sizes.filter(move |size| places * size <= MAX_PLACES)
    }

    /// Whether there is a statement of many rows for them.
    fn has_many(&self) -> bool {
        self.sizes().any(|size| self.rows.len() >= size)
    }

    /// PostgreSQL: `INSERT … ON CONFLICT … DO UPDATE` of many rows. A row that is new has no `xmax`; one that is updated was locked
    /// before, which its new version still shows.
    fn in_inserts(&self, physical: &mut Physical) -> Result<Upserted> {
        let dialect = physical.dialect();
        let (mut first, mut upserted) = (0, Upserted::default());
        for size in self.sizes() {
            if self.rows.len() - first < size {
                continue;
            }
            let insert = self.sql.insert_sql(dialect, &self.columns, size, false);
            let update = self.sql.do_update_sql(dialect, self.unique, &self.changed);
            let text = insert + &update + " RETURNING xmax = 0";
            while self.rows.len() - first >= size {
                let write = &mut |params: &mut ParamWriter<'_>| {
                    (first..first + size).for_each(|at| self.write_new(at, params));
                };
                let mut rows = 0;
                physical.returning(&text, write, &mut |row| {
                    rows += 1;
                    upserted += match row.next()? {
                        true => Upserted::INSERTED,
                        false => Upserted::UPDATED,
                    };
                    Ok(true)
                })?;
                if rows < size {
                    return Err(Error::new(ErrorKind::Conflict));
                }
                first += size;
            }
        }
        let rest = self.from(first).missing_first(physical);
        upserted += rest.map_err(|error| error.after_rows(first))?;
        Ok(upserted)
    }

    /// Its rows from this one on.
    fn from(&self, first: usize) -> Self {
        Self {
            rows: &self.rows[first..],
            columns: self.columns.clone(),
            changed: self.changed.clone(),
            key: self.key.clone(),
            ..*self
        }
    }

    /// PostgreSQL: all that are missing are inserted, in one go; then those that were there are updated.
    fn missing_first(&self, physical: &mut Physical) -> Result<Upserted> {
        if self.rows.is_empty() {
            return Ok(Upserted::default());
        }
        let dialect = physical.dialect();
        let mut there = Vec::new();
        let write = &mut |at: usize, params: &mut ParamWriter<'_>| self.write_new(at, params);
        let insert = self.insert_text(dialect);
        physical.execute_each(&insert, self.rows.len(), write, &mut |at, rows| {
            if rows == 0 {
                there.push(at);
            }
        })?;
        let mut upserted = Upserted {
            inserted: (self.rows.len() - there.len()) as u64,
            updated: 0,
        };
        let mut gone = Vec::new();
        let write =
            &mut |at: usize, params: &mut ParamWriter<'_>| self.write_changed(there[at], params);
        let update = self.update_text(dialect);
        physical
            .execute_each(&update, there.len(), write, &mut |at, rows| {
                upserted.updated += rows;
                if rows == 0 {
                    gone.push(there[at]);
                }
            })
            .map_err(|error| error.among_rows(&there))?;
        for at in gone {
            upserted += self.by_row(physical, at..at + 1)?;
        }
        Ok(upserted)
    }

    /// MySQL and MariaDB: statements of many rows, which report how many of them were there.
    #[cfg(feature = "mysql")]
    fn in_statements(&self, physical: &mut Physical) -> Result<Upserted> {
        let after = self
            .sql
            .on_duplicate_key_sql(physical.dialect(), self.unique, &self.changed);
        let write = &mut |at: usize, params: &mut ParamWriter<'_>| self.write_new(at, params);
        let (mut first, mut upserted) = (0, Upserted::default());
        while first < self.rows.len() {
            let rows = first..self.rows.len();
            let (taken, there) =
                physical.upsert_rows(self.sql, (&self.columns, &after), rows, write)?;
            if taken == 0 {
                upserted += self.by_row(physical, first..first + 1)?;
                first += 1;
            } else {
                upserted.inserted += taken as u64 - there;
                upserted.updated += there;
                first += taken;
            }
        }
        Ok(upserted)
    }
}

/// A unique key that is left out decides nothing.
pub(super) fn ensure_given(unique: &[usize], given: &ColumnSet) -> Result<()> {
    let mut columns = unique.iter();
    if columns.all(|&column| given.contains(column)) {
        return Ok(());
    }
    let why = "an upsert needs a value for every column of the unique key it goes by";
    Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())))
}
