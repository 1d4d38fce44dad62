//! Inserting one row and getting it back as stored, on servers that return it and on those that do not.

use super::published::{is_published, publishes, record};
use super::read::read_one;
use super::write::write_given;
use super::{Repository, ensure_new};
use crate::driver::Physical;
use crate::driver::{TableSql, TakeRow};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, Model, Writable};
use crate::value::ColumnSet;
use crate::value::ParamWriter;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row and gives it back as stored, with what the database filled in. Nothing comes back from a table without a key.
    ///
    /// # Errors
    /// A constraint is violated, a key in it is of another engine, or the database fails.
    #[track_caller]
    pub fn insert(&mut self, new: M::New<E>) -> Result<M::Inserted<E>>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.run_insert(Operation::Insert, |physical, sql, engine| {
            ensure_new::<M, E>(physical.bound(), sql, &new, engine)?;
            let write = |params: &mut ParamWriter<'_>| new.write(params);
            Values::new(sql, new.columns(), &write).insert::<M, E>(physical, engine)
        })
    }

    /// Inserts a row and does not read it back: one statement less on MySQL and MariaDB, less of a statement on SQLite and PostgreSQL. A key
    /// that the database makes stays unknown. Where the row is published as an event it is read all the same.
    ///
    /// # Errors
    /// As of [`insert`](Self::insert); [`ErrorKind::NotFound`] where a trigger has the row ignored.
    #[track_caller]
    pub fn insert_only(&mut self, new: M::New<E>) -> Result<()>
    where
        M: Writable,
        Self: CanWrite,
    {
        if const { is_published::<M>() } && publishes::<M, E>(self.engine()) {
            return self.insert(new).map(drop);
        }
        self.run(Operation::Insert, |physical, sql, engine| {
            ensure_new::<M, E>(physical.bound(), sql, &new, engine)?;
            let columns = new.columns();
            let text = sql.insert_text(physical.dialect(), &columns, 1, false);
            let write = &mut |params: &mut ParamWriter<'_>| {
                write_given(sql, &columns, &new, params);
            };
            match physical.execute(&text, write)? {
                0 => Err(Error::new(ErrorKind::NotFound)),
                _ => Ok(()),
            }
        })
    }

    /// Inserts a row unless a unique key holds one of its values already; `false` if one does. All other errors are errors.
    ///
    /// # Errors
    /// Another constraint is violated, a key in it is of another engine, or the database fails.
    #[track_caller]
    pub fn insert_or_ignore(&mut self, new: M::New<E>) -> Result<bool>
    where
        M: Writable,
        Self: CanWrite,
    {
        if const { is_published::<M>() } && publishes::<M, E>(self.engine()) {
            return self.insert_unless_there(&new);
        }
        self.run(Operation::Insert, |physical, sql, engine| {
            ensure_new::<M, E>(physical.bound(), sql, &new, engine)?;
            let columns = new.columns();
            insert_or_ignore(physical, sql, &columns, &mut |params| {
                write_given(sql, &columns, &new, params);
            })
        })
    }
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// The same where the new row has an event, which needs the row.
    #[track_caller]
    fn insert_unless_there(&mut self, new: &M::New<E>) -> Result<bool> {
        self.run_on_link(Operation::Insert, |link, sql, engine| {
            ensure_new::<M, E>(link.bound(), sql, new, engine)?;
            let inserted = link.atomically(|link| {
                let write = |params: &mut ParamWriter<'_>| new.write(params);
                let physical = link.ready()?;
                let row =
                    Values::new(sql, new.columns(), &write).insert::<M, E>(physical, engine)?;
                record::<M, E>(physical, engine, &[], row.as_slice())
            });
            match inserted {
                Err(error) if is_unique_violation(&error) => Ok(false),
                outcome => outcome.map(|()| true),
            }
        })
    }
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row of these columns unless it is there, and says whether it was not.
    #[track_caller]
    pub(crate) fn insert_link(
        &mut self,
        columns: &ColumnSet,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<bool> {
        self.run_on_link(Operation::Insert, |link, sql, engine| {
            if let Some(bound) = link.bound() {
                bound.ensure(sql, &mut columns.iter(), write)?;
            }
            if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
                return insert_or_ignore(link.ready()?, sql, columns, write);
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                if !insert_or_ignore(physical, sql, columns, write)? {
                    return Ok(false);
                }
                let find = sql.select_sql(physical.dialect(), columns.iter());
                let row = read_one::<M, E>(physical, engine, &find, write)?;
                record::<M, E>(physical, engine, &[], row.as_slice())?;
                Ok(true)
            })
        })
    }
}

/// Inserts these columns unless a unique key holds one of their values.
fn insert_or_ignore(
    physical: &mut Physical,
    sql: &'static TableSql,
    columns: &ColumnSet,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<bool> {
    let text = sql.insert_or_ignore_text(physical.dialect(), columns);
    match physical.execute(&text, write) {
        Err(error) if is_unique_violation(&error) => Ok(false),
        outcome => outcome.map(|rows| rows > 0),
    }
}

pub(super) fn is_unique_violation(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::UniqueViolation(_))
}

