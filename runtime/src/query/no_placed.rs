//! In a build without the database whose clusters have rows on several servers: it does not matter where a statement runs.

use super::clauses::Clauses;
use super::related::RelatedModels;
use super::render::Parts;
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
        _: (&[u8], &[u8]),
    ) -> Result<String> {
        Ok(text)
    }

    pub(super) fn ensure_upserted(self, _: &'static TableSql) -> Result<()> {
        Ok(())
    }
}
