//! Loading what belongs to many rows at once: one statement for a relation, never one for each row.

use super::batch::{Batch, equal_by_collation};
use super::groups::in_groups;
use super::kinds::{BelongsTo, End, HasMany, HasOne, ManyToMany};
use super::loaded::{LoadedMany, LoadedNested, LoadedOne, LoadedThrough};
use crate::driver::{ReferenceSql, TableSql};
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::Target;
use crate::query::{Clauses, Column, Nullability, To};
use crate::repository::Repository;

/// A relation from the rows of a model on engine `E`: a constant such as `post::author_id` or `user::posts`, several as a
/// tuple, or one [`with`](Column::with) another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of models on `{E}`",
    label = "expected a foreign key such as `post::author_id`, or what refers to a row, such as `user::posts`"
)]
pub trait Load<E: Engine> {
    /// The model whose rows it begins at.
    type From: Model;
    /// The rows that are loaded for some rows.
    type Loaded;

    #[doc(hidden)]
    fn load(
        self,
        target: &mut Target<'_, E>,
        rows: &[<Self::From as Model>::Row<E>],
    ) -> Result<Self::Loaded>;
}

/// A relation that begins at rows `R` on engine `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of `{R}` on `{E}`",
    label = "expected a foreign key such as `post::author_id`, or what refers to a row, such as `user::posts`",
    note = "the relation is a constant of the rows' own model, and the rows were read on the engine of the connection"
)]
pub trait LoadFor<R, E: Engine>: Load<E> {
    #[doc(hidden)]
    fn load_for(self, target: &mut Target<'_, E>, rows: &[R]) -> Result<Self::Loaded>;
}

#[diagnostic::do_not_recommend]
impl<R, E: Engine, L: Load<E>> LoadFor<R, E> for L
where
    L::From: Model<Row<E> = R>,
{
    #[track_caller]
    fn load_for(self, target: &mut Target<'_, E>, rows: &[R]) -> Result<Self::Loaded> {
        self.load(target, rows)
    }
}

/// A relation of the rows of `M`, whatever their engine: one that may follow where those are loaded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of `{M}`, whose rows are loaded before it",
    label = "expected a relation of `{M}`",
    note = "`with` takes a relation of the rows that the first one loads, such as `user::posts.with(post::comments)`"
)]
pub trait RelationOf<M> {}

/// A relation whose loaded rows have relations of their own.
pub trait Chain<E: Engine>: Load<E> {
    /// The model whose rows it loads.
    type To: Model;

    #[doc(hidden)]
    fn rows(loaded: &Self::Loaded) -> &[<Self::To as Model>::Row<E>];
}

/// A relation of which some rows can be loaded.
pub(super) trait Scope<E: Engine>: Chain<E> {
    /// Loads those of its rows that the scope leaves, in its order.
    fn load_scoped(
        self,
        target: &mut Target<'_, E>,
        rows: &[<Self::From as Model>::Row<E>],
        scope: &Clauses,
    ) -> Result<Self::Loaded>;
}

impl<E: Engine> Connection<E> {
    /// Loads what belongs to these rows, in their order: for each relation one statement, however many rows there are.
    ///
    /// # Errors
    /// A row is of another engine, a model is not on this one, or the database fails.
    #[track_caller]
    pub fn load<R, L: LoadFor<R, E>>(&mut self, rows: &[R], relation: L) -> Result<L::Loaded> {
        relation.load_for(&mut self.own_target(), rows)
    }
}

impl<E: Engine> ReadConnection<E> {
    /// Loads what belongs to these rows, in their order: for each relation one statement, however many rows there are.
    ///
    /// # Errors
    /// As [`Connection::load`].
    #[track_caller]
    pub fn load<R, L: LoadFor<R, E>>(&mut self, rows: &[R], relation: L) -> Result<L::Loaded> {
        relation.load_for(&mut self.own_target(), rows)
    }
}

#[track_caller]
fn to_one<M: Model, U: Model, E: Hosts<M> + Hosts<U>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    number: u8,
    scope: &Clauses,
) -> Result<LoadedOne<U::Row<E>>> {
    let table = Repository::<M, E>::new(target.again()).hosted()?;
    let reference = &table.references[usize::from(number)];
    let batch = Batch::of_rows::<M, E>(rows, target.engine, (table, reference.columns))?;
    let columns = reference.to_columns();
    load_one::<U, E>(target, batch, columns, scope)
}

