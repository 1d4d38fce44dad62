//! Making the rows of a query the rows that are given: new ones inserted, those that are there updated, the others deleted.

use std::collections::HashSet;
use std::ops::AddAssign;

use super::insert::Values;
use super::many::{ensure_each, in_chunks};
use super::published::{on_keys, on_unique};
use super::read::write_key;
use super::unique::unique_key;
use super::upsert_many::{Upserted, ensure_given, upsert_chunk};
use super::{Repository, ensure_new};
use crate::driver::{Physical, TableSql, TakeRow};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::{ColumnSource, HasKey, Writable};
use crate::value::recorded::{RecordedValues, is_null};
use crate::value::{ColumnSet, ParamWriter};

/// The result of [`merge`](crate::Query::merge).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Merged {
    /// Given rows that were not there.
    pub inserted: u64,
    /// Given rows that were there, also those that had the values already.
    pub updated: u64,
    /// Rows that were there and are not among those given.
    pub deleted: u64,
}

impl AddAssign<Upserted> for Merged {
    fn add_assign(&mut self, upserted: Upserted) {
        self.inserted += upserted.inserted;
        self.updated += upserted.updated;
    }
}

/// Keys of rows, as bytes.
type Keys = HashSet<Vec<u8>>;

/// Hands over the rows that are deleted unless they are among those given.
pub(crate) type Others<'a> =
    &'a dyn Fn(&mut Physical, &'static TableSql, TakeRow<'_>) -> Result<()>;

impl<M: Writable + HasKey, E: Engine, A> Repository<'_, M, E, A> {
    /// Upserts these rows by a unique key, and deletes of the others those that were not given.
    #[track_caller]
    pub(crate) fn merge(
        &mut self,
        by: &[usize],
        rows: &mut dyn Iterator<Item = M::New<E>>,
        others: Others<'_>,
    ) -> Result<Merged> {
        self.run_on_link(Operation::Merge, |link, sql, engine| {
            let unique = unique_key(sql, by)?;
            link.atomically(|link| {
                let (mut merged, mut kept) = (Merged::default(), Keys::new());
                in_chunks(rows, &mut |chunk: &[M::New<E>]| {
                    ensure_each(chunk, |new| {
                        ensure_new::<M, E>(link.bound(), sql, new, engine)?;
                        ensure_no_null(sql, new, unique)
                    })?;
                    let at = (sql, unique);
                    merged += on_unique::<M, E, _, _>(link, at, engine, chunk, |link| {
                        upsert_chunk(link, sql, unique, chunk)
                    })?;
                    keep::<M, E>(link.ready()?, (sql, unique), engine, chunk, &mut kept)
                })?;
                let physical = link.ready()?;
                let gone = not_kept::<M, E>(physical, sql, engine, &kept, others)?;
                let keys = || gone.clone();
                merged.deleted = on_keys::<M, E, _>(physical, (sql, engine), keys, |physical| {
                    delete::<M, E>(physical, sql, &gone)
                })?;
                Ok(merged)
            })
        })
    }
}

/// No row is found by NULL, so one with it would be inserted, and deleted as one that was not given.
fn ensure_no_null(sql: &'static TableSql, new: &impl ColumnSource, unique: &[usize]) -> Result<()> {
    ensure_given(unique, &new.given())?;
    for &column in unique {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        write_unique(sql, new, &ColumnSet::new().with(column), &mut params);
        params.finish_recording()?;
        if is_null(values.bytes()) {
            let why = "a merge needs a value that is not NULL in every column of its key";
            return Err(Error::new(ErrorKind::UnsupportedValue(why.to_owned())));
        }
    }
    Ok(())
}

/// Keeps the keys of the rows that were just written, as the database reports them: its columns decide what is equal.
fn keep<M: HasKey, E: Engine>(
    physical: &mut Physical,
    (sql, unique): (&'static TableSql, &'static [usize]),
    engine: E,
    chunk: &[M::New<E>],
    kept: &mut Keys,
) -> Result<()> {
    const AT_A_TIME: usize = 64;
    let by: ColumnSet = unique.iter().copied().collect();
    let ascending: Vec<usize> = by.iter().collect();
    for rows in chunk.chunks(AT_A_TIME) {
        let Some(last) = rows.last() else { break };
        let text = sql.select_by_list_sql(physical.dialect(), &ascending, AT_A_TIME);
        let write = &mut |params: &mut ParamWriter<'_>| {
            let all = rows.iter().chain(std::iter::repeat(last)).take(AT_A_TIME);
            all.for_each(|new| write_unique(sql, new, &by, params));
        };
        physical.query(&text, write, &mut |row| {
            let row = M::read(row, engine)?;
            kept.insert(recorded::<M, E>(sql, &M::key(&row))?);
            Ok(true)
        })?;
    }
    Ok(())
}

fn write_unique(
    sql: &'static TableSql,
    new: &impl ColumnSource,
    by: &ColumnSet,
    params: &mut ParamWriter<'_>,
) {
    let write = |params: &mut ParamWriter<'_>| new.write(params);
    Values::new(sql, new.columns(), &write).write_some(by, params);
}

fn recorded<M: HasKey, E: Engine>(sql: &TableSql, key: &M::Key<E>) -> Result<Vec<u8>> {
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording(&mut values);
    write_key::<M, E>(sql, key, &mut params);
    params.finish_recording()?;
    Ok(values.bytes().to_vec())
}

fn not_kept<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    kept: &Keys,
    others: Others<'_>,
) -> Result<Vec<M::Key<E>>> {
    let mut gone = Vec::new();
    others(physical, sql, &mut |row| {
        let key = M::key(&M::read(row, engine)?);
        if !kept.contains(&recorded::<M, E>(sql, &key)?) {
            gone.push(key);
        }
        Ok(true)
    })?;
    Ok(gone)
}

fn delete<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    keys: &[M::Key<E>],
) -> Result<u64> {
    let mut deleted = 0;
    let write =
        &mut |at: usize, params: &mut ParamWriter<'_>| write_key::<M, E>(sql, &keys[at], params);
    physical
        .execute_each(sql.delete, keys.len(), write, &mut |_, rows| {
            deleted += rows
        })
        // None of the rows that were given.
        .map_err(Error::of_no_row)?;
    Ok(deleted)
}
