//! Writing rows and getting them back as stored: many new ones, and one that is changed.

use super::insert::{Values, after_write, inserted, read_returned};
use super::many::{ensure_each, in_chunks};
use super::published::record;
use super::read::{read_one, write_key};
use super::write::write_given;
use super::{Repository, ensure_key, ensure_new, ensure_patch};
use crate::driver::{Physical, TableSql, WriteParams};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::{ColumnSet, ParamWriter};

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts all rows or none, and gives them back as stored, each at its place, with keys and whatever else the database
    /// filled in. Nothing comes back from a table without a key. All of them are in memory at once:
    /// [`insert_many`](Self::insert_many) returns their number only, and is faster.
    ///
    /// MySQL returns no rows, so each is inserted and read by itself there; the other databases take many at a time.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let stored = db.users().insert_many_returning(["ann@example.org", "bob@example.org"].map(NewUser::new))?;
    /// assert_eq!(db.users().get(stored[1].id)?.email, "bob@example.org");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`insert_many`](Self::insert_many).
    #[track_caller]
    pub fn insert_many_returning(
        &mut self,
        rows: impl IntoIterator<Item = M::New<E>>,
    ) -> Result<Vec<M::Inserted<E>>>
    where
        M: Writable,
        Self: CanWrite,
    {
        let mut rows = rows.into_iter().peekable();
        self.run_on_link(Operation::InsertMany, |link, sql, engine| {
            let mut stored = Vec::new();
            if rows.peek().is_none() {
                return Ok(stored);
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                in_chunks(&mut rows, &mut |chunk: &[M::New<E>]| {
                    let bound = physical.bound();
                    ensure_each(chunk, |new| ensure_new::<M, E>(bound, sql, new, engine))?;
                    for row in insert_chunk::<M, E>(physical, sql, engine, chunk)? {
                        stored.push(inserted::<M, E>(Ok(row))?);
                    }
                    Ok(())
                })?;
                Ok(stored)
            })
        })
    }

    /// Sets the given columns of the row with this key, and gives the row back as it is then; `None` where there is none.
    /// See [`update`](Self::update). On MySQL and MariaDB it is an update and a query in one transaction.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    /// let anna = db.users().update_returning(ann.id, UserPatch::new().email("anna@example.org"))?;
    /// assert!(anna.is_some_and(|anna| anna.email == "anna@example.org"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`update`](Self::update).
    #[track_caller]
    pub fn update_returning(
        &mut self,
        key: M::Key<E>,
        patch: M::Patch<E>,
    ) -> Result<Option<M::Row<E>>>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let columns = patch.columns();
        if columns.is_empty() {
            return self.find(key);
        }
        let keys = std::slice::from_ref(&key);
        self.run_on_keys(Operation::Update, keys, |link, sql, engine| {
            ensure_key::<M, E>(link.bound(), sql, &key, engine)?;
            ensure_patch::<M, E>(&patch, engine)?;
            let dialect = link.ready()?.dialect();
            let mut text = sql.update_sql(dialect, &columns, sql.key.iter().copied());
            let write = &mut |params: &mut ParamWriter<'_>| {
                write_given(sql, &columns, &patch, params);
                write_key::<M, E>(sql, &key, params);
            };
            if dialect.query_syntax().updates_return {
                text += sql.returning;
                return read_returned::<M, E>(link.ready()?, engine, &text, write);
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                if physical.execute(&text, write)? == 0 {
                    return Ok(None);
                }
                read_one::<M, E>(physical, engine, sql.find, &mut |params| {
                    write_key::<M, E>(sql, &key, params)
                })
            })
        })
    }
}

/// Neighbours that give the same columns go together, as in `insert_many`. No row comes back of a table without a key where the
/// server returns none.
pub(super) fn insert_chunk<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    chunk: &[M::New<E>],
) -> Result<Vec<Option<M::Row<E>>>> {
    let (mut first, mut stored) = (0, Vec::with_capacity(chunk.len()));
    for run in chunk.chunk_by(|left, right| left.columns() == right.columns()) {
        let columns = run[0].columns();
        let inserted = if sql.returning.is_empty() {
            insert_each::<M, E>(physical, sql, engine, run, &mut stored)
        } else {
            insert_run::<M, E>(physical, (sql, &columns), engine, run, &mut stored)
        };
        inserted.map_err(|error| error.after_rows(first))?;
        first += run.len();
    }
    record::<M, E>(physical, engine, &[], stored.iter().flatten())?;
    Ok(stored)
}

fn insert_run<M: Model, E: Engine>(
    physical: &mut Physical,
    (sql, columns): (&'static TableSql, &ColumnSet),
    engine: E,
    run: &[M::New<E>],
    stored: &mut Vec<Option<M::Row<E>>>,
) -> Result<()> {
    let before = stored.len();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        write_given(sql, columns, &run[at], params);
    };
    physical.insert_returning(sql, columns, run.len(), write, &mut |_, row| {
        stored.push(Some(M::read(row, engine)?));
        Ok(())
    })?;
    if stored.len() - before != run.len() {
        // A trigger has dropped one.
        return Err(Error::new(ErrorKind::NotFound));
    }
    Ok(())
}

fn insert_each<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    run: &[M::New<E>],
    stored: &mut Vec<Option<M::Row<E>>>,
) -> Result<()> {
    for (at, new) in run.iter().enumerate() {
        let write = |params: &mut ParamWriter<'_>| new.write(params);
        let values = Values::new(sql, new.columns(), &write);
        let row = values.insert::<M, E>(physical, engine);
        stored.push(row.map_err(|error| error.at_row(at))?);
    }
    Ok(())
}

/// The rows of a statement that writes. It is run to its end; outside a transaction what it wrote stays, also where a row
/// cannot be read.
pub(crate) fn returned_rows<M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    text: &str,
    write: WriteParams<'_>,
) -> Result<Vec<M::Row<E>>> {
    let mut rows = Ok(Vec::new());
    physical.returning(text, write, &mut |row| {
        if let Ok(taken) = &mut rows {
            match M::read(row, engine) {
                Ok(row) => taken.push(row),
                Err(error) => rows = Err(error),
            }
        }
        Ok(true)
    })?;
    rows.map_err(|error| after_write(physical, error))
}
