//! Links: the rows that columns lead to on another engine, and those that lead to a row, loaded over a connection of that
//! engine.

use std::marker::PhantomData;

use super::batch::Batch;
use super::keys::KeyReader;
use super::linked::{Linked, LinkedRows};
use super::loaded::LoadedMany;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::{Engine, StaticEngine};
use crate::link::read_connection::ReadConnection;
use crate::link::transaction::Transaction;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::model::route::ReadRoute;
use crate::model::row_of::RowOf;
use crate::query::{Clauses, Column, ColumnType, Link, LinkTarget, Nullability, RowEngine};
use crate::repository::Repository;
use crate::value::RowReader;

/// The engine that a link of a row on `E` leads to.
pub trait SeenFrom<E: Engine> {
    /// The engine that the linked rows are on.
    type Engine: Engine;
    /// The engine that a link of a row on this one leads to.
    #[doc(hidden)]
    fn led_to(engine: E) -> Self::Engine;
    /// Returns whether the row's link leads to this engine.
    #[doc(hidden)]
    fn leads_to<R: RowOf<Engine = E>>(row: &R, engine: Self::Engine) -> bool;
}

impl<E: Engine, F: StaticEngine> SeenFrom<E> for F {
    type Engine = F;

    fn led_to(_: E) -> F {
        F::default()
    }

    fn leads_to<R: RowOf<Engine = E>>(_: &R, _: F) -> bool {
        true
    }
}

impl<E: Engine> SeenFrom<E> for RowEngine {
    type Engine = E;

    fn led_to(engine: E) -> E {
        engine
    }

    fn leads_to<R: RowOf<Engine = E>>(row: &R, engine: E) -> bool {
        row.belongs_to(engine)
    }
}

/// A connection or transaction of `E`, where a link to `M` leads.
#[diagnostic::on_unimplemented(
    message = "the link leads to `{M}` on `{E}`, and this is a `{Self}`",
    label = "not a connection of `{E}`",
    note = "the rows that a link leads to are read where they live: pass a connection or transaction of `{E}`"
)]
pub trait LeadsTo<M: Model, E> {
    /// The rows that the link leads to.
    #[doc(hidden)]
    fn linked(&mut self) -> Result<Repository<'_, M, E>>;
}

/// The engine that no link leads to. With this second engine for each connection rustc cannot take the connection's for
/// that of the row, which may be known later: then its message names both.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Nowhere {}

macro_rules! leads_to {
    ($($type:ty, |$connection:ident| $target:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model, E: Hosts<M>> LeadsTo<M, E> for $type {
            fn linked(&mut self) -> Result<Repository<'_, M, E>> {
                let $connection = self;
                Ok(Repository::new($target))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model, E: Engine> LeadsTo<M, Nowhere> for $type {
            fn linked(&mut self) -> Result<Repository<'_, M, Nowhere>> {
                Err(Error::new(ErrorKind::WrongEngine))
            }
        }
    )*};
}

leads_to! {
    Connection<E>, |connection| ReadRoute::<M>::target(connection);
    ReadConnection<E>, |connection| connection.own_target();
    Transaction<'_, E>, |transaction| ReadRoute::<M>::target(transaction);
}

/// A row of `M`, of which the link is a column.
#[diagnostic::on_unimplemented(
    message = "the link is a column of `{M}`, and `{Self}` is not a row of that",
    label = "expected rows of `{M}` that were read by a query"
)]
pub trait LinkingRow<M: Model>: RowOf<Model = M> {}

#[diagnostic::do_not_recommend]
impl<M: Model, R: RowOf<Model = M>> LinkingRow<M> for R {}

/// The engine that the link `To` of the row `A` leads to.
pub(super) type EngineOf<To, A> =
    <<To as LinkTarget>::Engine as SeenFrom<<A as RowOf>::Engine>>::Engine;
