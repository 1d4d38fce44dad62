//! Saving a row by writing only what differs from the row as it was read.

use super::insert::Values;
use super::read::{exists, write_key};
use super::{Repository, ensure, ensure_key, ensure_row};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{HasKey, Model, Writable};
use crate::value::recorded::RecordedValues;
use crate::value::{ColumnSet, ParamWriter};

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Writes the columns in which a row differs from `read`, the same row as it was read, by its key; `false` where
    /// there is no such row any more. Where nothing differs, nothing is written. What others have changed in other columns
    /// meanwhile stays, which [`save`](Self::save) would overwrite.
    ///
    /// Where the table has a version, the row is written only if it has not been updated since it was read, as by `save`.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// let read = b.blogs().insert(NewBlog::new("draft"))?;
    /// let mut post = read.clone();
    /// post.title = "done".to_owned();
    /// b.blogs().update(read.id, BlogPatch::new().stars(5))?;
    /// assert!(b.blogs().save_changes(&read, &post)?);
    /// let stored = b.blogs().get(read.id)?;
    /// assert_eq!((stored.title.as_str(), stored.stars), ("done", 5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StaleVersion`] where the row was updated by another caller. [`ErrorKind::Unsupported`] where the keys
    /// differ, so that they are two rows. A constraint is violated, a row is of another engine, or the database fails.
    #[track_caller]
    pub fn save_changes(&mut self, read: &M::Row<E>, row: &M::Row<E>) -> Result<bool>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let key = M::key(read);
        let keys = std::slice::from_ref(&key);
        self.run_on_keys(Operation::Save, keys, |link, sql, engine| {
            let physical = link.ready()?;
            ensure(M::row_belongs_to(read, engine))?;
            ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
            ensure_row::<M, E>(physical.bound(), sql, row, engine)?;
            let columns = changed::<M, E>(sql, read, row)?;
            if columns.is_empty() {
                return exists::<M, E>(physical, sql, &key);
            }
            let by = sql.key.iter().copied().chain(sql.version);
            let text = sql.update_sql(physical.dialect(), &columns, by);
            let write_row = |params: &mut ParamWriter<'_>| M::write_row(row, params);
            let values = Values::new(sql, writable(sql), &write_row);
            let is_saved = physical.execute(&text, &mut |params| {
                values.write_some(&columns, params);
                write_key::<M, E>(sql, &key, params);
                let version = sql.version.into_iter();
                params.of_columns(sql.names(), version, |params| {
                    M::write_version(read, params)
                });
            })? > 0;
            if !is_saved && sql.version.is_some() && exists::<M, E>(physical, sql, &key)? {
                return Err(Error::new(ErrorKind::StaleVersion));
            }
            Ok(is_saved)
        })
    }
}

fn writable(sql: &TableSql) -> ColumnSet {
    sql.writable.iter().copied().collect()
}

/// The columns that differ, but for those that every update sets by itself.
fn changed<M: HasKey, E: Engine>(
    sql: &'static TableSql,
    read: &M::Row<E>,
    row: &M::Row<E>,
) -> Result<ColumnSet> {
    let all = writable(sql);
    if recorded::<M, E>(sql, read, &all)? == recorded::<M, E>(sql, row, &all)? {
        return Ok(ColumnSet::new());
    }
    let mut changed = ColumnSet::new();
    for &column in sql.writable {
        let one = ColumnSet::new().with(column);
        if recorded::<M, E>(sql, read, &one)? != recorded::<M, E>(sql, row, &one)? {
            changed = changed.with(column);
        }
    }
    if sql.key.iter().any(|&column| changed.contains(column)) {
        return Err(Error::new(ErrorKind::Unsupported(
            "`save_changes` of two rows: the row as it was read has another key",
        )));
    }
    Ok(sql.settable(changed.iter()))
}

/// The values of some columns, as bytes.
fn recorded<M: Model, E: Engine>(
    sql: &'static TableSql,
    row: &M::Row<E>,
    columns: &ColumnSet,
) -> Result<Vec<u8>> {
    let write = |params: &mut ParamWriter<'_>| M::write_row(row, params);
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording(&mut values);
    Values::new(sql, writable(sql), &write).write_some(columns, &mut params);
    params.finish_recording()?;
    Ok(values.bytes().to_vec())
}
