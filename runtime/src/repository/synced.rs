//! The calls of a sync on a table: rows by recorded keys, which of new rows are stored just so, and upserts by the table's key.

use std::collections::HashMap;

use super::insert::Values;
use super::many::ensure_each;
use super::published::on_unique;
use super::upsert_many::{Upserted, upsert_copies};
use super::{Repository, ensure_new};
use crate::driver::TableSql;
use crate::error::{Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model};
use crate::value::equal::is_same_recorded;
use crate::value::recorded::{RecordedValues, replay};
use crate::value::types::ToColumn;
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::Dialect;

/// Keys in one statement.
const AT_A_TIME: usize = 64;

impl<M: HasKey, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts or updates rows by the table's key, in the transaction at hand. All values that are given are stored.
    pub(crate) fn upsert_by_key<N: ColumnSource>(
        &mut self,
        rows: &[&N],
        new: impl Fn(&N) -> Option<&M::New<E>>,
    ) -> Result<Upserted>
    where
        Self: CanWrite,
    {
        if rows.is_empty() {
            return Ok(Upserted::default());
        }
        self.run_on_link(Operation::UpsertMany, |link, sql, engine| {
            ensure_each(rows, |row| match new(row) {
                Some(new) => ensure_new::<M, E>(link.bound(), sql, new, engine),
                None => Ok(()),
            })?;
            on_unique::<M, E, _, _>(link, (sql, sql.key), engine, rows, |link| {
                upsert_copies(link, sql, sql.key, rows)
            })
        })
    }

    /// Returns for each of these new rows whether there is a row with its key that has the values that it gives.
    pub(crate) fn are_stored(&mut self, rows: &[&impl ColumnSource]) -> Result<Vec<bool>> {
        self.run(Operation::Select, |physical, sql, engine| {
            let dialect = physical.dialect();
            let mut stored = vec![false; rows.len()];
            let key: ColumnSet = sql.key.iter().copied().collect();
            let ascending: Vec<usize> = key.iter().collect();
            let text = sql.select_by_list_sql(dialect, &ascending, AT_A_TIME);
            for (part, rows) in rows.chunks(AT_A_TIME).enumerate() {
                let places = by_key(sql, rows, &key, dialect)?;
                let Some(last) = rows.last() else { break };
                let write = &mut |params: &mut ParamWriter<'_>| {
                    let all = rows.iter().chain(std::iter::repeat(last)).take(AT_A_TIME);
                    all.for_each(|new| write_new(sql, new, &key, params));
                };
                physical.query(&text, write, &mut |row| {
                    let row = M::read(row, engine)?;
                    let found = values_of_row::<M, E>(sql, &row, &key, dialect)?;
                    for &at in places.get(&found).into_iter().flatten() {
                        stored[part * AT_A_TIME + at] =
                            is_equal::<M, E>(sql, rows[at], &row, dialect)?;
                    }
                    Ok(true)
                })?;
            }
            Ok(stored)
        })
    }

    /// A row that meets a condition, in which a placeholder stands for the value.
    pub(crate) fn first_where(
        &mut self,
        condition: &str,
        value: Option<&dyn ToColumn>,
    ) -> Result<Option<M::Row<E>>> {
        self.run(Operation::Select, |physical, sql, engine| {
            let mut found = None;
            let text = format!("{} {condition} LIMIT 1", sql.select);
            let write = &mut |params: &mut ParamWriter<'_>| {
                if let Some(value) = value {
                    value.write(params);
                }
            };
            physical.query(&text, write, &mut |row| {
                found = Some(M::read(row, engine)?);
                Ok(true)
            })?;
            Ok(found)
        })
    }

    /// The rows with these recorded keys that there are.
    pub(crate) fn of_recorded_keys(&mut self, keys: &[Vec<u8>]) -> Result<Vec<M::Row<E>>> {
        self.run(Operation::FindMany, |physical, sql, engine| {
            let mut rows = Vec::new();
            for keys in keys.chunks(AT_A_TIME) {
                let text = sql.select_list_sql(physical.dialect(), keys.len());
                let write = &mut |params: &mut ParamWriter<'_>| {
                    keys.iter().for_each(|key| replay(key, params));
                };
                physical.query(&text, write, &mut |row| {
                    rows.push(M::read(row, engine)?);
                    Ok(true)
                })?;
            }
            Ok(rows)
        })
    }
}

/// The places of new rows by their keys.
fn by_key<N: ColumnSource>(
    sql: &'static TableSql,
    rows: &[N],
    key: &ColumnSet,
    dialect: Dialect,
) -> Result<HashMap<Vec<u8>, Vec<usize>>> {
    let mut places: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, new) in rows.iter().enumerate() {
        let values = values_of_new(sql, new, key, dialect)?;
        places.entry(values).or_default().push(at);
    }
    Ok(places)
}

/// Whether the stored row has the values that the new one gives.
pub(crate) fn is_equal<M: Model, E: Engine>(
    sql: &'static TableSql,
    new: &impl ColumnSource,
    row: &M::Row<E>,
    dialect: Dialect,
) -> Result<bool> {
    let given = new.given();
    let of_new = values_of_new(sql, new, &given, dialect)?;
    let of_row = values_of_row::<M, E>(sql, row, &given, dialect)?;
    Ok(is_same_recorded(&of_new, &of_row))
}

/// The recorded values of some columns of a new row, in ascending order.
pub(crate) fn values_of_new<N: ColumnSource>(
    sql: &'static TableSql,
    new: &N,
    columns: &ColumnSet,
    dialect: Dialect,
) -> Result<Vec<u8>> {
    recorded(dialect, |params| write_new(sql, new, columns, params))
}

/// The recorded values of some columns of a stored row, in ascending order.
pub(crate) fn values_of_row<M: Model, E: Engine>(
    sql: &'static TableSql,
    row: &M::Row<E>,
    columns: &ColumnSet,
    dialect: Dialect,
) -> Result<Vec<u8>> {
    let all: ColumnSet = sql.writable.iter().copied().collect();
    recorded(dialect, |params| {
        params.pick(&all, columns, |params| M::write_row(row, params));
    })
}

/// The recorded values of a row's key, in the order of the key.
pub(crate) fn recorded_key<M: HasKey, E: Engine>(row: &M::Row<E>) -> Result<Vec<u8>> {
    recorded_of_key::<M, E>(&M::key(row))
}

/// The recorded values of a key, in its order.
pub(crate) fn recorded_of_key<M: HasKey, E: Engine>(key: &M::Key<E>) -> Result<Vec<u8>> {
    recorded(Dialect::Sqlite, |params| M::write_key(key, params))
}

fn recorded(dialect: Dialect, write: impl FnOnce(&mut ParamWriter<'_>)) -> Result<Vec<u8>> {
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording_for(&mut values, dialect);
    write(&mut params);
    params.finish_recording()?;
    Ok(values.bytes().to_vec())
}

fn write_new<N: ColumnSource>(
    sql: &'static TableSql,
    new: &N,
    columns: &ColumnSet,
    params: &mut ParamWriter<'_>,
) {
    let write = |params: &mut ParamWriter<'_>| new.write(params);
    Values::new(sql, new.columns(), &write).write_some(columns, params);
}