/// The row it leads to.
type TargetRow<To, A> = <<To as LinkTarget>::Model as Model>::Row<EngineOf<To, A>>;
/// The value that it leads there with.
type TargetKey<T, To, A> = <T as ColumnType<EngineOf<To, A>>>::Value;
pub(super) type LoadedLinks<T, To, A> = LinkedRows<TargetRow<To, A>, TargetKey<T, To, A>>;
pub(super) type LoadedLink<T, To, A> = Linked<TargetRow<To, A>, TargetKey<T, To, A>>;

impl<M: Model, T, To: LinkTarget, N: Nullability> Column<M, T, Link<To, N>> {
    /// For each row, in their order, the row that it links to: one statement for each 32,768 different keys, on a connection
    /// of the engine that the link leads to.
    ///
    /// ```
    /// # use bindery_cases::links::*;
    /// use bindery::relation::Linked;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut b = db.b()?;
    /// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    /// # b.visits().insert_many([NewVisit::new("/").user_id(ann.id), NewVisit::new("/rust").user_id(UserId::new(7)), NewVisit::new("/")])?;
    /// // Visits are on `b`, users on `default`.
    /// let visits = b.visits().all()?;
    /// let users = visit::user_id.load(&mut db.default()?, &visits)?;
    /// for (visit, user) in visits.iter().zip(&users) {
    ///     match user {
    ///         Linked::Found(user) => println!("{} by {}", visit.path, user.email),
    ///         Linked::Missing(id) => println!("{} by a user who is gone: {id}", visit.path),
    ///         Linked::Null => println!("{} by a guest", visit.path),
    ///     }
    /// }
    /// # assert_eq!(users.iter().filter(|user| user.is_missing()).count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A row is of another engine than the connection, or the database fails.
    #[track_caller]
    pub fn load<'r, A, C>(
        self,
        connection: &mut C,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<LoadedLinks<T, To, A>>
    where
        A: LinkingRow<M> + 'r,
        To::Engine: SeenFrom<A::Engine>,
        T: ColumnType<EngineOf<To, A>>,
        C: LeadsTo<To::Model, EngineOf<To, A>>,
    {
        let mut repository = connection.linked()?;
        let engine = repository.engine();
        let batch = self.batch_of(&repository, rows)?;
        let column = self.target_column(repository.hosted()?)?;
        let mut found = Vec::new();
        let take = &mut |group, row| found.push((group, row));
        fetch_there(&batch, &mut repository, column, &|_| true, take)?;
        LinkedRows::new(batch, found, |key| {
            T::read_on(&mut RowReader::of_recorded(key), engine)
        })
    }

    /// The position of the column that it leads to, in its table.
    pub(super) fn target_column(self, table: &TableSql) -> Result<usize> {
        let column = self.link.column.map_or(table.key[0], usize::from);
        KeyReader::of_column(table, column).map(|_| column)
    }

    /// The keys that the rows lead there with.
    #[track_caller]
    pub(super) fn batch_of<'r, A>(
        self,
        repository: &Repository<'_, To::Model, EngineOf<To, A>>,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<Batch>
    where
        A: LinkingRow<M> + 'r,
        To::Engine: SeenFrom<A::Engine>,
    {
        let engine = repository.engine();
        let mut batch = Batch::new(KeyReader::of_written(self.link.written.into()));
        for row in rows {
            if !To::Engine::leads_to(row, engine) {
                return Err(repository.located(Error::new(ErrorKind::WrongEngine), Operation::Load));
            }
            batch.add(&|params| row.write_row(params))?;
        }
        Ok(batch)
    }

    /// The row that this one links to.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    #[track_caller]
    pub fn load_one<A, C>(self, connection: &mut C, row: &A) -> Result<LoadedLink<T, To, A>>
    where
        A: LinkingRow<M>,
        To::Engine: SeenFrom<A::Engine>,
        T: ColumnType<EngineOf<To, A>>,
        C: LeadsTo<To::Model, EngineOf<To, A>>,
    {
        Ok(self.load(connection, [row])?.into_first())
    }
}

/// A link from the side that it leads to: which rows link to one.
#[derive(Debug)]
pub struct LinkedFrom<M, To> {
    column: usize,
    target: Option<usize>,
    marker: PhantomData<fn() -> (M, To)>,
}

