//! Queries within a condition, of any model of the engine: `post::author_id.in_query(user::id.select())`.

use std::marker::PhantomData;

use super::aggregate::{Aggregate, Extreme, count};
use super::clauses::{Clauses, NO_LIMIT};
use super::column::Column;
use super::computed_on::{ComputedOn, On};
use super::condition::{Condition, Predicate};
use super::expression::{Expr, Term};
use super::nullability::{NotNull, Nullability, Nullable};
use super::number::Number;
use super::operand::RowEngine;
use super::order::{OfWindow, Orders};
use super::related::RelatedRows;
use super::shape::op;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::key::Key;
use crate::model::lives_on::Hosts;

/// The values of a column in the rows of its model on engine `E`, as a query within another: made by [`Column::select`].
#[must_use = "it does nothing until a condition has it"]
pub struct Subselect<U, T, K, E> {
    of: Column<U, T, K>,
    clauses: Clauses,
    marker: PhantomData<fn() -> E>,
}

/// Values of a query on engine `E` that a column of `T` is searched in: of the same type, or keys of the engine where a model on
/// several engines has those of any.
#[diagnostic::on_unimplemented(
    message = "a column of `{T}` is not one of a query's `{Self}`",
    label = "expected a query of `{T}`",
    note = "one under a name whose values may be NULL is searched by `.in_shared(shared.values())`"
)]
pub trait InQuery<T, E: Engine> {}

impl<T, E: Engine> InQuery<T, E> for T {}
impl<M, V, E: Engine> InQuery<Key<M, RowEngine, V>, E> for Key<M, E, V> {}
impl<M, V, E: Engine> InQuery<Key<M, E, V>, E> for Key<M, RowEngine, V> {}

impl<U, T, K, E> Clone for Subselect<U, T, K, E> {
    fn clone(&self) -> Self {
        Self {
            of: self.of,
            clauses: self.clauses.clone(),
            marker: PhantomData,
        }
    }
}

impl<U, T, K, E> std::fmt::Debug for Subselect<U, T, K, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Subselect").finish_non_exhaustive()
    }
}

impl<M, T, K: Nullability> Column<M, T, K> {
    /// The values of this column as a query within another, for [`in_query`](Self::in_query) or to compare with one value of
    /// all its rows. It needs no connection: it runs as part of the query that has it.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let rust = c.books().insert(NewBook::new("Rust"))?;
    /// # c.reviews().insert_many([5, 1].map(|stars| NewReview::new(rust.id, stars)))?;
    /// let best = review::stars.eq(review::stars.select().max());
    /// assert_eq!(c.reviews().filter(best).one()?.stars, 5);
    /// let praised = review::book_id.select().filter(review::stars.ge(4));
    /// assert_eq!(c.books().filter(book::id.in_query(praised)).one()?, rust);
    /// # Ok(())
    /// # }
    /// ```
    pub fn select<E: Hosts<M>>(self) -> Subselect<M, T, K, E>
    where
        M: Model,
    {
        Subselect {
            of: self,
            clauses: Clauses::new(),
            marker: PhantomData,
        }
    }

    /// The column equals one of the values that the query gives.
    ///
    /// As SQL has it, the opposite of this holds for no row where one of those values is NULL: leave them out by a filter.
    pub fn in_query<E: Hosts<U>, U: Model, V: InQuery<T, E>, L: Nullability>(
        self,
        query: Subselect<U, V, L, E>,
    ) -> Condition<M, E> {
        self.term().in_query(query)
    }
}

impl<M, T, K: Nullability, R> Expr<M, T, K, R> {
    /// It equals one of the values that the query gives, as [`Column::in_query`].
    pub fn in_query<E: Hosts<U>, U: Model, V: InQuery<T, E>, L: Nullability>(
        mut self,
        query: Subselect<U, V, L, E>,
    ) -> Condition<M, E>
    where
        R: ComputedOn<E>,
    {
        self.predicate.append(&query.into_rows());
        self.condition(op::IN_ROWS)
    }
}

impl<U: Model, T, K: Nullability, E: Hosts<U>> Subselect<U, T, K, E> {
    /// Of these, the rows that meet this condition, too.
    pub fn filter(mut self, condition: Condition<U, E>) -> Self {
        self.clauses.filter(condition);
        self
    }

    /// The order that [`limit`](Self::limit) goes by; then the key.
    pub fn order_by(mut self, orders: impl Orders<U, E, OfWindow>) -> Self {
        self.clauses.order_by(orders);
        self
    }

    /// At most this many rows, the first ones in its order: for [`in_query`](Column::in_query). A value of limited rows, as
    /// [`max`](Self::max), is [`Unsupported`](crate::ErrorKind::Unsupported) when it is executed.
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }

    /// The values of the column, as a list.
    fn into_rows(self) -> Predicate {
        let all = RelatedRows::all::<U, E>(self.clauses.filters());
        let mut rows = self.of.term().predicate.of_rows(all);
        if self.clauses.limit != NO_LIMIT {
            self.clauses.first_of(&mut rows);
        }
        rows
    }

    /// The number of rows.
    pub fn count<M>(self) -> Expr<M, u64, NotNull, On<E>> {
        self.aggregate(count::<U>())
    }

    /// The sum of the column; NULL of no values.
    pub fn sum<M>(self) -> Expr<M, T::Sum, Nullable, On<E>>
    where
        T: Number,
    {
        let sum = self.of.sum();
        self.aggregate(sum)
    }

    /// The mean of the column as a float; NULL of no values.
    pub fn avg<M>(self) -> Expr<M, f64, Nullable, On<E>>
    where
        T: Number,
    {
        let mean = self.of.avg();
        self.aggregate(mean)
    }

    /// The least value of the column; NULL of no values.
    pub fn min<M>(self) -> Expr<M, T, Nullable, On<E>>
    where
        T: Extreme,
    {
        let least = self.of.min();
        self.aggregate(least)
    }

    /// The greatest value of the column; NULL of no values.
    pub fn max<M>(self) -> Expr<M, T, Nullable, On<E>>
    where
        T: Extreme,
    {
        let greatest = self.of.max();
        self.aggregate(greatest)
    }

    fn aggregate<M, V, L, R>(self, of: Aggregate<U, V, L, R>) -> Expr<M, V, L, On<E>> {
        self.value(Expr::<U, V, L, R>::new(of.predicate, false))
    }

    /// A value of the rows, for a query of another model.
    fn value<M, V, L, R>(self, of: Expr<U, V, L, R>) -> Expr<M, V, L, On<E>> {
        let rows = RelatedRows::all::<U, E>(self.clauses.into_condition());
        Expr::new(of.predicate.of_rows(rows), false)
    }
}
