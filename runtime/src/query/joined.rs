//! Queries of rows together with those that they refer to, in one statement.

use std::cell::Cell;
use std::marker::PhantomData;

use super::clauses::Clauses;
use super::column::Column;
use super::condition::Condition;
use super::extras::Join;
use super::nullability::References;
use super::order::Orders;
use super::render::Wanted;
use super::shape::ColumnPath;
use super::statement::Query;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::ReadWrite;
use crate::model::lives_on::Hosts;
use crate::repository::{Repository, Rows};
use crate::value::RowReader;

/// Rows of model `M`, each with the rows `P` that it refers to. Made by [`Query::join`] and [`Query::left_join`].
#[must_use = "a query does nothing until `all`, `first`, `count` or another of its last calls"]
pub struct Joined<'c, M, E, P, A = ReadWrite> {
    repository: Repository<'c, M, E, A>,
    clauses: Clauses,
    partners: PhantomData<fn() -> P>,
}

/// A row of `U` comes with each row; rows without one are left out.
#[derive(Debug, Clone, Copy)]
pub struct Inner<U>(PhantomData<fn() -> U>);

/// A row of `U` comes with each row that refers to one.
#[derive(Debug, Clone, Copy)]
pub struct Left<U>(PhantomData<fn() -> U>);

/// A foreign key of model `M`, or one that a path leads to.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be joined by this",
    label = "expected a foreign key of `{M}`, such as `post::author_id`",
    note = "the rows that refer to a row are loaded: `c.load(&users, user::posts)`, or their model is queried and joined the other way round"
)]
pub trait Joins<M> {
    /// The model that it leads to.
    type Model: Model;
    #[doc(hidden)]
    fn path(self) -> JoinPath;
}

/// The foreign keys that lead to a joined row.
#[doc(hidden)]
#[derive(Debug)]
pub struct JoinPath(ColumnPath);

impl JoinPath {
    /// By this reference of what `from` leads to.
    pub(crate) const fn by(from: ColumnPath, reference: u8, nullable: bool) -> Self {
        Self(ColumnPath::own(0).behind(from, reference, nullable))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, K: References> Joins<M> for Column<M, T, K> {
    type Model = K::Model;

    fn path(self) -> JoinPath {
        JoinPath::by(self.path, self.reference, K::NULLABLE)
    }
}

/// A row that comes with another.
pub trait Partner<E: Engine> {
    /// The type that it is read into.
    type Row;
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row>;
}

impl<U: Model, E: Engine> Partner<E> for Inner<U> {
    type Row = U::Row<E>;

    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row> {
        U::read(row, engine)
    }
}

impl<U: Model, E: Hosts<U>> Partner<E> for Left<U> {
    type Row = Option<U::Row<E>>;

    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row> {
        if row.bool()? {
            return U::read(row, engine).map(Some);
        }
        let columns = Hosts::<U>::sql(engine).map_or(0, |sql| sql.columns.len());
        row.skip(columns.max(1));
        Ok(None)
    }
}

/// The rows that come with a row of `M`.
pub trait Partners<M: Model, E: Engine> {
    /// All of them, in a tuple that begins with the row itself.
    type Row;
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row>;
}

macro_rules! partners {
    ($($($name:ident)+;)+) => {$(
        impl<M: Model, Z: Engine, $($name: Partner<Z>),+> Partners<M, Z> for ($($name,)+) {
            type Row = (M::Row<Z>, $($name::Row),+);

            fn read(row: &mut RowReader<'_>, engine: Z) -> Result<Self::Row> {
                Ok((M::read(row, engine)?, $($name::read(row, engine)?),+))
            }
        }
    )+};
}

partners! {
    A;
    A B;
    A B C;
}

/// One more row in a tuple of up to three.
pub trait JoinedWith<P> {
    /// The tuple with it.
    type With;
}

impl<A, P> JoinedWith<P> for (A,) {
    type With = (A, P);
}

impl<A, B, P> JoinedWith<P> for (A, B) {
    type With = (A, B, P);
}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// Each row with the one that it refers to, as [`Query::join`].
    pub fn join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, (Inner<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.query().join(by)
    }

    /// Each row with the one that it refers to, if there is one, as [`Query::left_join`].
    pub fn left_join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, (Left<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.query().left_join(by)
    }

    /// Each row with the one that it refers to, if that meets a condition, as [`Query::left_join_on`].
    pub fn left_join_on<J: Joins<M>>(
        self,
        by: J,
        condition: Condition<J::Model, E>,
    ) -> Joined<'c, M, E, (Left<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.query().left_join_on(by, condition)
    }
}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// Each of these rows with the one that it refers to by this foreign key, in one statement: pairs. Rows that refer to none
    /// are left out.
    pub fn join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, (Inner<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.joined().also(by, Join::Inner)
    }

    /// Each of these rows with the one that it refers to by this foreign key, if there is one: a pair of the row and an
    /// `Option`.
    pub fn left_join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, (Left<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.joined().also(by, Join::Left)
    }

    /// Each of these rows with the one that it refers to, if there is one that meets a condition: a pair of the row and an
    /// `Option`. A row whose other one does not meet it comes without that one; [`filter`](Joined::filter) would leave out both.
    ///
    /// Columns of the other row in filters and orders (`book::editor_id.to(person::name)`) are its own, whether it meets the condition or
    /// not.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let ann = c.people().insert(NewPerson::new("Ann"))?;
    /// # let bob = c.people().insert(NewPerson::new("Bob"))?;
    /// # c.books().insert(NewBook::new("Rust").editor_id(ann.id))?;
    /// # c.books().insert(NewBook::new("SQL").editor_id(bob.id))?;
    /// let books = c.books().left_join_on(book::editor_id, person::name.ne("Bob")).all()?;
    /// let editors = books.iter().map(|(_, editor)| editor.as_ref().map(|editor| editor.name.as_str()));
    /// assert_eq!(editors.collect::<Vec<_>>(), [Some("Ann"), None]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When it is executed: the condition has columns of rows that the other one refers to ([`ErrorKind::Unsupported`]).
    pub fn left_join_on<J: Joins<M>>(
        self,
        by: J,
        condition: Condition<J::Model, E>,
    ) -> Joined<'c, M, E, (Left<J::Model>,), A>
    where
        E: Hosts<J::Model>,
    {
        self.joined().also_if(by, condition)
    }

    fn joined(self) -> Joined<'c, M, E, (), A> {
        Joined {
            repository: self.repository,
            clauses: self.clauses,
            partners: PhantomData,
        }
    }
}

