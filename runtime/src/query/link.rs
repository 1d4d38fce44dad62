//! Links: columns that refer to rows of another engine, which no foreign key can. The rows they lead to are loaded over
//! a connection of that engine.

use std::marker::PhantomData;

use super::column::Column;
use super::kind::{Kind, MayBeNull, NotNull, Nullable, Plain, References};
use super::linked::{Linked, LinkedMany, LinkedRows};
use super::load::{ColumnOfRow, DistinctValues, load_by};
use super::operand::{ColumnType, RowEngine};
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::{Engine, StaticEngine};
use crate::link::read_connection::ReadConnection;
use crate::link::transaction::Transaction;
use crate::model::key::Key;
use crate::model::lives_on::Hosts;
use crate::model::route::ReadRoute;
use crate::model::row_of::RowOf;
use crate::model::{HasKey, Model};
use crate::repository::Repository;
use crate::value::RowReader;
use crate::value::recorded::is_null;

/// The column is a link. `To` is the key it leads to, or a model and its engine; `N` says whether it may be NULL.
#[derive(Debug, Clone, Copy)]
pub struct Link<To, N = NotNull>(PhantomData<fn() -> (To, N)>);

impl<To: 'static, N: Kind> Kind for Link<To, N> {
    const NULLABLE: bool = N::NULLABLE;
    type Plain = N::Plain;
    type Behind<K: Plain> = <N::Plain as Plain>::Or<K>;
    type Read<T> = N::Read<T>;

    fn read<T>(
        row: &mut RowReader<'_>,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Result<Self::Read<T>> {
        N::read(row, read)
    }
}

impl<To: 'static> MayBeNull for Link<To, Nullable> {}

/// A link has no path: no foreign key, and no statement, reaches another engine.
impl<To: LinkTarget + OfSameEngine + 'static, N: Kind> References for Link<To, N> {
    type Model = To::Model;
}

/// Holds for no link.
#[diagnostic::on_unimplemented(
    message = "a link leads to another engine, and no statement reaches both: this one leads to `{Self}`",
    label = "a link has no path and no join",
    note = "load the rows that it leads to, over a connection of their engine: `.load(&mut connection, &rows)`"
)]
pub trait OfSameEngine {}

/// The end of a link.
pub trait LinkTarget {
    /// The model it leads to.
    type Model: Model;
    /// The engine that hosts it, or [`RowEngine`].
    type Engine;
}

impl<U: HasKey, E, V> LinkTarget for Key<U, E, V> {
    type Model = U;
    type Engine = E;
}

impl<U: Model, E> LinkTarget for (U, E) {
    type Model = U;
    type Engine = E;
}

