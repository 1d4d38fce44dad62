//! Expressions over columns, computed by the database.

use std::marker::PhantomData;

use super::column::{Column, Marker, in_list, searched};
use super::comparable::Comparable;
use super::comparisons::comparisons;
use super::computed_on::{Anywhere, ComputedOn};
use super::condition::{Condition, Predicate};
use super::nullability::{MayBeNull, NotNull, Nullability};
use super::operand::{IsText, Operand, Writing};
use super::order::{ExpressionOrder, OfRows};
use super::shape::op;
use crate::link::dialect::Every;
use crate::link::engine::Engine;
use crate::value::text_search::pattern_around;
use bindery_core::dialect::{Dialect, Function, TextSearch};

/// A value that the database computes for each row of model `M`: `post::title.lower()`, `post::stars + 1`.
///
/// It can be compared, selected, ordered and grouped by, and columns can be set to it. `K` says whether it may be NULL.
///
/// `R` says which engines it is computed on: [`Anywhere`], or [`On`](super::On) one, where it has values of other tables.
#[must_use = "an expression does nothing until a query has it"]
pub struct Expr<M, T, K = NotNull, R = Anywhere> {
    pub(crate) predicate: Predicate,
    pub(crate) is_binary: bool,
    marker: Marker<M, T, (K, R)>,
}

impl<M, T, K, R> Clone for Expr<M, T, K, R> {
    fn clone(&self) -> Self {
        Self::new(self.predicate.clone(), self.is_binary)
    }
}

impl<M, T, K, R> std::fmt::Debug for Expr<M, T, K, R> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Expr").finish_non_exhaustive()
    }
}

/// In place of an engine: what does not depend on one. It has no value, so there is no key of it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Everywhere {}

impl Engine for Everywhere {
    type Dialect = Every;

    fn index(self) -> usize {
        match self {}
    }

    fn name(self) -> &'static str {
        match self {}
    }

    fn dialect(self) -> Dialect {
        match self {}
    }
}

/// A column or an expression of model `M`.
#[diagnostic::on_unimplemented(
    message = "this is not a column or expression of `{M}`",
    label = "expected one of the model that is queried",
    note = "several are a tuple: `(post::title, post::stars)`"
)]
pub trait Term<M> {
    /// The type of its values.
    type Value;
    /// Whether it may be NULL.
    type Nullability: Nullability;
    /// The engines that it is computed on.
    type On;
    #[doc(hidden)]
    fn term(self) -> Expr<M, Self::Value, Self::Nullability, Self::On>;
}

impl<M, T, K: Nullability> Term<M> for Column<M, T, K> {
    type Value = T;
    type Nullability = K;
    type On = Anywhere;

    fn term(self) -> Expr<M, T, K> {
        Expr::new(Predicate::column(self.path), self.path.is_binary())
    }
}

impl<M, T, K: Nullability, R> Term<M> for Expr<M, T, K, R> {
    type Value = T;
    type Nullability = K;
    type On = R;

    fn term(self) -> Self {
        self
    }
}

comparisons!(Expr<M, T, K, R> gives Condition, where R);

impl<M, T, K, R> Expr<M, T, K, R> {
    pub(crate) const fn new(predicate: Predicate, is_binary: bool) -> Self {
        Self {
            predicate,
            is_binary,
            marker: PhantomData,
        }
    }

    /// The same, of which another type says which engines it is computed on.
    pub(crate) fn on<S>(self) -> Expr<M, T, K, S> {
        Expr::new(self.predicate, self.is_binary)
    }

    /// A function of it.
    pub(crate) fn call<U, L>(mut self, function: Function) -> Expr<M, U, L, R> {
        self.predicate.shape.fixed([op::CALL, function as u8]);
        Expr::new(self.predicate, false)
    }

    /// A function of it and another.
    pub(crate) fn with<U, L, A>(
        mut self,
        other: impl Operand<M, A, Everywhere>,
        function: Function,
    ) -> Expr<M, U, L, R> {
        other.write(&mut Writing::typed(&mut self.predicate, self.is_binary));
        self.call(function)
    }

    fn compare<E: Engine, O: Comparable<M, T, E, On: ComputedOn<E>>>(
        mut self,
        code: u8,
        value: O,
    ) -> Condition<M, E>
    where
        R: ComputedOn<E>,
    {
        self.predicate.call(O::AS);
        value.write(&mut Writing::typed(&mut self.predicate, self.is_binary));
        self.condition(code)
    }

    pub(crate) fn condition<E>(mut self, code: u8) -> Condition<M, E> {
        self.predicate.shape.push(code);
        Condition::new(self.predicate)
    }

    /// It is within these bounds, both included.
    pub fn between<E: Engine>(
        mut self,
        low: impl Operand<M, T, E, On: ComputedOn<E>>,
        high: impl Operand<M, T, E, On: ComputedOn<E>>,
    ) -> Condition<M, E>
    where
        R: ComputedOn<E>,
    {
        low.write(&mut Writing::typed(&mut self.predicate, self.is_binary));
        high.write(&mut Writing::typed(&mut self.predicate, self.is_binary));
        self.condition(op::BETWEEN)
    }

    /// It equals one of these values; no row meets an empty list.
    pub fn in_list<E: Engine, I>(self, values: I) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        I: IntoIterator,
        I::Item: Operand<M, T, E>,
    {
        let mut items = Predicate::new();
        let mut count = 0_u64;
        for value in values {
            let before = items.shape.bytes().len();
            value.write(&mut Writing::typed(&mut items, self.is_binary));
            items.ensure_value(before);
            count += 1;
        }
        Condition::new(in_list(self.predicate, count, items))
    }

    /// It is NULL.
    pub fn is_null<E: Engine>(self) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        K: MayBeNull,
    {
        self.condition(op::IS_NULL)
    }

    /// It has a value.
    pub fn is_not_null<E: Engine>(self) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        K: MayBeNull,
    {
        self.condition(op::IS_NOT_NULL)
    }

    /// The text matches the pattern, by case, as [`Column::like`] does.
    pub fn like<E: Engine>(self, pattern: impl AsRef<str>) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        T: IsText,
    {
        Condition::new(searched(
            self.predicate,
            TextSearch::Pattern,
            pattern.as_ref(),
        ))
    }

    /// The text contains this one, by case. No character has a special meaning.
    pub fn contains<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        T: IsText,
    {
        Condition::new(searched(self.predicate, TextSearch::Part, text.as_ref()))
    }

    /// The text starts with this one, by case.
    pub fn starts_with<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        T: IsText,
    {
        self.like(pattern_around("", text.as_ref(), "%"))
    }

    /// The text ends with this one, by case.
    pub fn ends_with<E: Engine>(self, text: impl AsRef<str>) -> Condition<M, E>
    where
        R: ComputedOn<E>,
        T: IsText,
    {
        Condition::new(searched(self.predicate, TextSearch::End, text.as_ref()))
    }
}

impl<M, T, K: Nullability, R> Expr<M, T, K, R> {
    /// Orders by it, least first. NULL is less than every value.
    pub fn asc(self) -> ExpressionOrder<M, OfRows, R> {
        ExpressionOrder::new(self.predicate, false, K::NULLABLE)
    }

    /// Orders by it, greatest first. NULL is less than every value.
    pub fn desc(self) -> ExpressionOrder<M, OfRows, R> {
        ExpressionOrder::new(self.predicate, true, K::NULLABLE)
    }
}
