//! A connection of its own for migrations: a statement may take as long as it needs, but waits for no lock for long.

use std::sync::Arc;

use super::MigrateOptions;
use crate::databases::Registry;
use crate::databases::status::ServerProduct;
use crate::driver::Physical;
use crate::error::Result;
use crate::link::pool::Pool;
use bindery_core::dialect::Dialect;

pub(super) struct Session {
    pub(super) physical: Physical,
    /// The server, as it described itself when the connection was opened.
    pub(super) server: Option<ServerProduct>,
    pub(super) pool: Arc<Pool>,
}

impl Session {
    pub(super) fn open(
        registry: &Registry,
        engine: usize,
        options: &MigrateOptions,
    ) -> Result<Self> {
        let (mut physical, pool, seen) = registry.connect_for_ddl(engine, options.lock_timeout)?;
        match physical.dialect() {
            // A table is changed there by making another in its place; what refers to it would go with the old one. They are
            // looked at before the migration is committed.
            Dialect::Sqlite => physical.batch("PRAGMA foreign_keys = OFF")?,
            Dialect::Postgres | Dialect::Mysql => {}
        }
        Ok(Self {
            physical,
            server: seen.get(),
            pool,
        })
    }

    /// Others of this process look at the tables anew.
    pub(super) fn forget_tables(&self) {
        if let Some(watch) = self.pool.watch() {
            watch.forget();
        }
    }
}
