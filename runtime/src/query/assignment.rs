//! Assignments of an update: values, and expressions of columns.

use std::marker::PhantomData;

use super::column::Column;
use super::computed_on::ComputedOn;
use super::condition::Predicate;
use super::nullability::MayBeNull;
use super::operand::{Operand, Writing};
use super::shape::op;
use crate::link::engine::Engine;
use crate::value::column_form::ColumnForm;

/// A column and what an update sets it to: `post::stars.set_to(5)`.
#[must_use = "an assignment does nothing until a query updates by it"]
pub struct Assignment<M, E> {
    predicate: Predicate,
    marker: PhantomData<fn() -> (M, E)>,
}

impl<M, E> std::fmt::Debug for Assignment<M, E> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Assignment").finish_non_exhaustive()
    }
}

impl<M, T, K> Column<M, T, K> {
    /// Sets the column to a value, another column of the model or of one that it refers to, an expression such as `post::stars + 1`,
    /// or a value of related rows.
    ///
    /// A value is checked as one of a new row is: what the column would change is refused when the query is executed, and a
    /// finer time is cut. What the database computes has as many digits after the point as the column keeps: numbers are
    /// rounded, halves away from zero, and times are cut toward the past, on every database.
    pub fn set_to<E: Engine>(
        self,
        value: impl Operand<M, T, E, On: ComputedOn<E>>,
    ) -> Assignment<M, E> {
        let mut predicate = Predicate::column(self.path);
        let before = predicate.shape.bytes().len();
        let mut writing = Writing::assigned(&mut predicate, self.form);
        value.write(&mut writing);
        let source = writing.source;
        predicate.refused_for(self.path.index());
        if predicate.shape.bytes()[before..] != [op::VALUE] {
            self.fit(source, &mut predicate);
        }
        Assignment {
            predicate,
            marker: PhantomData,
        }
    }

    /// A computed value gets as many digits after the point as the column keeps, unless it is a column that has no more.
    pub(super) fn fit(self, source: Option<Option<u32>>, predicate: &mut Predicate) {
        let (Some(digits), Some(function)) = (self.form.fraction, self.fitted) else {
            return;
        };
        let fits = source.flatten().is_some_and(|source| source <= digits);
        if !fits && let Ok(digits) = u8::try_from(digits) {
            let shape = &mut predicate.shape;
            shape.fixed([op::NUMBER, digits, op::CALL, function as u8]);
        }
    }

    /// Sets the column to NULL.
    pub fn set_null<E: Engine>(self) -> Assignment<M, E>
    where
        K: MayBeNull,
    {
        let mut predicate = Predicate::column(self.path);
        predicate.shape.push(op::VALUE);
        predicate.value(&None::<i64>, ColumnForm::ANY);
        Assignment {
            predicate,
            marker: PhantomData,
        }
    }
}

impl<M, T, K: MayBeNull> Column<M, T, K> {
    /// Sets the column to the value, or to NULL where there is none.
    pub fn set_or_null<E: Engine>(
        self,
        value: Option<impl Operand<M, T, E, On: ComputedOn<E>>>,
    ) -> Assignment<M, E> {
        match value {
            Some(value) => self.set_to(value),
            None => self.set_null(),
        }
    }
}

/// One assignment, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` on `{E}` cannot be updated by this",
    label = "expected `.set_to(…)` of a column of `{M}`, with values of `{E}`",
    note = "several columns: `.update((post::stars.set_to(post::stars + 1), post::body.set_null()))`"
)]
pub trait Assignments<M, E> {
    #[doc(hidden)]
    fn write(self, into: &mut AssignmentWriter<'_>);
}

/// The update that assignments are written to.
#[doc(hidden)]
pub struct AssignmentWriter<'a>(pub(crate) &'a mut Predicate);

#[diagnostic::do_not_recommend]
impl<M, E> Assignments<M, E> for Assignment<M, E> {
    fn write(self, into: &mut AssignmentWriter<'_>) {
        into.0.append(&self.predicate);
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+);)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, Z, $($name: Assignments<M, Z>),+> Assignments<M, Z> for ($($name,)+) {
            fn write(self, into: &mut AssignmentWriter<'_>) {
                $(self.$at.write(into);)+
            }
        }
    )+};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}