impl<'c, M: Model, E: Engine, P, A> Joined<'c, M, E, P, A> {
    pub(super) fn clauses_mut(&mut self) -> &mut Clauses {
        &mut self.clauses
    }

    fn also<J: Joins<M>, Q>(mut self, by: J, join: Join) -> Joined<'c, M, E, Q, A>
    where
        E: Hosts<J::Model>,
    {
        self.clauses.join(by.path().0, join);
        self.with::<J::Model, Q>()
    }

    fn also_if<J: Joins<M>, Q>(
        mut self,
        by: J,
        condition: Condition<J::Model, E>,
    ) -> Joined<'c, M, E, Q, A>
    where
        E: Hosts<J::Model>,
    {
        self.clauses.join_if(by.path().0, &condition.predicate);
        self.with::<J::Model, Q>()
    }

    /// The same query, whose rows come with one of `U`, too.
    fn with<U: Model, Q>(mut self) -> Joined<'c, M, E, Q, A>
    where
        E: Hosts<U>,
    {
        if Hosts::<U>::sql(self.repository.engine()).is_none() {
            let lives_on = U::ENGINES;
            self.clauses.refuse(ErrorKind::NotHosted { lives_on });
        }
        Joined {
            repository: self.repository,
            clauses: self.clauses,
            partners: PhantomData,
        }
    }

    /// Each row with one more that it refers to, or that one of the others does: `comment::post_id.to(post::author_id)`.
    pub fn join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, P::With, A>
    where
        P: JoinedWith<Inner<J::Model>>,
        E: Hosts<J::Model>,
    {
        self.also(by, Join::Inner)
    }

    /// Each row with one more that it may refer to.
    pub fn left_join<J: Joins<M>>(self, by: J) -> Joined<'c, M, E, P::With, A>
    where
        P: JoinedWith<Left<J::Model>>,
        E: Hosts<J::Model>,
    {
        self.also(by, Join::Left)
    }