impl<M, To> Clone for LinkedFrom<M, To> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, To> Copy for LinkedFrom<M, To> {}

impl<M, T, To, N> Column<M, T, Link<To, N>> {
    /// The link from the side that it leads to.
    ///
    /// ```
    /// # use bindery_cases::links::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut b = db.b()?;
    /// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    /// # b.visits().insert_many([NewVisit::new("/").user_id(ann.id), NewVisit::new("/rust").user_id(ann.id)])?;
    /// let users = db.users().query().all()?;
    /// let visits = visit::user_id.reversed().load(&mut b, &users)?;
    /// for (user, visits) in users.iter().zip(&visits) {
    ///     println!("{}: {} visits", user.email, visits.len());
    /// }
    /// # assert_eq!(visits.get(0).map(<[_]>::len), Some(2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn reversed(self) -> LinkedFrom<M, To> {
        LinkedFrom {
            column: self.path.index(),
            target: self.link.column.map(usize::from),
            marker: PhantomData,
        }
    }
}

impl<M: Model, To: LinkTarget> LinkedFrom<M, To> {
    /// For each row, in their order, the rows that link to it, in no order: one statement for each 32,768 rows, on a connection
    /// of an engine where the linking rows are.
    ///
    /// # Errors
    /// A row is of another engine than the link leads to, or the database fails.
    #[track_caller]
    pub fn load<'r, A, C>(
        self,
        connection: &mut C,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<LoadedMany<M::Row<C::Engine>>>
    where
        C: ReadRoute<M>,
        To::Engine: SeenFrom<C::Engine>,
        A: RowOf<Model = To::Model, Engine = <To::Engine as SeenFrom<C::Engine>>::Engine> + 'r,
        A::Engine: Hosts<To::Model>,
    {
        let mut repository = Repository::<M, C::Engine, C::Access>::new(connection.target());
        let engine = To::Engine::led_to(repository.engine());
        let batch = self.batch_of(engine, rows);
        let batch = batch.map_err(|error| repository.located(error, Operation::Load))?;
        let mut found = Vec::new();
        let take = &mut |group, row| found.push((group, row));
        fetch_there(&batch, &mut repository, self.column, &|_| true, take)?;
        let groups = batch.len();
        Ok(LoadedMany::new(&batch.into_places(), groups, found))
    }

    /// The values by which rows on this engine are linked to.
    fn batch_of<'r, A>(
        self,
        engine: A::Engine,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<Batch>
    where
        A: RowOf<Model = To::Model> + 'r,
        A::Engine: Hosts<To::Model>,
    {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(Batch::new(KeyReader::of_written(0)));
        }
        let table = Hosts::<To::Model>::sql(engine).ok_or_else(not_hosted::<To::Model>)?;
        let key = || table.key.first().copied().unwrap_or_default();
        let column = self.target.unwrap_or_else(key);
        let mut batch = Batch::new(KeyReader::of_column(table, column)?);
        for row in rows {
            if !row.belongs_to(engine) {
                return Err(Error::new(ErrorKind::WrongEngine));
            }
            batch.add(&|params| row.write_row(params))?;
        }
        Ok(batch)
    }
}

/// Reads the rows whose column has one of the wanted keys. Texts are equal when every byte is: a row that only its
/// database takes for equal is left out.
#[track_caller]
pub(super) fn fetch_there<M: Model, E: Engine, A>(
    batch: &Batch,
    repository: &mut Repository<'_, M, E, A>,
    column: usize,
    is_wanted: &dyn Fn(u32) -> bool,
    take: &mut dyn FnMut(u32, M::Row<E>),
) -> Result<()> {
    let take = &mut |group: Option<u32>, row| {
        if let Some(group) = group {
            take(group, row);
        }
        Ok(())
    };
    batch.fetch(repository, &[column], (&Clauses::new(), is_wanted), take)
}

#[cold]
fn not_hosted<M: Model>() -> Error {
    Error::new(ErrorKind::NotHosted {
        lives_on: M::ENGINES,
    })
}
