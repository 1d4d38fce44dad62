//! Writing one row.

use super::read::read_one;
use super::{Repository, ensure};
use crate::driver::{ParamWriter, Physical};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::lives_on::Hosts;
use crate::model::{ColumnSource, HasKey, Model};
use crate::statements::TableSql;

impl<M: Model, E: Hosts<M>> Repository<'_, M, E> {
    /// Inserts a row and gives it back as stored, with what the database filled in. Nothing comes back from a table without a key.
    ///
    /// # Errors
    /// A constraint is violated, a key in it is of another engine, or the database fails.
    pub fn insert(&mut self, new: M::New<E>) -> Result<M::Inserted<E>> {
        self.run(Operation::Insert, |physical, sql, engine| {
            ensure(M::new_belongs_to(&new, engine))?;
            let row = insert_returning::<M, E>(physical, sql, engine, &new)?;
            M::inserted(row).ok_or_else(|| Error::new(ErrorKind::NotFound))
        })
    }

    /// Sets the given columns of the row with this key; `false` where there is no such row. Nothing given, nothing sent.
    ///
    /// # Errors
    /// A constraint is violated, the key is of another engine, or the database fails.
    pub fn update(&mut self, key: M::Key<E>, changes: M::Changes<E>) -> Result<bool>
    where
        M: HasKey,
    {
        let columns = changes.columns();
        if columns.is_empty() {
            return self.exists(key);
        }
        self.run(Operation::Update, |physical, sql, engine| {
            ensure(M::key_belongs_to(&key, engine) && M::changes_belong_to(&changes, engine))?;
            let text = sql.update_sql(physical.dialect(), &columns);
            let write = &mut |params: &mut ParamWriter<'_>| {
                changes.write(params);
                M::write_key(&key, params);
            };
            physical.execute(&text, write).map(|rows| rows > 0)
        })
    }

    /// Writes every column of a row back by its key; `false` where there is no such row any more.
    ///
    /// # Errors
    /// A constraint is violated, the row is of another engine, or the database fails.
    pub fn save(&mut self, row: &M::Row<E>) -> Result<bool>
    where
        M: HasKey,
    {
        let key = M::key(row);
        self.run(Operation::Save, |physical, sql, engine| {
            ensure(M::key_belongs_to(&key, engine) && M::row_belongs_to(row, engine))?;
            let write = &mut |params: &mut ParamWriter<'_>| {
                M::write_saved(row, params);
                M::write_key(&key, params);
            };
            physical.execute(sql.save, write).map(|rows| rows > 0)
        })
    }

    /// Deletes the row with this key; `false` where there is none.
    ///
    /// # Errors
    /// Something refers to the row, the key is of another engine, or the database fails.
    pub fn delete(&mut self, key: M::Key<E>) -> Result<bool>
    where
        M: HasKey,
    {
        self.run(Operation::Delete, |physical, sql, engine| {
            ensure(M::key_belongs_to(&key, engine))?;
            physical
                .execute(sql.delete, &mut |params| M::write_key(&key, params))
                .map(|rows| rows > 0)
        })
    }

    /// Inserts a row with its key as it is. For `copy_to`.
    ///
    /// # Errors
    /// The key is taken, another constraint is violated, or the database fails.
    #[doc(hidden)]
    pub fn insert_row(&mut self, row: &M::Row<E>) -> Result<()> {
        self.run(Operation::Copy, |physical, sql, engine| {
            ensure(M::row_belongs_to(row, engine))?;
            physical
                .execute(sql.insert_row, &mut |params| M::write_row(row, params))
                .map(|_| ())
        })
    }
}

/// Inserts and reads the stored row back, in one statement where the server can.
fn insert_returning<M: Model, E: Hosts<M>>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    new: &M::New<E>,
) -> Result<Option<M::Row<E>>> {
    let columns = new.columns();
    let built;
    let text = if columns.is_exactly(sql.required) {
        sql.insert
    } else {
        built = sql.insert_sql(physical.dialect(), &columns, 1, true);
        &built
    };
    read_one::<M, E>(physical, engine, text, &mut |params| new.write(params))
}
