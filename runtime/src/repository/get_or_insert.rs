//! The row that has a unique key, or a new one: whichever of several callers inserts it, all get the same.

use std::ops::ControlFlow;

use super::insert::{inserted, is_unique_violation, read_returned};
use super::published::on_unique;
use super::read::read_one;
use super::upsert::{UniqueColumns, Upsert};
use super::{Repository, ensure_new};
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::{Dialect, RowLock};

/// A failed insert of MySQL has left a shared lock on the row. Several callers have it: none of them could get one of its own.
const AS_IT_IS_NOW: RowLock = RowLock {
    is_shared: true,
    skips_locked: false,
    fails_if_locked: false,
};

/// Others may insert the row and delete it again between two statements.
const ATTEMPTS: usize = 16;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// The row with the same key as `new`, as it is; where there is none, `new` is inserted. Callers that do so at the same
    /// time get one row, and none gets an error.
    ///
    /// # Errors
    /// `new` leaves out the key, which the database generates otherwise, another constraint is violated, a key in it is of
    /// another engine, or the database fails. Where others insert and delete the row all the time, [`ErrorKind::Conflict`], on MySQL
    /// and MariaDB [`ErrorKind::UniqueViolation`]. There [`ErrorKind::Conflict`] is also of callers of one row of a model with `@publish`,
    /// whose place is locked before.
    #[track_caller]
    pub fn get_or_insert(&mut self, new: M::New<E>) -> Result<M::Inserted<E>>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        self.get_or_insert_at(|sql| &sql.key, new)
    }

    /// The same by the unique key of this number. For `get_or_insert_by_…` of generated code.
    ///
    /// # Errors
    /// As of [`get_or_insert`](Self::get_or_insert).
    #[doc(hidden)]
    #[track_caller]
    pub fn get_or_insert_by(&mut self, unique: usize, new: M::New<E>) -> Result<M::Inserted<E>>
    where
        M: Writable,
        Self: CanWrite,
    {
        self.get_or_insert_at(|sql| &sql.uniques[unique].columns, new)
    }

    #[track_caller]
    fn get_or_insert_at(
        &mut self,
        unique: impl FnOnce(&'static TableSql) -> UniqueColumns,
        new: M::New<E>,
    ) -> Result<M::Inserted<E>> {
        self.run_on_link(Operation::Insert, |link, sql, engine| {
            ensure_new::<M, E>(link.bound(), sql, &new, engine)?;
            let write = |params: &mut ParamWriter<'_>| new.write(params);
            let upsert = Upsert::new(sql, unique(sql), &new, &write)?;
            let unique = (sql, *upsert.unique);
            let row = on_unique::<M, E, _, _>(link, unique, engine, &[&new], |link| {
                upsert.found_or_inserted::<M, E>(link, engine)
            });
            inserted::<M, E>(row)
        })
    }
}

impl Upsert<'_> {
    fn found_or_inserted<M: Model, E: Engine>(
        &self,
        link: &mut Link,
        engine: E,
    ) -> Result<Option<M::Row<E>>> {
        let mut taken = None;
        for attempt in 0..ATTEMPTS {
            let found = self.there::<M, E>(link.ready()?, engine, attempt > 0)?;
            if found.is_some() {
                return Ok(found);
            }
            match self.insert_unless_there::<M, E>(link, engine) {
                Ok(ControlFlow::Break(row)) => return Ok(row),
                Ok(ControlFlow::Continue(())) => {}
                // Another caller's row, which is there now; the second time another key is in the way.
                Err(error) if is_unique_violation(&error) && taken.is_none() => taken = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(taken.unwrap_or_else(|| Error::new(ErrorKind::Conflict)))
    }

    /// The row that has the unique key. A transaction of MySQL reads what was there when it began, unless it locks.
    fn there<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
        as_it_is_now: bool,
    ) -> Result<Option<M::Row<E>>> {
        let unique: ColumnSet = self.unique.iter().copied().collect();
        let mut select = self.sql.select_sql(physical.dialect(), unique.iter());
        match physical.dialect() {
            Dialect::Mysql if as_it_is_now => {
                select += Dialect::Mysql.row_lock(AS_IT_IS_NOW).unwrap_or_default()
            }
            Dialect::Mysql | Dialect::Sqlite | Dialect::Postgres => {}
        }
        read_one::<M, E>(physical, engine, &select, &mut |params| {
            self.values.write_some(&unique, params);
        })
    }

    /// Inserts the row, and goes on where another has the unique key.
    #[track_caller]
    fn insert_unless_there<M: Model, E: Engine>(
        &self,
        link: &mut Link,
        engine: E,
    ) -> Result<ControlFlow<Option<M::Row<E>>>> {
        let is_inner = link.depth() > 0;
        match link.ready()?.dialect() {
            Dialect::Mysql => self
                .insert_alone::<M, E>(link, engine)
                .map(ControlFlow::Break),
            // An error, also one of an index that is not among the keys, would end the transaction around it.
            Dialect::Postgres if is_inner => {
                link.atomically(|link| self.do_nothing::<M, E>(link.ready()?, engine))
            }
            Dialect::Postgres | Dialect::Sqlite => self.do_nothing::<M, E>(link.ready()?, engine),
        }
    }

    fn do_nothing<M: Model, E: Engine>(
        &self,
        physical: &mut Physical,
        engine: E,
    ) -> Result<ControlFlow<Option<M::Row<E>>>> {
        let text = self.insert_or_nothing_sql(physical.dialect());
        let row = read_returned::<M, E>(physical, engine, &text, &mut |params| {
            self.values.write(params)
        })?;
        Ok(row.map_or(ControlFlow::Continue(()), |row| {
            ControlFlow::Break(Some(row))
        }))
    }
}
