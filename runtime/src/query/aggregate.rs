//! Values that are computed of many rows.

use std::marker::PhantomData;

use super::clauses::Clauses;
use super::column::{Column, Marker};
use super::comparable::Comparable;
use super::comparisons::comparisons;
use super::computed_on::{Anywhere, ComputedOn};
use super::condition::{Condition, Predicate};
use super::expression::{Everywhere, Expr, Term};
use super::nullability::{NotNull, Nullability, Nullable};
use super::number::Number;
use super::operand::{IsText, Writing};
use super::order::{ExpressionOrder, OfGroups, OfWindow, OrderWriting, Orders};
use super::shape::op;
use crate::link::engine::Engine;
use crate::model::key::Key;
use crate::value::types::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use bindery_core::dialect::Function;

/// A value of all rows, or of those of each group: `post::stars.sum()`, `count()`. It can be selected, ordered by, and
/// compared in `having`.
#[must_use = "an aggregate does nothing until a query has it"]
pub struct Aggregate<M, T, K = NotNull, R = Anywhere> {
    pub(crate) predicate: Predicate,
    marker: Marker<M, T, (K, R)>,
}

impl<M, T, K, R> Clone for Aggregate<M, T, K, R> {
    fn clone(&self) -> Self {
        Self::new(self.predicate.clone())
    }
}

impl<M, T, K, R> std::fmt::Debug for Aggregate<M, T, K, R> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Aggregate").finish_non_exhaustive()
    }
}

/// Types with a least and a greatest value on every database.
#[diagnostic::on_unimplemented(
    message = "there is no least or greatest `{Self}` on every database",
    label = "expected numbers, texts, dates or keys"
)]
pub trait Extreme {}

macro_rules! extremes {
    ($($value:ty),+) => {$(impl Extreme for $value {})+};
}

extremes!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String);
extremes!(NaiveDate, NaiveDateTime, NaiveTime, DateTime<Utc>);
extremes!(crate::value::types::BigDecimal);

impl<M, E, T: Extreme> Extreme for Key<M, E, T> {}

/// The number of rows, or of those of each group.
pub fn count<M>() -> Aggregate<M, u64> {
    let mut predicate = Predicate::new();
    predicate.shape.fixed([op::CALL, Function::CountRows as u8]);
    Aggregate::new(predicate)
}

macro_rules! aggregates {
    ($of:ty $(, $where:ident)?; $on:ty) => {
impl<M, T, K: Nullability $(, $where)?> $of {
    /// The sum; `None` of no values. A sum of integers that is beyond its type is an error, on every database.
    pub fn sum(self) -> Aggregate<M, T::Sum, Nullable, $on>
    where
        T: Number,
    {
        Aggregate::of(self.term(), T::CLASS.sum())
    }

    /// The mean as a float; `None` of no values.
    pub fn avg(self) -> Aggregate<M, f64, Nullable, $on>
    where
        T: Number,
    {
        Aggregate::of(self.term(), T::CLASS.average())
    }

    /// The least value; `None` of no values.
    pub fn min(self) -> Aggregate<M, T, Nullable, $on>
    where
        T: Extreme,
    {
        Aggregate::of(self.term(), Function::Min)
    }

    /// The greatest value; `None` of no values.
    pub fn max(self) -> Aggregate<M, T, Nullable, $on>
    where
        T: Extreme,
    {
        Aggregate::of(self.term(), Function::Max)
    }

    /// The number of rows that have a value.
    pub fn count(self) -> Aggregate<M, u64, NotNull, $on> {
        Aggregate::of(self.term(), Function::Count)
    }

    /// The number of different values.
    pub fn count_distinct(self) -> Aggregate<M, u64, NotNull, $on> {
        Aggregate::of(self.term(), Function::CountDistinct)
    }

    /// The texts in this order, and by the key after it, with a separator between them; `None` of no values.
    ///
    /// SQLite has such an order from 3.44 on.
    pub fn string_agg(self, separator: &str, order: impl Orders<M, Everywhere, OfWindow>) -> Aggregate<M, String, Nullable, $on>
    where
        T: IsText,
    {
        Aggregate::of_texts(self.term(), separator, order)
    }
}
    };
}

aggregates! { Column<M, T, K>; Anywhere }
aggregates! { Expr<M, T, K, R>, R; R }

comparisons!(Aggregate<M, T, K, R> gives Having, where R);

impl<M, T, K, R> Aggregate<M, T, K, R> {
    const fn new(predicate: Predicate) -> Self {
        Self {
            predicate,
            marker: PhantomData,
        }
    }

    pub(crate) fn of_texts<U, L>(
        texts: Expr<M, U, L, R>,
        separator: &str,
        order: impl Orders<M, Everywhere, OfWindow>,
    ) -> Self {
        let mut predicate = texts.predicate;
        let shape = &mut predicate.shape;
        shape.push(op::STRING_AGG);
        shape.fixed((separator.len() as u32).to_le_bytes());
        shape.extend(separator.as_bytes());
        let mut ordered = Clauses::new();
        order.write(&mut OrderWriting(&mut ordered));
        ordered.order_within(&mut predicate);
        Self::new(predicate)
    }

    pub(crate) fn of<U, L>(term: Expr<M, U, L, R>, function: Function) -> Self {
        Self::new(term.call::<T, K>(function).predicate)
    }

    fn compare<E: Engine, O: Comparable<M, T, E, On: ComputedOn<E>>>(
        mut self,
        code: u8,
        value: O,
    ) -> Having<M, E>
    where
        R: ComputedOn<E>,
    {
        self.predicate.call(O::AS);
        value.write(&mut Writing::typed(&mut self.predicate, false));
        self.predicate.shape.push(code);
        Having(Condition::new(self.predicate))
    }
}

impl<M, T, K: Nullability, R> Aggregate<M, T, K, R> {
    /// Orders groups by it, least first.
    pub fn asc(self) -> ExpressionOrder<M, OfGroups, R> {
        ExpressionOrder::new(self.predicate, false, K::NULLABLE)
    }

    /// Orders groups by it, greatest first.
    pub fn desc(self) -> ExpressionOrder<M, OfGroups, R> {
        ExpressionOrder::new(self.predicate, true, K::NULLABLE)
    }
}

/// A condition on groups: `count().gt(1)`.
#[must_use = "a condition does nothing until a query has it"]
pub struct Having<M, E>(pub(crate) Condition<M, E>);

impl<M, E> Having<M, E> {
    /// Both conditions hold.
    pub fn and(self, other: impl Into<Self>) -> Self {
        Self(self.0.and(other.into().0))
    }

    /// At least one of them holds.
    pub fn or(self, other: impl Into<Self>) -> Self {
        Self(self.0.or(other.into().0))
    }
}

impl<M, E> std::ops::Not for Having<M, E> {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// A condition on what the groups are by.
impl<M, E> From<Condition<M, E>> for Having<M, E> {
    fn from(condition: Condition<M, E>) -> Self {
        Self(condition)
    }
}

impl<M, E> Clone for Having<M, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M, E> std::fmt::Debug for Having<M, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Having").finish_non_exhaustive()
    }
}
