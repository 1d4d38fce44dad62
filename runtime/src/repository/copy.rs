//! Writing a whole row that was read elsewhere, mostly on another engine: `copy_to` and its kin in generated code.

use super::insert::{Values, inserted};
use super::{Repository, ensure};
use crate::Dialect;
use crate::driver::{ParamWriter, Physical};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::model::{ColumnSet, HasKey, Model};
use crate::statements::TableSql;

impl<M: Model, E: Engine> Repository<'_, M, E> {
    /// Inserts a row with its key as it is.
    ///
    /// # Errors
    /// The key is taken ([`ErrorKind::UniqueViolation`]; the row there stays as it is), another constraint is violated, or
    /// the database fails.
    pub fn insert_row(&mut self, row: &M::Row<E>) -> Result<()> {
        self.run(Operation::Copy, |physical, sql, engine| {
            ensure(M::row_belongs_to(row, engine))?;
            physical
                .execute(sql.insert_row, &mut |params| M::write_row(row, params))
                .map(|_| ())
        })
    }

    /// Inserts a row with its key as it is, or overwrites the row that has this key.
    ///
    /// # Errors
    /// A constraint other than the key is violated, or the database fails.
    pub fn upsert_row(&mut self, row: &M::Row<E>) -> Result<()>
    where
        M: HasKey,
    {
        self.run_on_link(Operation::Copy, |link, sql, engine| {
            ensure(M::row_belongs_to(row, engine))?;
            let dialect = link.ready()?.dialect();
            match dialect {
                Dialect::Sqlite | Dialect::Postgres => {
                    let write = &mut |params: &mut ParamWriter<'_>| M::write_row(row, params);
                    let text = overwriting(sql, dialect);
                    link.ready()?.execute(&text, write).map(|_| ())
                }
                Dialect::Mysql => {
                    link.atomically(|link| overwrite::<M, E>(link.ready()?, sql, row))
                }
            }
        })
    }

    /// Inserts the values of a row under a new key, which the database makes, and gives the new row back.
    ///
    /// # Errors
    /// The database makes no keys for this table, a constraint is violated, or the database fails.
    pub fn copy_as_new(&mut self, row: &M::Row<E>) -> Result<M::Inserted<E>>
    where
        M: HasKey,
    {
        self.run(Operation::Copy, |physical, sql, engine| {
            ensure(M::row_belongs_to(row, engine))?;
            let write = |params: &mut ParamWriter<'_>| M::write_row(row, params);
            let all: ColumnSet = sql.writable.iter().copied().collect();
            let values = Values::new(all, &write).only(without_made_key(sql)?);
            inserted::<M, E>(values.insert::<M, E>(physical, sql, engine))
        })
    }
}

/// An INSERT of the whole row that overwrites the one with the same key.
fn overwriting(sql: &TableSql, dialect: Dialect) -> String {
    let outside = sql.writable.iter().copied();
    let outside = outside.filter(|column| !sql.key.contains(column)).collect();
    sql.insert_row.to_owned() + &sql.do_update_sql(dialect, sql.key, &outside)
}

fn overwrite<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &TableSql,
    row: &M::Row<E>,
) -> Result<()> {
    let key = M::key(row);
    let is_there = if sql.save.is_empty() {
        super::read::exists::<M, E>(physical, sql, &key)?
    } else {
        super::write::save::<M, E>(physical, sql, row, &key)?
    };
    if !is_there {
        physical.execute(sql.insert_row, &mut |params| M::write_row(row, params))?;
    }
    Ok(())
}

/// The writable columns but those of the key that the database fills in.
fn without_made_key(sql: &TableSql) -> Result<ColumnSet> {
    let is_made = |column: &usize| sql.key.contains(column) && !sql.required.contains(column);
    let columns: ColumnSet = sql
        .writable
        .iter()
        .copied()
        .filter(|column| !is_made(column))
        .collect();
    if columns.len() < sql.writable.len() {
        return Ok(columns);
    }
    let why = "the database makes no keys for this table";
    Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())))
}