/// The engine that a link of a row on `E` leads to.
pub trait SeenFrom<E: Engine> {
    /// The engine.
    type Engine: Engine;
    /// The engine that a link of a row on this one leads to.
    #[doc(hidden)]
    fn led_to(engine: E) -> Self::Engine;
    /// Does the row's link lead to this engine?
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
pub trait LeadsTo<M: Model, E: Engine> {
    /// The rows that the link leads to.
    #[doc(hidden)]
    fn linked(&mut self) -> Repository<'_, M, E>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Hosts<M>> LeadsTo<M, E> for Connection<E> {
    fn linked(&mut self) -> Repository<'_, M, E> {
        Repository::new(ReadRoute::<M>::target(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Hosts<M>> LeadsTo<M, E> for ReadConnection<E> {
    fn linked(&mut self) -> Repository<'_, M, E> {
        Repository::new(self.own_target())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Hosts<M>> LeadsTo<M, E> for Transaction<'_, E> {
    fn linked(&mut self) -> Repository<'_, M, E> {
        Repository::new(ReadRoute::<M>::target(self))
    }
}

/// The engine that the link `To` of the row `A` leads to.
pub(super) type EngineOf<To, A> =
    <<To as LinkTarget>::Engine as SeenFrom<<A as RowOf>::Engine>>::Engine;
/// The row it leads to.
type TargetRow<To, A> = <<To as LinkTarget>::Model as Model>::Row<EngineOf<To, A>>;
/// The value that it leads there with.
type TargetKey<T, To, A> = <T as ColumnType<EngineOf<To, A>>>::Value;
pub(super) type LoadedLinks<T, To, A> = LinkedRows<TargetRow<To, A>, TargetKey<T, To, A>>;
pub(super) type LoadedLink<T, To, A> = Linked<TargetRow<To, A>, TargetKey<T, To, A>>;

impl<M: Model, T, To: LinkTarget, N: Kind> Column<M, T, Link<To, N>> {
    /// For each row, in their order, the row that it links to: one statement for each 16,384 different keys, on a connection
    /// of the engine that the link leads to.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/links/bindery.rs"));
    /// use bindery::Linked;
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
        A: RowOf<Model = M> + 'r,
        To::Engine: SeenFrom<A::Engine>,
        T: ColumnType<EngineOf<To, A>>,
        C: LeadsTo<To::Model, EngineOf<To, A>>,
    {
        let mut repository = connection.linked();
        let engine = repository.engine();
        let (keys, places) = self.keys_of(&repository, rows)?;
        let mut found = Vec::new();
        let mut found_at = vec![None; keys.len()];
        let column = self.target_column();
        load_by(&mut repository, column, &keys, &mut |place, row| {
            found_at[place as usize] = Some(found.len());
            found.push(row);
        })?;
        LinkedRows::new(found, &places, &found_at, |place| {
            T::read_on(&mut RowReader::of_recorded(keys.at(place)), engine)
        })
    }

    /// The position of the column that it leads to, in its table.
    pub(super) fn target_column(self) -> impl Fn(&TableSql) -> usize {
        let column = self.link.column;
        move |sql| column.map_or_else(|| sql.key[0], usize::from)
    }

    /// The different keys of the rows, and where among them that of each row is.
    #[track_caller]
    pub(super) fn keys_of<'r, A>(
        self,
        repository: &Repository<'_, To::Model, EngineOf<To, A>>,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<(DistinctValues, Vec<Option<u32>>)>
    where
        A: RowOf<Model = M> + 'r,
        To::Engine: SeenFrom<A::Engine>,
    {
        let engine = repository.engine();
        let mut keys = DistinctValues::default();
        let of_row = ColumnOfRow::written_at(self.link.written.into());
        let mut places = Vec::new();
        for row in rows {
            if !To::Engine::leads_to(row, engine) {
                let error = Error::new(ErrorKind::WrongEngine);
                return Err(repository.located(error, Operation::FindMany));
            }
            let key = of_row.value(|params| row.write_row(params))?;
            places.push((!is_null(key.bytes())).then(|| keys.add(key.bytes())));
        }
        Ok((keys, places))
    }

    /// The row that this one links to.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    #[track_caller]
    pub fn load_one<A, C>(self, connection: &mut C, row: &A) -> Result<LoadedLink<T, To, A>>
    where
        A: RowOf<Model = M>,
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
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/links/bindery.rs"));
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
    /// For each row, in their order, the rows that link to it, in no order: one statement for each 16,384 rows, on a connection
    /// of an engine where the linking rows are.
    ///
    /// # Errors
    /// A row is of another engine than the link leads to, or the database fails.
    #[track_caller]
    pub fn load<'r, A, C>(
        self,
        connection: &mut C,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<LinkedMany<M::Row<C::Engine>>>
    where
        C: ReadRoute<M>,
        To::Engine: SeenFrom<C::Engine>,
        A: RowOf<Model = To::Model, Engine = <To::Engine as SeenFrom<C::Engine>>::Engine> + 'r,
        A::Engine: Hosts<To::Model>,
    {
        let mut repository = Repository::<M, C::Engine, C::Access>::new(connection.target());
        let engine = To::Engine::led_to(repository.engine());
        let of_row = Hosts::<To::Model>::sql(engine).map(|sql| {
            let key = || sql.key.first().copied().unwrap_or_default();
            ColumnOfRow::of_table(sql, self.target.unwrap_or_else(key))
        });
        let mut values = DistinctValues::default();
        let mut places = Vec::new();
        for row in rows {
            let Some(of_row) = &of_row else {
                return Err(repository.located(not_hosted::<To::Model>(), Operation::FindMany));
            };
            if !row.belongs_to(engine) {
                let error = Error::new(ErrorKind::WrongEngine);
                return Err(repository.located(error, Operation::FindMany));
            }
            let of_row = of_row
                .as_ref()
                .map_err(|error| Error::new(error.kind().clone()))?;
            let value = of_row.value(|params| row.write_row(params))?;
            places.push(values.add(value.bytes()) as usize);
        }
        let mut groups = Vec::new();
        groups.resize_with(values.len(), Vec::new);
        let take = &mut |place: u32, row| groups[place as usize].push(row);
        load_by(&mut repository, |_| self.column, &values, take)?;
        Ok(LinkedMany::new(groups, places))
    }
}

#[cold]
fn not_hosted<M: Model>() -> Error {
    Error::new(ErrorKind::NotHosted {
        lives_on: M::ENGINES,
    })
}
