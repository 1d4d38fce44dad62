//! Loading what belongs to many rows at once: one statement for a relation, never one for each row.

use super::batch::Batch;
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
use crate::query::{Column, Kind, To};
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

/// A relation whose loaded rows have relations of their own.
pub trait Chain<E: Engine>: Load<E> {
    /// The model whose rows it loads.
    type To: Model;

    #[doc(hidden)]
    fn rows(loaded: &Self::Loaded) -> &[<Self::To as Model>::Row<E>];
}

impl<E: Engine> Connection<E> {
    /// Loads what belongs to these rows, in their order: for each relation one statement, however many rows there are.
    ///
    /// # Errors
    /// A row is of another engine, a model is not on this one, or the database fails.
    pub fn load<L: Load<E>>(
        &mut self,
        rows: &[<L::From as Model>::Row<E>],
        relation: L,
    ) -> Result<L::Loaded> {
        relation.load(&mut self.own_target(), rows)
    }
}

impl<E: Engine> ReadConnection<E> {
    /// Loads what belongs to these rows, in their order: for each relation one statement, however many rows there are.
    ///
    /// # Errors
    /// As [`Connection::load`].
    pub fn load<L: Load<E>>(
        &mut self,
        rows: &[<L::From as Model>::Row<E>],
        relation: L,
    ) -> Result<L::Loaded> {
        relation.load(&mut self.own_target(), rows)
    }
}

fn to_one<M: Model, U: Model, E: Hosts<M> + Hosts<U>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    number: u8,
) -> Result<LoadedOne<U::Row<E>>> {
    let table = Repository::<M, E>::new(target.again()).hosted()?;
    let reference = &table.references[usize::from(number)];
    let batch = Batch::of_rows::<M, E>(rows, target.engine, (table, reference.columns))?;
    let columns = reference.to_columns();
    load_one::<U, E>(target, batch, columns)
}

fn load_one<U: Model, E: Hosts<U>>(
    target: &mut Target<'_, E>,
    batch: Batch,
    columns: &[usize],
) -> Result<LoadedOne<U::Row<E>>> {
    let mut found = Vec::new();
    found.resize_with(batch.len(), || None);
    let mut repository = Repository::<U, E>::new(target.again());
    batch.fetch(&mut repository, columns, &mut |group, row| {
        found[group as usize] = Some(row);
    })?;
    Ok(LoadedOne::new(batch.into_places(), found))
}

/// The reference of the referring table.
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

fn load_many<M: Model, C: Model, E: Hosts<M> + Hosts<C>>(
    target: &mut Target<'_, E>,
    rows: &[M::Row<E>],
    end: End,
) -> Result<LoadedMany<C::Row<E>>> {
    let (batch, columns) = referred::<M, C, E>(target, rows, end)?;
    let mut found = Vec::new();
    let mut repository = Repository::<C, E>::new(target.again());
    batch.fetch(&mut repository, columns, &mut |group, row| {
        found.push((group, row));
    })?;
    let groups = batch.len();
    Ok(LoadedMany::new(&batch.into_places(), groups, found))
}

macro_rules! to_one {
    ($type:ty, $($parameter:ident),*) => {
        impl<M: Model, $($parameter,)* U: Model, K: Kind, E: Hosts<M> + Hosts<U>> Load<E> for $type {
            type From = M;
            type Loaded = LoadedOne<U::Row<E>>;

            fn load(self, target: &mut Target<'_, E>, rows: &[M::Row<E>]) -> Result<Self::Loaded> {
                to_one::<M, U, E>(target, rows, self.reference)
            }
        }

        impl<M: Model, $($parameter,)* U: Model, K: Kind, E: Hosts<M> + Hosts<U>> Chain<E> for $type {
            type To = U;

            fn rows(loaded: &Self::Loaded) -> &[U::Row<E>] {
                loaded.rows()
            }
        }
    };
}

