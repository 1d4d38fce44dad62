//! Writing a whole row that was read elsewhere, mostly on another engine: `copy_to` and its kin in generated code.

use super::in_turn::{self, update_or_insert};
use super::insert::{Values, read_returned};
use super::published::{is_published, publishes, record};
use super::read::{exists, read_one, write_key};
use super::write::write_row;
use super::{Repository, ensure_row};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{HasKey, Model, Writable};
use crate::value::ColumnSet;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts a row with its key as it is.
    ///
    /// # Errors
    /// The key is taken ([`ErrorKind::UniqueViolation`]; the row there stays as it is), another constraint is violated, or
    /// the database fails.
    #[track_caller]
    pub fn insert_row(&mut self, row: &M::Row<E>) -> Result<()>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.run_on_link(Operation::Copy, |link, sql, engine| {
            ensure_row::<M, E>(link.bound(), sql, row, engine)?;
            let write = &mut |params: &mut ParamWriter<'_>| write_row::<M, E>(sql, row, params);
            if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
                return link.ready()?.execute(sql.insert_row, write).map(|_| ());
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                physical.execute(sql.insert_row, write)?;
                record::<M, E>(physical, engine, &[], [row])
            })
        })
    }

    /// Inserts a row with its key as it is, or overwrites the row that has this key, and gives the row back as stored: the
    /// version of an overwritten row increases, so that a caller that has read it cannot undo this.
    ///
    /// # Errors
    /// A constraint other than the key is violated, or the database fails.
    #[track_caller]
    pub fn upsert_row(&mut self, row: &M::Row<E>) -> Result<M::Row<E>>
    where
        M: HasKey,
        Self: CanWrite,
    {
        let key = [M::key(row)];
        self.run_on_keys(Operation::Copy, &key, |link, sql, engine| {
            ensure_row::<M, E>(link.bound(), sql, row, engine)?;
            let dialect = link.ready()?.dialect();
            let stored = match dialect {
                Dialect::Postgres if in_turn::is_needed(link.ready()?, sql) => {
                    overwrite_in_turn::<M, E>(link.ready()?, sql, engine, row)?
                }
                Dialect::Sqlite | Dialect::Postgres => {
                    let write =
                        &mut |params: &mut ParamWriter<'_>| write_row::<M, E>(sql, row, params);
                    let text = sql.overwrite_text(dialect, &overwritten(sql));
                    read_returned::<M, E>(link.ready()?, engine, &text, write)?
                }
                Dialect::Mysql => {
                    link.atomically(|link| overwrite::<M, E>(link.ready()?, sql, engine, row))?
                }
            };
            stored.ok_or_else(|| Error::new(ErrorKind::NotFound))
        })
    }

    /// Inserts the values of a row under a new key, which the database makes, and gives the new row back.
    ///
    /// # Errors
    /// The database makes no keys for this table, a constraint is violated, or the database fails.
    #[track_caller]
    pub fn copy_as_new(&mut self, row: &M::Row<E>) -> Result<M::Inserted<E>>
    where
        M: HasKey,
        Self: CanWrite,
    {
        self.run_insert(Operation::Copy, |physical, sql, engine| {
            ensure_row::<M, E>(physical.bound(), sql, row, engine)?;
            let write = |params: &mut ParamWriter<'_>| M::write_row(row, params);
            let all: ColumnSet = sql.writable.iter().copied().collect();
            let values = Values::new(sql, all, &write).only(without_made_key(sql)?);
            values.insert::<M, E>(physical, engine)
        })
    }
}

/// Returns the columns that an overwritten row gets.
fn overwritten(sql: &TableSql) -> ColumnSet {
    let writable = sql.writable.iter().copied();
    sql.settable(writable.filter(|column| !sql.key.contains(column)))
}

fn overwrite<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    row: &M::Row<E>,
) -> Result<Option<M::Row<E>>> {
    let key = M::key(row);
    if !overwrite_existing::<M, E>(physical, sql, row, &key)? {
        physical.execute(sql.insert_row, &mut |params| {
            write_row::<M, E>(sql, row, params)
        })?;
    }
    read_one::<M, E>(physical, engine, sql.find, &mut |params| {
        write_key::<M, E>(sql, &key, params)
    })
}

fn overwrite_in_turn<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    row: &M::Row<E>,
) -> Result<Option<M::Row<E>>> {
    let (key, columns) = (M::key(row), overwritten(sql));
    let write = |params: &mut ParamWriter<'_>| M::write_row(row, params);
    let values = Values::new(sql, sql.writable.iter().copied().collect(), &write);
    let update = sql.update_text(physical.dialect(), &columns).to_string() + sql.returning;
    let by_key = |params: &mut ParamWriter<'_>| {
        values.write_some(&columns, params);
        write_key::<M, E>(sql, &key, params);
    };
    let nothing = sql.do_nothing_sql(physical.dialect(), sql.key);
    let insert = format!("{}{nothing}{}", sql.insert_row, sql.returning);
    let whole = |params: &mut ParamWriter<'_>| write_row::<M, E>(sql, row, params);
    let both = ((&*update, &by_key as _), (&*insert, &whole as _));
    update_or_insert::<M, E>(physical, engine, both)
}

/// Says whether there was one.
fn overwrite_existing<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    row: &M::Row<E>,
    key: &M::Key<E>,
) -> Result<bool> {
    let columns = overwritten(sql);
    if columns.is_empty() && sql.touch.is_empty() {
        return exists::<M, E>(physical, sql, key);
    }
    let write = |params: &mut ParamWriter<'_>| M::write_row(row, params);
    let values = Values::new(sql, sql.writable.iter().copied().collect(), &write);
    let text = sql.update_text(physical.dialect(), &columns);
    let rows = physical.execute(&text, &mut |params| {
        values.write_some(&columns, params);
        write_key::<M, E>(sql, key, params);
    })?;
    Ok(rows > 0)
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
