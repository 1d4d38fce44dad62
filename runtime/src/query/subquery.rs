//! Queries that no connection runs by themselves: the further ones of a union.

use std::marker::PhantomData;

use super::aggregate::Having;
use super::clauses::Clauses;
use super::column::Marker;
use super::condition::Condition;
use super::order::{OfGroups, Orders};
use super::related::RelatedModel;
use super::select::{Grouped, Groups, IsGrouped, Selection, SelectionWriter, Ungrouped};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;

/// Columns, expressions or aggregates of the rows of model `M` on engine `E`, each row read into `R`: made by [`select`], and run
/// as part of another query ([`Selected::union`](super::Selected::union)).
#[must_use = "it does nothing until another query has it"]
pub struct Subquery<M, E, R, G = Ungrouped> {
    clauses: Clauses,
    marker: Marker<M, E, (R, G)>,
}

impl<M, E, R, G> Clone for Subquery<M, E, R, G> {
    fn clone(&self) -> Self {
        Self::of(self.clauses.clone())
    }
}

impl<M, E, R, G> std::fmt::Debug for Subquery<M, E, R, G> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Subquery").finish_non_exhaustive()
    }
}

/// A selection of the rows of a model, for another query: it needs no connection, as it runs on that of the other one.
///
/// ```
/// # use bindery_cases::library::*;
/// use bindery::query::select;
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut c = db.default()?;
/// # c.books().insert(NewBook::new("Rust"))?;
/// # c.people().insert_many(["Ann", "Rust"].map(NewPerson::new))?;
/// let names = c.books().select(book::title).union(select(person::name).filter(person::name.ne("Bob"))).all()?;
/// assert_eq!(names.len(), 2);
/// # Ok(())
/// # }
/// ```
pub fn select<M, E: Engine, S: Selection<M, E>>(selection: S) -> Subquery<M, E, S::Row> {
    let mut clauses = Clauses::new();
    selection.write(&mut SelectionWriter(&mut clauses));
    Subquery::of(clauses)
}

impl<M, E, R, G> Subquery<M, E, R, G> {
    const fn of(clauses: Clauses) -> Self {
        Self {
            clauses,
            marker: PhantomData,
        }
    }

    /// Of these, the rows that meet this condition, too; before they are grouped.
    pub fn filter(mut self, condition: Condition<M, E>) -> Self {
        self.clauses.filter(condition);
        self
    }

    /// One row for each different value of these, as [`Selected::group_by`](super::Selected::group_by).
    pub fn group_by(mut self, groups: impl Groups<M>) -> Subquery<M, E, R, Grouped> {
        groups.write(&mut SelectionWriter(&mut self.clauses));
        Subquery::of(self.clauses)
    }

    /// Of the groups, those that meet this condition, too.
    pub fn having(mut self, condition: impl Into<Having<M, E>>) -> Self
    where
        G: IsGrouped,
    {
        self.clauses.having(&condition.into().0);
        self
    }

    /// At most this many rows: the first ones in its order.
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }
}

impl<M, E: Engine, R, G> Subquery<M, E, R, G> {
    /// The order that [`limit`](Self::limit) goes by.
    pub fn order_by(mut self, orders: impl Orders<M, E, OfGroups>) -> Self {
        self.clauses.order_by(orders);
        self
    }
}

impl<M: Model, E: Hosts<M>, R, G> Subquery<M, E, R, G> {
    pub(super) fn into_parts(self) -> (RelatedModel, Clauses) {
        (RelatedModel::of::<M, E>(), self.clauses)
    }
}
