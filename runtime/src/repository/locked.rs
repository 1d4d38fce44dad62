//! Reading a row that is to be moved.

use super::read::{read_one, write_key};
use super::{Repository, ensure_key};
use crate::error::{Operation, Result};
use crate::link::engine::Engine;
use crate::model::HasKey;
use bindery_core::dialect::Dialect;

impl<M: HasKey, E: Engine> Repository<'_, M, E> {
    /// The row with this key as it is now; no other transaction changes it before the end of this one. SQLite locks the whole file
    /// with the first write, and refuses that where another transaction has written since.
    #[track_caller]
    pub(crate) fn find_locked(&mut self, key: M::Key<E>) -> Result<Option<M::Row<E>>> {
        self.run(Operation::Find, |physical, sql, engine| {
            ensure_key::<M, E>(physical.bound(), sql, &key, engine)?;
            let text = match physical.dialect() {
                Dialect::Sqlite => sql.find.to_owned(),
                Dialect::Postgres | Dialect::Mysql => format!("{} FOR UPDATE", sql.find),
            };
            read_one::<M, E>(physical, engine, &text, &mut |params| {
                write_key::<M, E>(sql, &key, params);
            })
        })
    }
}