#[track_caller]
fn load_one<U: Model, E: Hosts<U>>(
    target: &mut Target<'_, E>,
    batch: Batch,
    columns: &[usize],
    scope: &Clauses,
) -> Result<LoadedOne<U::Row<E>>> {
    let mut found = fetch::<U, E>(target, &batch, columns, scope)?;
    if !scope.is_ordered() {
        found = in_groups(found);
    }
    let groups = batch.len();
    Ok(LoadedOne::new(batch.into_places(), groups, found))
}

#[track_caller]
fn fetch<M: Model, E: Hosts<M>>(
    target: &mut Target<'_, E>,
    batch: &Batch,
    columns: &[usize],
    scope: &Clauses,
) -> Result<Vec<(u32, M::Row<E>)>> {
    let mut found = Vec::new();
    let mut repository = Repository::<M, E>::new(target.again());
    batch.fetch(
        &mut repository,
        columns,
        (scope, &|_| true),
        &mut |group, row| {
            found.push((group.ok_or_else(equal_by_collation)?, row));
            Ok(())
        },
    )?;
    Ok(found)
}

/// The reference of the referring table.
#[track_caller]
pub(super) fn reference<M: Model, C: Model, E: Hosts<M> + Hosts<C>>(
    target: &mut Target<'_, E>,
    end: End,
) -> Result<&'static ReferenceSql> {
    let referring = Repository::<C, E>::new(target.again()).hosted()?;
    let number = match end {
        End::Reversed(number) => usize::from(number),
        End::Referenced(number) => {
            let referred = Repository::<M, E>::new(target.again()).hosted()?;
            referred.referenced[usize::from(number)].reference
        }
    };
    Ok(&referring.references[number])
}

/// The rows' keys, and the columns that refer to them.
#[track_caller]
fn referred<M: Model, C: Model, E: Hosts<M> + Hosts<C>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    end: End,
) -> Result<(Batch, &'static [usize])> {
    let reference = reference::<M, C, E>(target, end)?;
    let to: &TableSql = reference.to();
    let batch = Batch::of_rows::<M, E>(rows, target.engine, (to, reference.to_columns()))?;
    Ok((batch, reference.columns))
}

#[track_caller]
fn load_many<M: Model, C: Model, E: Hosts<M> + Hosts<C>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    end: End,
    scope: &Clauses,
) -> Result<LoadedMany<C::Row<E>>> {
    let (batch, columns) = referred::<M, C, E>(target, rows, end)?;
    let found = fetch::<C, E>(target, &batch, columns, scope)?;
    let groups = batch.len();
    Ok(LoadedMany::new(&batch.into_places(), groups, found))
}

/// The rows of the table between, then those that they refer to. A limit is one of the former, which have the order then.
#[track_caller]
fn load_through<M: Model, J: Model, U: Model, E: Hosts<M> + Hosts<J> + Hosts<U>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    relation: ManyToMany<M, J, U>,
    scope: &Clauses,
) -> Result<LoadedThrough<J::Row<E>, U::Row<E>>> {
    let all = Clauses::new();
    let key = Repository::<U, E>::new(target.again()).hosted()?.key;
    let limited = scope
        .is_limited()
        .then(|| scope.seen_from(relation.far, key));
    let of_links = limited.as_ref().unwrap_or(&all);
    let links = load_many::<M, J, E>(target, rows, relation.near, of_links)?;
    let of_far = if limited.is_some() { &all } else { scope };
    let far = to_one::<J, U, E>(target, links.rows(), relation.far, of_far)?;
    let loaded = LoadedThrough::new(links, far);
    Ok(if of_far.is_ordered() {
        loaded.in_order()
    } else {
        loaded
    })
}

macro_rules! relations {
    ($($type:ty, $to:ident, [$($generic:ident: $bound:path),*], $hosts:path $(, $more:path)*;
        $loaded:ty, |$relation:ident, $target:ident, $rows:ident, $scope:ident| $load:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($generic: $bound,)* E: Hosts<M> + $hosts $(+ $more)*> Load<E> for $type {
            type From = M;
            type Loaded = $loaded;

#[track_caller]
            fn load(self, target: &mut Target<'_, E>, rows: &[M::Row<E>]) -> Result<$loaded> {
                self.load_scoped(target, rows, &Clauses::new())
            }
        }

        impl<M: Model, $($generic: $bound,)* E: Hosts<M> + $hosts $(+ $more)*> Chain<E> for $type {
            type To = $to;

            fn rows(loaded: &$loaded) -> &[$to::Row<E>] {
                loaded.rows()
            }
        }

        impl<M: Model, $($generic: $bound,)* E: Hosts<M> + $hosts $(+ $more)*> Scope<E> for $type {
#[track_caller]
            fn load_scoped(
                self,
                $target: &mut Target<'_, E>,
                $rows: &[M::Row<E>],
                $scope: &Clauses,
            ) -> Result<$loaded> {
                let $relation = self;
                $load
            }
        }
    )*};
}

