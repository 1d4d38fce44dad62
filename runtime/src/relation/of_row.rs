//! The rows that belong to one row.

use super::batch::equal_to;
use super::keys::key_of;
use super::kinds::HasMany;
use super::load::{Load, reference};
use super::loaded::LoadedOne;
use crate::driver::TableSql;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::model::lives_on::Hosts;
use crate::model::{Model, Writable};
use crate::query::{Column, Nullability, Predicate, Query, To};
use crate::repository::Repository;

impl<E: Engine> Connection<E> {
    /// The row that this one refers to, or that refers to it, where there is one.
    ///
    /// # Errors
    /// The row is of another engine, a model is not on this one, or the database fails.
    #[track_caller]
    pub fn load_one<L, U>(
        &mut self,
        row: &<L::From as Model>::Row<E>,
        relation: L,
    ) -> Result<Option<U>>
    where
        L: Load<E, Loaded = LoadedOne<U>>,
    {
        let loaded = relation.load(&mut self.own_target(), std::slice::from_ref(row))?;
        Ok(loaded.into_rows().pop())
    }
}

impl<E: Engine> ReadConnection<E> {
    /// The row that this one refers to, or that refers to it, where there is one.
    ///
    /// # Errors
    /// As [`Connection::load_one`].
    #[track_caller]
    pub fn load_one<L, U>(
        &mut self,
        row: &<L::From as Model>::Row<E>,
        relation: L,
    ) -> Result<Option<U>>
    where
        L: Load<E, Loaded = LoadedOne<U>>,
    {
        let loaded = relation.load(&mut self.own_target(), std::slice::from_ref(row))?;
        Ok(loaded.into_rows().pop())
    }
}

/// The row that this one refers to by a column. For generated code: rustc checks a call of a plain function faster than one that
/// has to be found among the relations.
///
/// # Errors
/// As [`Connection::load_one`].
#[doc(hidden)]
#[track_caller]
pub fn parent_of<M, T, U, K, E>(
    relation: Column<M, T, To<U, K>>,
    c: &mut Connection<E>,
    row: &M::Row<E>,
) -> Result<Option<U::Row<E>>>
where
    M: Model,
    U: Model,
    K: Nullability,
    E: Hosts<M> + Hosts<U>,
{
    c.load_one(row, relation)
}

/// The rows that refer to this one. For generated code.
#[doc(hidden)]
pub fn rows_of<'c, M, C, E>(
    relation: HasMany<M, C>,
    c: &'c mut Connection<E>,
    row: &M::Row<E>,
) -> Query<'c, C, E>
where
    M: Model,
    C: Model,
    E: Hosts<M> + Hosts<C>,
{
    relation.of(c, row)
}

impl<M: Model, C: Model> HasMany<M, C> {
    /// The rows that refer to this one: a query, to be filtered and ordered.
    pub fn of<'c, E>(self, c: &'c mut Connection<E>, row: &M::Row<E>) -> Query<'c, C, E>
    where
        E: Hosts<M> + Hosts<C>,
    {
        let mut target = c.own_target();
        let engine = target.engine;
        let condition = reference::<M, C, E>(&mut target, self.end).and_then(|reference| {
            let to = (reference.to(), reference.to_columns());
            refers_to::<M, E>(row, engine, to, reference.columns)
        });
        Query::of(Repository::new(target), condition)
    }

    /// Inserts a row together with rows that refer to it, all or none, and gives the first back with the number of the others.
    ///
    /// # Errors
    /// A constraint is violated, a key is of another engine, or the database fails; then nothing is inserted.
    #[track_caller]
    pub fn insert_with<E, I>(
        self,
        c: &mut Connection<E>,
        new: M::New<E>,
        others: impl FnOnce(&M::Row<E>) -> I,
    ) -> Result<(M::Row<E>, u64)>
    where
        M: Writable + Model<Inserted<E> = <M as Model>::Row<E>>,
        C: Writable,
        E: Hosts<M> + Hosts<C>,
        I: IntoIterator<Item = C::New<E>>,
    {
        c.transaction(|tx| {
            let row = Repository::<M, E>::new(tx.own_target()).insert(new)?;
            let others = others(&row);
            let count = Repository::<C, E>::new(tx.own_target()).insert_many(others)?;
            Ok((row, count))
        })
    }
}

/// These columns hold what the row is referred to by.
fn refers_to<M: Model, E: Engine>(
    row: &M::Row<E>,
    engine: E,
    (table, to): (&TableSql, &[usize]),
    columns: &[usize],
) -> Result<Predicate> {
    let key = key_of::<M, E>(row, engine, (table, to))?;
    Ok(key.map_or_else(Predicate::never, |key| equal_to(columns, &key.bound)))
}
