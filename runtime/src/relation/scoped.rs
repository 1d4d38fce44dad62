//! Relations of which only some rows are loaded, or all in an order.

use std::fmt;
use std::marker::PhantomData;

use super::kinds::{BelongsTo, HasMany, HasOne, ManyToMany};
use super::load::{Chain, Load, Nested, RelationOf, Scope};
use crate::error::Result;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::route::Target;
use crate::query::{Clauses, Column, Condition, Orders, Predicate, To};

/// A relation to rows of `U` with conditions on them and an order, to be loaded on an engine `E`:
/// `user::posts.filter(post::stars.ge(3)).order_by(post::id.desc())`.
#[must_use = "it does nothing until it is loaded"]
pub struct Scoped<R, U, E> {
    relation: R,
    clauses: Clauses,
    marker: PhantomData<fn() -> (U, E)>,
}

impl<R: Clone, U, E> Clone for Scoped<R, U, E> {
    fn clone(&self) -> Self {
        Self {
            relation: self.relation.clone(),
            clauses: self.clauses.clone(),
            marker: PhantomData,
        }
    }
}

impl<R: fmt::Debug, U, E> fmt::Debug for Scoped<R, U, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values stay hidden.
        let mut text = out.debug_struct("Scoped");
        text.field("relation", &self.relation)
            .finish_non_exhaustive()
    }
}

impl<R, U, E> Scoped<R, U, E> {
    const fn new(relation: R) -> Self {
        Self {
            relation,
            clauses: Clauses::new(),
            marker: PhantomData,
        }
    }

    /// The relation, and the condition of its rows.
    pub(super) fn into_parts(self) -> (R, Predicate) {
        (self.relation, self.clauses.into_condition())
    }

    /// Of these, the rows that meet this condition, too.
    pub fn filter(mut self, condition: Condition<U, E>) -> Self {
        self.clauses.filter(condition);
        self
    }

    /// Says that it is meant to run on all shards of a Citus cluster, as [`Query::on_all_shards`](crate::query::Query::on_all_shards): where the
    /// foreign key has no shard column, as one to rows that are on all servers.
    pub fn on_all_shards(mut self) -> Self {
        self.clauses.mean_all_shards();
        self
    }

    /// Loads what belongs to the loaded rows, too: one more statement for each relation.
    pub const fn with<B: RelationOf<U>>(self, inner: B) -> Nested<Self, B> {
        Nested::new(self, inner)
    }
}

impl<M, R: RelationOf<M>, U, E> RelationOf<M> for Scoped<R, U, E> {}

impl<E: Engine, R: Scope<E>> Load<E> for Scoped<R, R::To, E> {
    type From = R::From;
    type Loaded = R::Loaded;

    #[track_caller]
    fn load(
        self,
        target: &mut Target<'_, E>,
        rows: &[<R::From as Model>::Row<E>],
    ) -> Result<R::Loaded> {
        self.relation.load_scoped(target, rows, &self.clauses)
    }
}

impl<E: Engine, R: Scope<E>> Chain<E> for Scoped<R, R::To, E> {
    type To = R::To;

    fn rows(loaded: &R::Loaded) -> &[<R::To as Model>::Row<E>] {
        R::rows(loaded)
    }
}

macro_rules! filtered {
    ($type:ident<$($parameter:ty),*>, $to:ident, $($generic:ident),*) => {
        impl<$($generic),*> $type<$($parameter),*> {
            /// Loads only the rows that meet this condition.
            pub fn filter<E>(self, condition: Condition<$to, E>) -> Scoped<Self, $to, E> {
                Scoped::new(self).filter(condition)
            }

            /// Loads the rows from all shards of a Citus cluster, as [`Scoped::on_all_shards`].
            pub fn on_all_shards<E>(self) -> Scoped<Self, $to, E> {
                Scoped::new(self).on_all_shards()
            }
        }
    };
}

filtered!(Column<M, T, To<U, K>>, U, M, T, U, K);
filtered!(BelongsTo<M, U, K>, U, M, U, K);
filtered!(HasOne<M, C>, C, M, C);
filtered!(HasMany<M, C>, C, M, C);
filtered!(ManyToMany<M, J, U>, U, M, J, U);

macro_rules! ordered {
    ($type:ident<$($parameter:ident),*>, $to:ident) => {
        impl<$($parameter),*> $type<$($parameter),*> {
            /// Loads the rows of each in this order.
            pub fn order_by<E: Engine>(self, orders: impl Orders<$to, E>) -> Scoped<Self, $to, E> {
                Scoped::new(self).order_by(orders)
            }
        }

        impl<$($parameter,)* E: Engine> Scoped<$type<$($parameter),*>, $to, E> {
            /// Loads the rows of each in this order; those that are equal in it by what a later call says, and by the key in
            /// the end.
            pub fn order_by(mut self, orders: impl Orders<$to, E>) -> Self {
                self.clauses.order_by(orders);
                self
            }
        }
    };
}

macro_rules! limited {
    ($type:ident<$($parameter:ident),*>, $to:ident) => {
        impl<$($parameter),*> $type<$($parameter),*> {
            /// Loads at most this many rows of each, the first ones in the order of the key or of [`order_by`](Scoped::order_by).
            pub fn limit<E: Engine>(self, rows: u64) -> Scoped<Self, $to, E> {
                Scoped::new(self).limit(rows)
            }
        }

        impl<$($parameter,)* E: Engine> Scoped<$type<$($parameter),*>, $to, E> {
            /// Loads at most this many rows of each, the first ones in the order: of those that meet the conditions, whether these
            /// come before this or after it.
            ///
            /// Values of such rows, as [`count`](Self::count), are [`Unsupported`](crate::ErrorKind::Unsupported): they are of all
            /// rows.
            pub fn limit(mut self, rows: u64) -> Self {
                self.clauses.limit(rows);
                self
            }
        }
    };
}

limited!(HasMany<M, C>, C);
limited!(ManyToMany<M, J, U>, U);
ordered!(HasMany<M, C>, C);
ordered!(ManyToMany<M, J, U>, U);
