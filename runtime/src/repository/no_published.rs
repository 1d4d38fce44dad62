//! Without the feature `messages` no model is published, and a write has no events.

#![allow(
    clippy::extra_unused_type_parameters,
    clippy::unnecessary_wraps,
    reason = "called as with the feature"
)]

use super::Repository;
use super::insert::inserted;
use crate::driver::{Physical, TableSql};
use crate::error::{Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};

pub(crate) const fn is_published<M: Model>() -> bool {
    false
}

pub(crate) fn publishes<M: Model, E: Engine>(_: E) -> bool {
    false
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    #[track_caller]
    pub(super) fn run_on_keys<T>(
        &mut self,
        operation: Operation,
        _: &[M::Key<E>],
        work: impl FnOnce(&mut Link, &'static TableSql, E) -> Result<T>,
    ) -> Result<T>
    where
        M: HasKey,
    {
        self.run_on_link(operation, work)
    }

    #[track_caller]
    pub(super) fn run_insert(
        &mut self,
        operation: Operation,
        work: impl FnOnce(&mut Physical, &'static TableSql, E) -> Result<Option<M::Row<E>>>,
    ) -> Result<M::Inserted<E>> {
        self.run(operation, |physical, sql, engine| {
            inserted::<M, E>(work(physical, sql, engine))
        })
    }

    /// The rows are looked for where they are published.
    #[track_caller]
    pub(crate) fn run_on_found<T>(
        &mut self,
        operation: Operation,
        _: impl Fn(&mut Physical, &'static TableSql, E) -> Result<Vec<M::Row<E>>>,
        work: impl Fn(&mut Physical, &'static TableSql, E) -> Result<u64>,
        done: impl FnOnce(u64, Vec<M::Row<E>>, Vec<M::Row<E>>) -> T,
    ) -> Result<T> {
        let changed = self.run(operation, work)?;
        Ok(done(changed, Vec::new(), Vec::new()))
    }
}

pub(super) fn on_keys<M: HasKey, E: Engine, T>(
    physical: &mut Physical,
    _: (&'static TableSql, E),
    _: impl FnOnce() -> Vec<M::Key<E>>,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    work(physical)
}

pub(super) fn on_unique<M: Model, E: Engine, N, T>(
    link: &mut Link,
    _: (&'static TableSql, &[usize]),
    _: E,
    _: &[N],
    work: impl FnOnce(&mut Link) -> Result<T>,
) -> Result<T> {
    work(link)
}

pub(crate) fn record<'r, M: Model, E: Engine>(
    _: &mut Physical,
    _: E,
    _: impl IntoIterator<Item = &'r M::Row<E>>,
    _: impl IntoIterator<Item = &'r M::Row<E>>,
) -> Result<()>
where
    M::Row<E>: 'r,
{
    Ok(())
}