    /// Each row with one more that it may refer to, if that meets a condition, as [`Query::left_join_on`].
    pub fn left_join_on<J: Joins<M>>(
        self,
        by: J,
        condition: Condition<J::Model, E>,
    ) -> Joined<'c, M, E, P::With, A>
    where
        P: JoinedWith<Left<J::Model>>,
        E: Hosts<J::Model>,
    {
        self.also_if(by, condition)
    }

    /// Of these, the rows that meet this condition, too.
    #[rustfmt::skip]
    pub fn filter(mut self, condition: Condition<M, E>) -> Self { // `a.and(b)`, `a.or(b)`, `flag.eq(true)`, `.having(…)`
        self.clauses.filter(condition);
        self
    }

    /// The same where there is a value for the condition; without one the query stays as it is.
    pub fn filter_if<V>(
        self,
        value: Option<V>,
        condition: impl FnOnce(V) -> Condition<M, E>,
    ) -> Self {
        match value {
            Some(value) => self.filter(condition(value)),
            None => self,
        }
    }

    /// Orders the rows, as [`Query::order_by`].
    pub fn order_by(mut self, orders: impl Orders<M, E>) -> Self {
        self.clauses.order_by(orders);
        self
    }

    /// At most this many rows; in the order of the key where there is no other.
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }

    /// Without the first rows, this many.
    pub fn offset(mut self, rows: u64) -> Self {
        self.clauses.offset(rows);
        self
    }

    /// The number of rows.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[track_caller]
    pub fn count(mut self) -> Result<u64> {
        self.clauses.count(&mut self.repository)
    }

    /// Returns whether there is a row, without reading it.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[track_caller]
    pub fn exists(mut self) -> Result<bool> {
        self.clauses.exists(&mut self.repository)
    }
}

impl<'c, M: Model, E: Engine, P: Partners<M, E>, A> Joined<'c, M, E, P, A> {
    /// The rows.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<P::Row>> {
        let mut rows = Vec::new();
        self.read(Operation::Select, Wanted::Rows, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }

    /// The first row, if there is one; in the order of the key where there is no other.
    ///
    /// # Errors
    /// As [`Query::all`].
    #[track_caller]
    pub fn first(mut self) -> Result<Option<P::Row>> {
        let mut found = None;
        self.clauses.limit(1);
        self.read(Operation::Find, Wanted::Rows, &mut |row| {
            found = Some(row);
            false
        })?;
        Ok(found)
    }

    /// The only row.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where there is none, [`ErrorKind::SeveralRows`] where there is more than one; else as
    /// [`Query::all`].
    #[track_caller]
    pub fn one(mut self) -> Result<P::Row> {
        let mut found = Vec::new();
        self.clauses.limit(2);
        self.read(Operation::Find, Wanted::AnyRows, &mut |row| {
            found.push(row);
            true
        })?;
        let kind = match (found.pop(), found.is_empty()) {
            (Some(row), true) => return Ok(row),
            (Some(_), false) => ErrorKind::SeveralRows,
            (None, _) => ErrorKind::NotFound,
        };
        Err(self.repository.located(Error::new(kind), Operation::Find))
    }

    #[track_caller]
    fn read(
        &mut self,
        operation: Operation,
        wanted: Wanted,
        take: &mut dyn FnMut(P::Row) -> bool,
    ) -> Result<()> {
        let clauses = &self.clauses;
        let taken = Cell::new(false);
        let run = |physical: &mut Physical, sql: &'static TableSql, engine: E| {
            let on = clauses.on(&engine)?;
            let read = &mut |row: &mut RowReader<'_>| {
                taken.set(true);
                Ok(take(P::read(row, engine)?))
            };
            let outcome = on.query(physical, wanted, sql, read);
            outcome.map_err(|error| error.of_row_of(sql.table, &clauses.names_of_joined(sql)))
        };
        self.repository.run_read(operation, &taken, run)
    }

    /// The rows one after the other, without holding them all in memory.
    ///
    /// # Errors
    /// As [`Query::all`]; later failures come as items.
    #[track_caller]
    pub fn iter(self) -> Result<Rows<'c, M, E, P::Row>> {
        let clauses = self.clauses;
        let engine = self.repository.engine();
        self.repository.rows_as(
            P::read,
            |sql| Some(clauses.names_of_joined(sql)),
            |physical, sql| clauses.on(&engine)?.text(physical, Wanted::Rows, sql),
            &mut |params| clauses.write(Wanted::Rows, params),
        )
    }
}
