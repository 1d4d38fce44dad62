//! In a build without the database whose clusters have rows on several servers: it does not matter where a statement runs.

use super::clauses::Clauses;
use super::condition::Predicate;
use super::related::RelatedModels;
use super::render::Parts;
use crate::driver::shard_scope::Bound;
use crate::driver::{Physical, TableSql};
use crate::error::Result;

#[derive(Debug, Clone, Copy)]
pub(super) struct Placed;

#[expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "as where it matters"
)]
impl Placed {
    pub(super) const fn new(_: &Physical, _: &Clauses) -> Self {
        Self
    }

    pub(super) const fn given(_: &Physical) -> Self {
        Self
    }

    pub(super) const fn code(self) -> u64 {
        0
    }

    pub(super) fn queries<'q>(
        self,
        text: String,
        _: impl IntoIterator<Item = (Parts<'q>, RelatedModels<'q>)>,
    ) -> Result<String> {
        Ok(text)
    }

    pub(super) fn change(
        self,
        text: String,
        _: (&'static TableSql, &RelatedModels<'_>),
        _: (&Predicate, &Predicate),
    ) -> Result<String> {
        Ok(text)
    }

    pub(super) fn ensure_upserted(self, _: &'static TableSql) -> Result<()> {
        Ok(())
    }
}

/// Of an engine that is no cluster no connection is bound.
pub(super) fn ensure_bound<'q>(
    _: &Bound,
    _: impl IntoIterator<Item = (Parts<'q>, RelatedModels<'q>)>,
) -> Result<()> {
    Ok(())
}

/// The same of an update or delete.
pub(super) fn ensure_change_bound(
    _: &Bound,
    _: (&'static TableSql, &RelatedModels<'_>),
    _: (&Predicate, &Predicate),
) -> Result<()> {
    Ok(())
}

/// The same of new rows.
pub(super) fn ensure_inserted_bound(
    _: &Bound,
    _: (&TableSql, &[usize]),
    _: (&TableSql, &Predicate),
) -> Result<()> {
    Ok(())
}

/// The same of what a row is set to.
pub(super) fn ensure_upsert_bound(_: Option<&Bound>, _: &Predicate) -> Result<()> {
    Ok(())
}