to_one!(Column<M, T, To<U, K>>, T);
to_one!(BelongsTo<M, U, K>,);

impl<M: Model, C: Model, E: Hosts<M> + Hosts<C>> Load<E> for HasOne<M, C> {
    type From = M;
    type Loaded = LoadedOne<C::Row<E>>;

    fn load(self, target: &mut Target<'_, E>, rows: &[M::Row<E>]) -> Result<Self::Loaded> {
        let (batch, columns) = referred::<M, C, E>(target, rows, self.end)?;
        load_one::<C, E>(target, batch, columns)
    }
}

impl<M: Model, C: Model, E: Hosts<M> + Hosts<C>> Chain<E> for HasOne<M, C> {
    type To = C;

    fn rows(loaded: &Self::Loaded) -> &[C::Row<E>] {
        loaded.rows()
    }
}

impl<M: Model, C: Model, E: Hosts<M> + Hosts<C>> Load<E> for HasMany<M, C> {
    type From = M;
    type Loaded = LoadedMany<C::Row<E>>;

    fn load(self, target: &mut Target<'_, E>, rows: &[M::Row<E>]) -> Result<Self::Loaded> {
        load_many::<M, C, E>(target, rows, self.end)
    }
}

impl<M: Model, C: Model, E: Hosts<M> + Hosts<C>> Chain<E> for HasMany<M, C> {
    type To = C;

    fn rows(loaded: &Self::Loaded) -> &[C::Row<E>] {
        loaded.rows()
    }
}

impl<M: Model, J: Model, U: Model, E: Hosts<M> + Hosts<J> + Hosts<U>> Load<E>
    for ManyToMany<M, J, U>
{
    type From = M;
    type Loaded = LoadedThrough<J::Row<E>, U::Row<E>>;

    fn load(self, target: &mut Target<'_, E>, rows: &[M::Row<E>]) -> Result<Self::Loaded> {
        let links = load_many::<M, J, E>(target, rows, self.near)?;
        let far = to_one::<J, U, E>(target, links.rows(), self.far)?;
        Ok(LoadedThrough::new(links, far))
    }
}

impl<M: Model, J: Model, U: Model, E: Hosts<M> + Hosts<J> + Hosts<U>> Chain<E>
    for ManyToMany<M, J, U>
{
    type To = U;

    fn rows(loaded: &Self::Loaded) -> &[U::Row<E>] {
        loaded.rows()
    }
}

/// A relation, and another one from the rows that it loads.
#[derive(Debug, Clone, Copy)]
pub struct Nested<A, B> {
    outer: A,
    inner: B,
}

impl<E: Engine, A: Chain<E>, B: Load<E, From = A::To>> Load<E> for Nested<A, B> {
    type From = A::From;
    type Loaded = LoadedNested<A::Loaded, B::Loaded>;

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

macro_rules! with {
    ($type:ident<$($parameter:ty),*>, $($generic:ident),*) => {
        impl<$($generic),*> $type<$($parameter),*> {
            /// Loads what belongs to the loaded rows, too: one more statement for each relation.
            pub const fn with<B>(self, inner: B) -> Nested<Self, B> {
                Nested { outer: self, inner }
            }
        }
    };
}

with!(Column<M, T, To<U, K>>, M, T, U, K);
with!(BelongsTo<M, U, K>, M, U, K);
with!(HasMany<M, C>, M, C);
with!(HasOne<M, C>, M, C);
with!(ManyToMany<M, J, U>, M, J, U);

macro_rules! tuples {
    ($(($first:ident $($name:ident)+))*) => {$(
        impl<EN: Engine, $first: Load<EN>, $($name: Load<EN, From = $first::From>),+> Load<EN> for ($first, $($name),+) {
            type From = $first::From;
            type Loaded = ($first::Loaded, $($name::Loaded),+);

            #[allow(non_snake_case, reason = "variables named as their types")]
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
