//! Values of the rows that refer to a row, computed in the query of that row: `author::books.count()`.

use super::conditions::near;
use super::kinds::{HasMany, ManyToMany};
use super::scoped::Scoped;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{
    Aggregate, ComputedOn, Everywhere, Expr, Extreme, IsText, NotNull, Nullable, Number, OfWindow,
    On, Orders, Predicate, Related, RelatedModel, RelatedRows, Term, count,
};

/// A relation to any number of rows on engine `E`: of a foreign key, through a table, with a condition, or one after another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead to rows on `{E}`",
    label = "its models are not on the engine of the query"
)]
pub trait ToMany<E: Engine> {
    /// The model of the row that it leads from.
    type From;
    /// The model of the rows that it leads to.
    type To;
    #[doc(hidden)]
    fn into_rows(self) -> RowsOf;
}

/// The rows that a relation leads to.
#[doc(hidden)]
pub struct RowsOf(RelatedRows);

impl RowsOf {
    const fn by(steps: Vec<(Related, RelatedModel)>) -> Self {
        let condition = Predicate::new();
        Self(RelatedRows { steps, condition })
    }

    fn compute<M, C, T, K, R, E>(self, aggregate: Aggregate<C, T, K, R>) -> Expr<M, T, K, On<E>> {
        Expr::new(aggregate.predicate.of_rows(self.0), false)
    }
}

impl<M, C: Model, E: Hosts<C>> ToMany<E> for HasMany<M, C> {
    type From = M;
    type To = C;

    fn into_rows(self) -> RowsOf {
        RowsOf::by(vec![near::<C, E>(self.end)])
    }
}

impl<M, J: Model, U: Model, E: Hosts<J> + Hosts<U>> ToMany<E> for ManyToMany<M, J, U> {
    type From = M;
    type To = U;

    fn into_rows(self) -> RowsOf {
        let far = (Related::Referred(self.far), RelatedModel::of::<U, E>());
        RowsOf::by(vec![near::<J, E>(self.near), far])
    }
}

impl<E: Engine, U, R: ToMany<E, To = U>> ToMany<E> for Scoped<R, U, E> {
    type From = R::From;
    type To = U;

    fn into_rows(self) -> RowsOf {
        let (relation, condition) = self.into_parts();
        let steps = relation.into_rows().0.steps;
        RowsOf(RelatedRows { steps, condition })
    }
}

/// Relations one after the other: the rows of the second of all rows of the first, `author::books.then(book::reviews)`.
#[derive(Debug, Clone, Copy)]
#[must_use = "it does nothing until a value of its rows is computed"]
pub struct Then<A, B> {
    near: A,
    far: B,
}

impl<E: Engine, A: ToMany<E>, B: ToMany<E, From = A::To>> ToMany<E> for Then<A, B> {
    type From = A::From;
    type To = B::To;

    fn into_rows(self) -> RowsOf {
        let (near, far) = (self.near.into_rows().0, self.far.into_rows().0);
        let steps = near.steps.into_iter().chain(far.steps).collect();
        let condition = far.condition;
        RowsOf(RelatedRows { steps, condition })
    }
}

macro_rules! further {
    ($type:ident<$($parameter:ident),*>) => {
        impl<$($parameter),*> $type<$($parameter),*> {
            /// The rows that a further relation leads to from those of this one, each as often as it is reached. Values of them
            /// are computed; they are not loaded.
            pub const fn then<R>(self, further: R) -> Then<Self, R> {
                Then { near: self, far: further }
            }
        }
    };
}

further!(HasMany<M, C>);
further!(ManyToMany<M, J, U>);
further!(Then<A, B>);

/// A value that is computed of the rows that `R` leads to, for each row that it leads from.
pub type ValueOf<R, E, T, K = NotNull> = Expr<<R as ToMany<E>>::From, T, K, On<E>>;

macro_rules! values {
    ($($type:ident<$($parameter:ident),*>),+) => {$(
        /// Values of the rows that it leads to, computed for each row of a query; several relations do not multiply each other's
        /// rows. They are expressions: to be selected, filtered and ordered by, and computed with.
        impl<$($parameter),*> $type<$($parameter),*> {
            /// The number of rows; 0 where there is none.
            pub fn count<E: Engine>(self) -> ValueOf<Self, E, u64>
            where
                Self: ToMany<E>,
            {
                self.into_rows().compute(count::<<Self as ToMany<E>>::To>())
            }

            /// The number of different values of a column or expression; 0 where there is none.
            pub fn count_distinct<E: Engine, V>(self, of: V) -> ValueOf<Self, E, u64>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, On: ComputedOn<E>>,
            {
                self.into_rows().compute(of.term().count_distinct())
            }

            /// The sum of a column or expression; NULL of no values, where [`coalesce`](Expr::coalesce) gives another.
            pub fn sum<E: Engine, V>(self, of: V) -> ValueOf<Self, E, <V::Value as Number>::Sum, Nullable>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, Value: Number, On: ComputedOn<E>>,
            {
                self.into_rows().compute(of.term().sum())
            }

            /// The mean of a column or expression as a float; NULL of no values.
            pub fn avg<E: Engine, V>(self, of: V) -> ValueOf<Self, E, f64, Nullable>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, Value: Number, On: ComputedOn<E>>,
            {
                self.into_rows().compute(of.term().avg())
            }

            /// The texts of a column or expression in an order, with a separator between them; NULL of no values.
            pub fn string_agg<E: Engine, V, O>(self, of: V, separator: &str, order: O) -> ValueOf<Self, E, String, Nullable>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, Value: IsText, On: ComputedOn<E>>,
                O: Orders<<Self as ToMany<E>>::To, Everywhere, OfWindow>,
            {
                self.into_rows().compute(Aggregate::of_texts(of.term(), separator, order))
            }

            /// The least value of a column or expression; NULL of no values.
            pub fn min<E: Engine, V>(self, of: V) -> ValueOf<Self, E, V::Value, Nullable>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, Value: Extreme, On: ComputedOn<E>>,
            {
                self.into_rows().compute(of.term().min())
            }

            /// The greatest value of a column or expression; NULL of no values.
            pub fn max<E: Engine, V>(self, of: V) -> ValueOf<Self, E, V::Value, Nullable>
            where
                Self: ToMany<E>,
                V: Term<<Self as ToMany<E>>::To, Value: Extreme, On: ComputedOn<E>>,
            {
                self.into_rows().compute(of.term().max())
            }
        }
    )+};
}

values!(HasMany<M, C>, ManyToMany<M, J, U>, Scoped<R, U, S>, Then<A, B>);

/// No relation is: rustc says what is to be written in place of it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "rows cannot be ordered by a relation",
    label = "a relation leads to any number of rows: order by a value of them, as in `user::posts.count().desc()`"
)]
pub trait OneValue {}

macro_rules! unordered {
    ($($type:ident<$($parameter:ident),+>),+) => {$(
        impl<$($parameter),+> $type<$($parameter),+> {
            #[doc(hidden)]
            pub fn asc(self) -> Self
            where
                Self: OneValue,
            {
                self
            }

            #[doc(hidden)]
            pub fn desc(self) -> Self
            where
                Self: OneValue,
            {
                self
            }
        }
    )+};
}

unordered!(HasMany<M, C>, ManyToMany<M, J, U>);
