//! `CASE`: one of several values, by conditions.

use std::marker::PhantomData;

use super::column::Marker;
use super::computed_on::Anywhere;
use super::condition::{Condition, Predicate};
use super::expression::{Everywhere, Expr};
use super::nullability::{Either, NotNull, Nullable, Plain};
use super::operand::{Operand, Writing};
use super::shape::op;
use crate::error::{Error, ErrorKind};

/// A case that is not complete: made by [`case`](super::case()), completed by [`otherwise`](Self::otherwise) or
/// [`or_null`](Self::or_null).
#[must_use = "a case is an expression when it ends: `.otherwise(value)` or `.or_null()`"]
pub struct Case<M, T, K = NotNull> {
    predicate: Predicate,
    branches: u8,
    marker: Marker<M, T, K>,
}

impl<M, T, K> std::fmt::Debug for Case<M, T, K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Case").finish_non_exhaustive()
    }
}

impl<M, T> Case<M, T> {
    pub(crate) fn new<O: Operand<M, T, Everywhere, On = Anywhere>>(
        condition: Condition<M, Everywhere>,
        value: O,
    ) -> Case<M, T, Either<NotNull, O::Nullability>> {
        let none = Self {
            predicate: Predicate::new(),
            branches: 0,
            marker: PhantomData,
        };
        none.when(condition, value)
    }
}

impl<M, T, K: Plain> Case<M, T, K> {
    /// The value where no condition before holds, and this one does.
    pub fn when<O: Operand<M, T, Everywhere, On = Anywhere>>(
        mut self,
        condition: Condition<M, Everywhere>,
        value: O,
    ) -> Case<M, T, Either<K, O::Nullability>> {
        self.predicate.append(&condition.predicate);
        value.write(&mut Writing::typed(&mut self.predicate, false));
        if self.branches == u8::MAX {
            let why = "a case of more than 255 branches";
            let refused = Error::new(ErrorKind::Unsupported(why));
            self.predicate.keep(Err(refused));
        }
        Case {
            branches: self.branches.saturating_add(1),
            predicate: self.predicate,
            marker: PhantomData,
        }
    }

    /// The value where no condition holds.
    pub fn otherwise<O: Operand<M, T, Everywhere, On = Anywhere>>(
        mut self,
        value: O,
    ) -> Expr<M, T, Either<K, O::Nullability>> {
        value.write(&mut Writing::typed(&mut self.predicate, false));
        self.end(1)
    }

    /// NULL where no condition holds.
    pub fn or_null(self) -> Expr<M, T, Nullable> {
        self.end(0)
    }

    fn end<L>(mut self, otherwise: u8) -> Expr<M, T, L> {
        self.predicate
            .shape
            .fixed([op::CASE, self.branches, otherwise]);
        Expr::new(self.predicate, false)
    }
}