relations! {
    Column<M, T, To<U, K>>, U, [T: Sized, U: Model, K: Nullability], Hosts<U>;
        LoadedOne<U::Row<E>>, |relation, target, rows, scope| {
            to_one::<M, U, E>(target, rows, relation.reference, scope)
        };
    BelongsTo<M, U, K>, U, [U: Model, K: Nullability], Hosts<U>;
        LoadedOne<U::Row<E>>, |relation, target, rows, scope| {
            to_one::<M, U, E>(target, rows, relation.reference, scope)
        };
    HasOne<M, C>, C, [C: Model], Hosts<C>;
        LoadedOne<C::Row<E>>, |relation, target, rows, scope| {
            let (batch, columns) = referred::<M, C, E>(target, rows, relation.end)?;
            load_one::<C, E>(target, batch, columns, scope)
        };
    HasMany<M, C>, C, [C: Model], Hosts<C>;
        LoadedMany<C::Row<E>>, |relation, target, rows, scope| {
            load_many::<M, C, E>(target, rows, relation.end, scope)
        };
    ManyToMany<M, J, U>, U, [J: Model, U: Model], Hosts<J>, Hosts<U>;
        LoadedThrough<J::Row<E>, U::Row<E>>, |relation, target, rows, scope| {
            load_through::<M, J, U, E>(target, rows, relation, scope)
        };
}

/// A relation, and another one from the rows that it loads.
#[derive(Debug, Clone, Copy)]
pub struct Nested<A, B> {
    outer: A,
    inner: B,
}

impl<A, B> Nested<A, B> {
    pub(super) const fn new(outer: A, inner: B) -> Self {
        Self { outer, inner }
    }
}

impl<E: Engine, A: Chain<E>, B: Load<E, From = A::To>> Load<E> for Nested<A, B> {
    type From = A::From;
    type Loaded = LoadedNested<A::Loaded, B::Loaded>;

    #[track_caller]
    fn load(
        self,
        target: &mut Target<'_, E>,
        rows: &[<A::From as Model>::Row<E>],
    ) -> Result<Self::Loaded> {
        let outer = self.outer.load(target, rows)?;
        let inner = self.inner.load(target, A::rows(&outer))?;
        Ok(LoadedNested { outer, inner })
    }
}

impl<M, A: RelationOf<M>, B> RelationOf<M> for Nested<A, B> {}

macro_rules! with {
    ($type:ident<$($parameter:ty),*>, $to:ident, $($generic:ident),*) => {
        impl<$($generic),*> $type<$($parameter),*> {
            /// Loads what belongs to the loaded rows, too: one more statement for each relation.
            pub const fn with<B: RelationOf<$to>>(self, inner: B) -> Nested<Self, B> {
                Nested::new(self, inner)
            }
        }

        impl<$($generic),*> RelationOf<M> for $type<$($parameter),*> {}
    };
}

with!(Column<M, T, To<U, K>>, U, M, T, U, K);
with!(BelongsTo<M, U, K>, U, M, U, K);
with!(HasMany<M, C>, C, M, C);
with!(HasOne<M, C>, C, M, C);
with!(ManyToMany<M, J, U>, U, M, J, U);

macro_rules! tuples {
    ($(($first:ident $($name:ident)+))*) => {$(
        impl<MODEL, $first: RelationOf<MODEL>, $($name: RelationOf<MODEL>),+> RelationOf<MODEL> for ($first, $($name),+) {}

        impl<EN: Engine, $first: Load<EN>, $($name: Load<EN, From = $first::From>),+> Load<EN> for ($first, $($name),+) {
            type From = $first::From;
            type Loaded = ($first::Loaded, $($name::Loaded),+);

            #[allow(non_snake_case, reason = "variables named as their types")]
#[track_caller]
            fn load(
                self,
                target: &mut Target<'_, EN>,
                rows: &[<$first::From as Model>::Row<EN>],
            ) -> Result<Self::Loaded> {
                let ($first, $($name),+) = self;
                Ok(($first.load(target, rows)?, $($name.load(target, rows)?),+))
            }
        }
    )*};
}

tuples! {
    (A B)
    (A B C)
    (A B C D)
}
