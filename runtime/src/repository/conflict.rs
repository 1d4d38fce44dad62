//! Inserting rows, or changing those that are there in another way than by the values of the new ones.

use std::rc::Rc;

use super::insert::{Values, inserted, is_unique_violation, read_returned};
use super::many::{ensure_each, in_chunks};
use super::published::on_unique;
use super::read::read_one;
use super::unique::unique_key;
use super::upsert::{brings_another_key, once_or_again};
use super::upsert_many::ensure_given;
use super::{InScope, Repository, ensure_new};
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::{ColumnSource, Model};
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::Dialect;

/// The change of a row that is there in place of one that is inserted.
pub(crate) trait OnConflict<E> {
    /// The columns of a unique key, in any order.
    fn by(&self) -> &[usize];
    /// Refuses what no statement can do, whichever columns are given.
    fn ensure(&self, sql: &'static TableSql, engine: E) -> Result<()>;
    /// The statement that inserts these columns of one row, or changes the one that is there.
    fn text(
        &self,
        physical: &Physical,
        unique: (&'static TableSql, &'static [usize]),
        columns: &ColumnSet,
        returns: bool,
    ) -> Result<Rc<str>>;
    /// Writes the values that follow those of the row.
    fn write(&self, params: &mut ParamWriter<'_>);
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row or changes the one that is there, and gives it back.
    #[track_caller]
    pub(crate) fn insert_or_change(
        &mut self,
        new: &M::New<E>,
        change: &dyn OnConflict<E>,
    ) -> Result<M::Inserted<E>> {
        self.run_on_link(Operation::Upsert, |link, sql, engine| {
            let unique = unique_key(sql, change.by())?;
            change.ensure(sql, engine)?;
            ensure_row::<M, E>(link.bound(), (sql, unique), new, engine)?;
            let at = (sql, unique);
            let row = on_unique::<M, E, _, _>(link, at, engine, &[new], |link| {
                let write = |params: &mut ParamWriter<'_>| new.write(params);
                let values = Values::new(sql, new.columns(), &write);
                let one = One { at, values, change };
                if sql.returning.is_empty() {
                    return link.atomically(|link| {
                        one.execute::<M>(link)?;
                        one.find::<M>(link, engine)
                    });
                }
                let brings_another = brings_another_key(sql, unique, one.values.columns());
                once_or_again(link, brings_another, |link| {
                    one.returning::<M>(link, engine)
                })
            });
            inserted::<M, E>(row)
        })
    }

    /// Inserts rows or changes those that are there, all or none, and says how many were given.
    #[track_caller]
    pub(crate) fn insert_or_change_many(
        &mut self,
        rows: &mut dyn Iterator<Item = M::New<E>>,
        change: &dyn OnConflict<E>,
    ) -> Result<u64> {
        self.run_on_link(Operation::UpsertMany, |link, sql, engine| {
            let at = (sql, unique_key(sql, change.by())?);
            change.ensure(sql, engine)?;
            link.atomically(|link| {
                let mut given = 0;
                in_chunks(rows, &mut |chunk: &[M::New<E>]| {
                    let bound = link.bound();
                    ensure_each(chunk, |new| ensure_row::<M, E>(bound, at, new, engine))?;
                    on_unique::<M, E, _, _>(link, at, engine, chunk, |link| {
                        change_chunk::<M, E>(link, at, chunk, change)
                    })?;
                    given += chunk.len() as u64;
                    Ok(())
                })?;
                Ok(given)
            })
        })
    }
}

fn ensure_row<M: Model, E: Engine>(
    bound: InScope<'_>,
    (sql, unique): (&'static TableSql, &'static [usize]),
    new: &M::New<E>,
    engine: E,
) -> Result<()> {
    ensure_new::<M, E>(bound, sql, new, engine)?;
    ensure_given(unique, &new.given())
}

/// Neighbours that give the same columns go together. MySQL names the key that is in the way of a single row alone.
fn change_chunk<M: Model, E: Engine>(
    link: &mut Link,
    at: (&'static TableSql, &'static [usize]),
    chunk: &[M::New<E>],
    change: &dyn OnConflict<E>,
) -> Result<()> {
    let mut first = 0;
    for run in chunk.chunk_by(|left, right| left.columns() == right.columns()) {
        let columns = run[0].columns();
        let values = |row: usize, params: &mut ParamWriter<'_>| {
            let write = |params: &mut ParamWriter<'_>| run[row].write(params);
            Values::new(at.0, columns.clone(), &write).write(params);
            change.write(params);
        };
        let physical = link.ready()?;
        let changed = match physical.dialect() {
            Dialect::Sqlite | Dialect::Postgres => {
                let text = change.text(physical, at, &columns, false)?;
                let write = &mut |row: usize, params: &mut ParamWriter<'_>| values(row, params);
                physical.execute_each(&text, run.len(), write, &mut |_, _| ())
            }
            Dialect::Mysql => change_in_turn::<M, E>(link, at, run, change),
        };
        changed.map_err(|error| error.after_rows(first))?;
        first += run.len();
    }
    Ok(())
}

fn change_in_turn<M: Model, E: Engine>(
    link: &mut Link,
    at: (&'static TableSql, &'static [usize]),
    rows: &[M::New<E>],
    change: &dyn OnConflict<E>,
) -> Result<()> {
    for (row, new) in rows.iter().enumerate() {
        let write = |params: &mut ParamWriter<'_>| new.write(params);
        let values = Values::new(at.0, new.columns(), &write);
        let one = One { at, values, change };
        one.execute::<M>(link).map_err(|error| error.at_row(row))?;
    }
    Ok(())
}

/// One row and its key.
struct One<'v, E> {
    at: (&'static TableSql, &'static [usize]),
    values: Values<'v>,
    change: &'v dyn OnConflict<E>,
}

