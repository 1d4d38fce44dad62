//! `CASE`: one of several values, by conditions.

use std::marker::PhantomData;

use super::column::Marker;
use super::computed_on::{Anywhere, ComputedOn, On};
use super::condition::{Condition, Predicate};
use super::expression::{Everywhere, Expr};
use super::functions::CaseValue;
use super::nullability::{Either, NotNull, Nullable, Plain};
use super::operand::{Operand, Writing};
use super::shape::op;
use crate::error::{Error, ErrorKind};
use crate::link::engine::Engine;

/// A case that is not complete: made by [`case`](super::case()) or [`Condition::then`], completed by
/// [`otherwise`](Self::otherwise) or [`or_null`](Self::or_null). `R` says which engines it is computed on.
#[must_use = "a case is an expression when it ends: `.otherwise(value)` or `.or_null()`"]
pub struct Case<M, T, K = NotNull, R = Anywhere> {
    predicate: Predicate,
    branches: u8,
    marker: Marker<M, T, (K, R)>,
}

impl<M, T, K, R> std::fmt::Debug for Case<M, T, K, R> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Case").finish_non_exhaustive()
    }
}

/// A case on engine `E` whose first value is a `T`.
type Begun<M, E, T, K> = Case<M, T, Either<NotNull, K>, On<E>>;

impl<M, E: Engine> Condition<M, E> {
    /// The value where the condition holds: as [`case`](super::case()), on the engine of the query. So the conditions may compare with keys
    /// of models on several engines, and conditions and values may be of the rows that refer to a row.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let ann = c.people().insert(NewPerson::new("Ann"))?;
    /// # c.books().insert(NewBook::new("Rust").editor_id(ann.id))?;
    /// let state = || {
    ///     let mine = book::editor_id.eq(ann.id).then("mine");
    ///     mine.when(book::reviews.exists(), "reviewed").otherwise("new")
    /// };
    /// assert_eq!(c.books().select((book::title, state())).all()?, [("Rust".to_owned(), "mine".to_owned())]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn then<V: CaseValue<M, E>>(
        self,
        value: V,
    ) -> Begun<M, E, <V as CaseValue<M, E>>::Value, V::Nullability> {
        Case::<M, _, NotNull, On<E>>::new().when(self, value)
    }
}

impl<M, T, R> Case<M, T, NotNull, R> {
    /// Without a branch.
    pub(crate) const fn new() -> Self {
        Self {
            predicate: Predicate::new(),
            branches: 0,
            marker: PhantomData,
        }
    }
}

impl<M, T, K, R> Case<M, T, K, R> {
    fn with<L, E: Engine>(
        mut self,
        condition: &Predicate,
        value: impl Operand<M, T, E>,
    ) -> Case<M, T, L, R> {
        self.predicate.append(condition);
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

    /// NULL where no condition holds.
    pub fn or_null(self) -> Expr<M, T, Nullable, R> {
        self.end(0)
    }

    fn end<L>(mut self, otherwise: u8) -> Expr<M, T, L, R> {
        self.predicate
            .shape
            .fixed([op::CASE, self.branches, otherwise]);
        Expr::new(self.predicate, false)
    }
}

macro_rules! cases {
    ($engine:ty, $on:ty $(, $parameter:ident)?) => {
        impl<M, T, K: Plain $(, $parameter: Engine)?> Case<M, T, K, $on> {
            /// The value where no condition before holds, and this one does.
            pub fn when<O: Operand<M, T, $engine, On: ComputedOn<$engine>>>(
                self,
                condition: Condition<M, $engine>,
                value: O,
            ) -> Case<M, T, Either<K, O::Nullability>, $on> {
                self.with(&condition.predicate, value)
            }

            /// The value where no condition holds.
            pub fn otherwise<O: Operand<M, T, $engine, On: ComputedOn<$engine>>>(
                mut self,
                value: O,
            ) -> Expr<M, T, Either<K, O::Nullability>, $on> {
                value.write(&mut Writing::typed(&mut self.predicate, false));
                self.end(1)
            }
        }
    };
}

cases! { Everywhere, Anywhere }
cases! { E, On<E>, E }
