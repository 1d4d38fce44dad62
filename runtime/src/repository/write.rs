//! Changing and deleting one row by its key.

use super::read::{exists, write_key};
use super::{Repository, ensure_key, ensure_patch, ensure_row};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::ColumnSet;
use crate::value::ParamWriter;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Sets the given columns of the row with this key; `false` where there is no such row. Nothing given, nothing sent.
    /// A version counts on, whichever it was, and a time of the last change is set to now.
    ///
    /// # Errors
    /// A constraint is violated, the key is of another engine, or the database fails.
    #[track_caller]
    pub fn update(&mut self, key: M::Key<E>, patch: M::Patch<E>) -> Result<bool>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let columns = patch.columns();
        if columns.is_empty() {
            self.stay_on_primary();
            return self.exists(key);
        }
        let keys = std::slice::from_ref(&key);
        self.run_on_keys(Operation::Update, keys, |link, sql, engine| {
            let physical = link.ready()?;
            ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
            ensure_patch::<M, E>(&patch, engine)?;
            let text = sql.update_text(physical.dialect(), &columns);
            let write = &mut |params: &mut ParamWriter<'_>| {
                write_given(sql, &columns, &patch, params);
                write_key::<M, E>(sql, &key, params);
            };
            physical.execute(&text, write).map(|rows| rows > 0)
        })
    }

    /// Writes every column of a row back by its key; `false` where there is no such row any more.
    ///
    /// Where the table has a version, the row is written only if it has not been updated since it was read. The row in
    /// hand keeps the version it was read with: read it again to save it once more.
    ///
    /// # Errors
    /// [`ErrorKind::StaleVersion`] where the row was updated by another caller. A constraint is violated, the row is of
    /// another engine, or the database fails.
    #[track_caller]
    pub fn save(&mut self, row: &M::Row<E>) -> Result<bool>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let key = M::key(row);
        let keys = std::slice::from_ref(&key);
        self.run_on_keys(Operation::Save, keys, |link, sql, engine| {
            let physical = link.ready()?;
            ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
            ensure_row::<M, E>(physical.bound(), sql, row, engine)?;
            if sql.save.is_empty() {
                return exists::<M, E>(physical, sql, &key);
            }
            let write = &mut |params: &mut ParamWriter<'_>| {
                write_saved::<M, E>(sql, (&key, row), params);
            };
            let is_saved = physical.execute(sql.save, write)? > 0;
            if !is_saved && sql.version.is_some() && exists::<M, E>(physical, sql, &key)? {
                return Err(Error::new(ErrorKind::StaleVersion));
            }
            Ok(is_saved)
        })
    }

    /// Deletes the row with this key; `false` where there is none.
    ///
    /// # Errors
    /// Something refers to the row, the key is of another engine, or the database fails.
    #[track_caller]
    pub fn delete(&mut self, key: M::Key<E>) -> Result<bool>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let keys = std::slice::from_ref(&key);
        self.run_on_keys(Operation::Delete, keys, |link, sql, engine| {
            let physical = link.ready()?;
            ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
            physical
                .execute(sql.delete, &mut |params| {
                    write_key::<M, E>(sql, &key, params)
                })
                .map(|rows| rows > 0)
        })
    }
}

/// Writes the columns that are given; the error of one that is refused names its column.
pub(super) fn write_given(
    sql: &TableSql,
    columns: &ColumnSet,
    given: &impl ColumnSource,
    params: &mut ParamWriter<'_>,
) {
    params.of_columns(sql.names(), columns.iter(), |params| given.write(params));
}

/// Writes a whole row, as an insert of all its columns wants it.
pub(super) fn write_row<M: Model, E: Engine>(
    sql: &TableSql,
    row: &M::Row<E>,
    params: &mut ParamWriter<'_>,
) {
    let columns = sql.writable.iter().copied();
    params.of_columns(sql.names(), columns, |params| M::write_row(row, params));
}

/// Writes what `save` sets, and what it goes by.
pub(super) fn write_saved<M: HasKey, E: Engine>(
    sql: &TableSql,
    (key, row): (&M::Key<E>, &M::Row<E>),
    params: &mut ParamWriter<'_>,
) {
    let set = |column: &usize| !sql.key.contains(column) && !sql.touched.contains(column);
    let columns = sql.writable.iter().copied().filter(set);
    let by = sql.key.iter().copied().chain(sql.version);
    params.of_columns(sql.names(), columns.chain(by), |params| {
        M::write_saved(row, params);
        M::write_key(key, params);
        M::write_version(row, params);
    });
}
