//! Where a statement runs on a Citus cluster, whose servers each have some rows of a sharded table: on one of them, on those of the values of a
//! list, or on all; and what the cluster refuses.
//!
//! It is worked out once for each text, when that is built, from the shapes that the text is written from. The rules are those that the compiler has
//! for SQL of files (`schema/src/typing/cluster`), which are held against a cluster there, as these are in `runtime/tests/main/citus.rs`. A table
//! that the rules know nothing of, one within a text of the program's own, is on the coordinator.

mod flow;
mod refused;
mod scope;
mod survey;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

pub(super) use self::scope::{
    ensure_bound, ensure_change_bound, ensure_inserted_bound, ensure_upsert_bound,
};
use self::survey::Survey;
use super::clauses::Clauses;
use super::condition::Predicate;
use super::related::RelatedModels;
use super::render::Parts;
use crate::driver::{Physical, Placement, TableSql};
use crate::error::Result;

/// Whether it matters where statements run, and whether all shards are meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    has_shards: bool,
    is_meant: bool,
}

impl Placed {
    /// For a statement with these clauses.
    #[inline]
    pub(super) fn new(physical: &Physical, clauses: &Clauses) -> Self {
        Self {
            has_shards: physical.has_shards(),
            is_meant: clauses.all_shards || clauses.all_rows,
        }
    }

    /// For a statement that writes the rows that are given to it.
    pub(super) fn given(physical: &Physical) -> Self {
        Self {
            has_shards: physical.has_shards(),
            is_meant: false,
        }
    }

    /// A part of the key of a text: one that was looked at, or need not be, is not looked at again.
    #[inline]
    pub(super) fn code(self) -> u64 {
        match self.has_shards {
            true => 1 | u64::from(self.is_meant) << 1,
            false => 0,
        }
    }

    /// Looks at a query, or at the parts of one, each with the models of its subqueries; then returns its text.
    ///
    /// # Errors
    /// The cluster refuses it.
    pub(super) fn queries<'q>(
        self,
        text: String,
        parts: impl IntoIterator<Item = (Parts<'q>, RelatedModels<'q>)>,
    ) -> Result<String> {
        if !self.has_shards {
            return Ok(text);
        }
        let mut survey = Survey::default();
        let mut has_lock = false;
        for (parts, related) in parts {
            has_lock |= parts.extras.is_some_and(|extras| extras.lock.is_some());
            survey.query(&parts, &related)?;
        }
        survey.flow.close();
        survey.ensure_found()?;
        if has_lock {
            survey.ensure_lockable()?;
        }
        self.found(&survey, &text);
        Ok(text)
    }

    /// The same of an update or delete.
    pub(super) fn change(
        self,
        text: String,
        (table, related): (&'static TableSql, &RelatedModels<'_>),
        (set, condition): (&Predicate, &Predicate),
    ) -> Result<String> {
        if !self.has_shards {
            return Ok(text);
        }
        let mut survey = Survey::default();
        survey.change(table, (set, condition), related)?;
        survey.flow.close();
        survey.ensure_keeps_key()?;
        survey.ensure_found()?;
        self.found(&survey, &text);
        Ok(text)
    }

    /// Refuses an upsert that sets the time of the last change.
    pub(super) fn ensure_upserted(self, table: &'static TableSql) -> Result<()> {
        let is_spread = self.has_shards && table.placement != Placement::Coordinator;
        match table.time_set().filter(|_| is_spread) {
            Some(column) => Err(refused::time_in_upsert(table, column)),
            None => Ok(()),
        }
    }

    /// Warns of a text that needs all shards, once in a process.
    fn found(self, survey: &Survey, text: &str) {
        static WARNED: Mutex<Option<HashSet<u64>>> = Mutex::new(None);
        let Some(open) = survey.flow.open().filter(|_| !self.is_meant) else {
            return;
        };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
        let warned = warned.get_or_insert_default();
        // A program may make texts without end.
        if warned.len() < MOST_WARNED && warned.insert(hasher.finish()) {
            survey.warn(open);
        }
    }
}

/// The most texts that are warned of.
const MOST_WARNED: usize = 10_000;

impl Survey {
    /// A query, after those that it has under names.
    fn query(&mut self, parts: &Parts<'_>, related: &RelatedModels<'_>) -> Result<()> {
        let shared = parts.extras.map_or(&[][..], |extras| extras.with.all());
        for shared in shared {
            let (model, clauses) = shared.parts();
            let Some(table) = model.table(related.engine) else {
                continue;
            };
            let (parts, of) = clauses.as_part(table, related.engine);
            self.select(&parts, &of)?;
        }
        self.select(parts, related)
    }
}