impl<E: Engine> One<'_, E> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.values.write(params);
        self.change.write(params);
    }

    fn execute<M: Model>(&self, link: &mut Link) -> Result<()> {
        let physical = link.ready()?;
        let text = self
            .change
            .text(physical, self.at, self.values.columns(), false)?;
        match physical.execute(&text, &mut |params| self.write(params)) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.explained::<M>(link, error)),
        }
    }

    fn returning<M: Model>(&self, link: &mut Link, engine: E) -> Result<Option<M::Row<E>>> {
        let physical = link.ready()?;
        let text = self
            .change
            .text(physical, self.at, self.values.columns(), true)?;
        let row = read_returned::<M, E>(physical, engine, &text, &mut |params| self.write(params));
        row.map_err(|error| self.explained::<M>(link, error))
    }

    fn find<M: Model>(&self, link: &mut Link, engine: E) -> Result<Option<M::Row<E>>> {
        let by: ColumnSet = self.at.1.iter().copied().collect();
        let physical = link.ready()?;
        let text = self.at.0.select_sql(physical.dialect(), by.iter());
        read_one::<M, E>(physical, engine, &text, &mut |params| {
            self.values.write_some(&by, params)
        })
    }

    /// MySQL takes whichever key is in the way, and the statement has a number that is out of range where it is another one: a plain
    /// insert, which is undone, is refused by the same key.
    fn explained<M: Model>(&self, link: &mut Link, error: Error) -> Error {
        let is_mysql = link
            .ready()
            .is_ok_and(|physical| physical.dialect() == Dialect::Mysql);
        if !is_mysql || !matches!(error.kind(), ErrorKind::ValueOutOfRange(_)) {
            return error;
        }
        let (sql, unique) = self.at;
        let refused = link.atomically(|link| {
            let physical = link.ready()?;
            let columns = self.values.columns();
            let text = sql.insert_text(physical.dialect(), columns, 1, false);
            physical.execute(&text, &mut |params| self.values.write(params))?;
            Err::<(), Error>(Error::new(ErrorKind::Conflict))
        });
        let Err(refused) = refused else { return error };
        if !is_unique_violation(&refused) {
            return error;
        }
        let named = link.pool().named(refused, Some(M::NAME));
        let names = || {
            unique
                .iter()
                .map(|&column| sql.columns[column].trim_matches('`'))
        };
        let is_own = named
            .constraint()
            .is_some_and(|constraint| constraint.columns.iter().copied().eq(names()));
        if is_own { error } else { named }
    }
}