/// Returns the result of `insert` for the row that came back.
pub(super) fn inserted<M: Model, E: Engine>(
    row: Result<Option<M::Row<E>>>,
) -> Result<M::Inserted<E>> {
    // A table without a key needs no row here; any other row was deleted by another caller meanwhile.
    M::inserted(row?).ok_or_else(|| Error::new(ErrorKind::NotFound))
}

/// The values of one row.
pub(super) struct Values<'v> {
    sql: &'static TableSql,
    /// The columns that are stored.
    columns: ColumnSet,
    /// The columns that `write` writes: those, or more.
    written: ColumnSet,
    write: &'v dyn Fn(&mut ParamWriter<'_>),
}

impl<'v> Values<'v> {
    /// All that `write` writes.
    pub(super) fn new(
        sql: &'static TableSql,
        columns: ColumnSet,
        write: &'v dyn Fn(&mut ParamWriter<'_>),
    ) -> Self {
        Self {
            sql,
            written: columns.clone(),
            columns,
            write,
        }
    }

    /// Only these of the columns that `write` writes.
    pub(super) fn only(self, columns: ColumnSet) -> Self {
        Self { columns, ..self }
    }

    pub(super) fn columns(&self) -> &ColumnSet {
        &self.columns
    }

    /// Writes the values of all columns that are stored.
    pub(super) fn write(&self, params: &mut ParamWriter<'_>) {
        if self.columns == self.written {
            params.of_columns(self.sql.names(), self.columns.iter(), |params| {
                (self.write)(params)
            });
        } else {
            self.write_some(&self.columns, params);
        }
    }

    /// Writes the values of some columns in ascending order.
    pub(super) fn write_some(&self, wanted: &ColumnSet, params: &mut ParamWriter<'_>) {
        params.of_columns(self.sql.names(), wanted.iter(), |params| {
            params.pick(&self.written, wanted, |params| (self.write)(params));
        });
    }

    /// Inserts the row and gives it back; nothing where the table has no key.
    pub(super) fn insert<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let sql = self.sql;
        sql.with_insert(physical.dialect(), &self.columns, |text| {
            if sql.returning.is_empty() {
                self.insert_and_read_back::<M, E>(physical, engine, text)
            } else {
                self.insert_returning::<M, E>(physical, engine, text)
            }
        })
    }

    /// By a statement that returns the row.
    fn insert_returning<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
        text: &str,
    ) -> Result<Option<M::Row<E>>> {
        let plain = self.sql.plain_insert(physical.dialect(), &self.columns);
        returned::<M, E>(physical, engine, |physical, take| {
            let write = &mut |params: &mut ParamWriter<'_>| self.write(params);
            physical.insert_row(self.sql, (text, plain.as_deref()), write, take)
        })
    }

    fn insert_and_read_back<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
        text: &str,
    ) -> Result<Option<M::Row<E>>> {
        let sql = self.sql;
        let given: ColumnSet = self.given_key(sql);
        let counted = sql
            .key
            .iter()
            .copied()
            .find(|&column| !given.contains(column));
        if counted.is_some() && (counted != sql.counted || given.len() + 1 < sql.key.len()) {
            let why =
                "the server does not return the key that it made, so the new row must be given one";
            return Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())));
        }
        physical.execute(text, &mut |params| self.write(params))?;
        if sql.key.is_empty() {
            return Ok(None);
        }
        let id = physical.last_insert_id();
        let text = sql.select_text(physical.dialect(), &given, counted);
        let in_transaction = physical.in_transaction();
        let read = read_one::<M, E>(physical, engine, &text, &mut |params| {
            self.write_some(&given, params);
            if counted.is_some() {
                params.u64(id);
            }
        });
        if in_transaction {
            return read;
        }
        // Outside a transaction another caller may have deleted the row in between.
        read.and_then(|row| row.ok_or_else(|| Error::new(ErrorKind::NotFound)).map(Some))
            .map_err(Error::after_write)
    }

    /// The key's columns that are given.
    fn given_key(&self, sql: &TableSql) -> ColumnSet {
        let key = sql.key.iter().copied();
        key.filter(|&column| self.columns.contains(column))
            .collect()
    }
}

/// The one row that a writing statement returns. All is written before the first row comes, and the driver ends the statement
/// after it, where SQLite reports violated foreign keys.
pub(super) fn read_returned<M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<Option<M::Row<E>>> {
    returned::<M, E>(physical, engine, |physical, take| {
        physical.returning(sql, write, take)
    })
}

fn returned<M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    send: impl FnOnce(&mut Physical, TakeRow<'_>) -> Result<()>,
) -> Result<Option<M::Row<E>>> {
    let mut returned = Ok(None);
    send(physical, &mut |row| {
        returned = M::read(row, engine).map(Some);
        Ok(false)
    })?;
    returned.map_err(|error| after_write(physical, error))
}

/// Only what came after the write has failed. Outside a transaction the write stays.
pub(super) fn after_write(physical: &Physical, error: Error) -> Error {
    if physical.in_transaction() {
        error
    } else {
        error.after_write()
    }
}
