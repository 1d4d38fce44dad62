//! The typed query: which rows of which model, on which engine.

use std::cell::Cell;

use super::clauses::Clauses;
use super::condition::{Condition, Predicate};
use super::order::Orders;
use super::render::Wanted;
use crate::driver::shard_scope::ShardScope;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::{CanWrite, ReadWrite};
use crate::model::route::ReadRoute;
use crate::repository::{Repository, Rows};

/// The rows of model `M` on engine `E` that meet all conditions, in an order. It does nothing until one of its last calls:
/// [`all`](Self::all), [`first`](Self::first), [`one`](Self::one), [`iter`](Self::iter), [`count`](Self::count),
/// [`exists`](Self::exists), [`update`](Self::update), [`delete`](Self::delete).
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// let mut b = db.b()?;
/// b.blogs().insert_many(["one", "two", "three"].map(NewBlog::new))?;
/// let wanted: Option<&str> = None;
/// let page = b.blogs()
///     .filter(blog::title.ne("two"))
///     .filter_if(wanted, |title| blog::title.eq(title))
///     .order_by(blog::title.desc())
///     .limit(20)
///     .all()?;
/// assert_eq!(page.iter().map(|blog| blog.title.as_str()).collect::<Vec<_>>(), ["three", "one"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a query does nothing until `all`, `first`, `count` or another of its last calls"]
pub struct Query<'c, M, E, A = ReadWrite> {
    pub(super) repository: Repository<'c, M, E, A>,
    pub(super) clauses: Clauses,
}

impl<M, E> CanWrite for Query<'_, M, E, ReadWrite> {}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// The rows that meet this condition, or the error of a row that no such condition can be made of.
    pub(crate) fn of(repository: Repository<'c, M, E, A>, condition: Result<Predicate>) -> Self {
        let mut clauses = repository.clauses();
        clauses.filter_or_refuse(condition);
        Self {
            repository,
            clauses,
        }
    }
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// The clauses of all rows that the connection may reach.
    #[inline]
    pub(crate) fn clauses(&self) -> Clauses {
        let mut clauses = Clauses::new();
        if let Some(scope) = self.scope() {
            self.bind(&mut clauses, scope);
        }
        clauses
    }

    #[cold]
    fn bind(&self, clauses: &mut Clauses, scope: &ShardScope) {
        if let Some(column) = self.sql().ok().and_then(TableSql::shard_column) {
            clauses.bind(column, scope);
        }
    }
}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// All rows, to be filtered, ordered or limited.
    #[inline]
    pub fn query(self) -> Query<'c, M, E, A> {
        Query {
            clauses: self.clauses(),
            repository: self,
        }
    }

    /// The rows that meet this condition.
    #[inline]
    #[rustfmt::skip]
    pub fn filter(self, condition: Condition<M, E>) -> Query<'c, M, E, A> { // `a.and(b)`, `a.or(b)`, `flag.eq(true)`, `.having(…)`
        if self.scope().is_some() {
            return self.query().filter(condition);
        }
        Query {
            repository: self,
            clauses: Clauses::of(condition.predicate),
        }
    }

    /// The rows that meet this condition, where there is a value for it; else all rows.
    pub fn filter_if<V>(
        self,
        value: Option<V>,
        condition: impl FnOnce(V) -> Condition<M, E>,
    ) -> Query<'c, M, E, A> {
        self.query().filter_if(value, condition)
    }

    /// All rows in this order.
    pub fn order_by(self, orders: impl Orders<M, E>) -> Query<'c, M, E, A> {
        self.query().order_by(orders)
    }

    /// The first rows in the order of the key, at most this many.
    pub fn limit(self, rows: u64) -> Query<'c, M, E, A> {
        self.query().limit(rows)
    }
}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// Of these, the rows that meet this condition, too.
    #[inline]
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

    /// Orders the rows; those that are equal in this are ordered by what a later call says, and by the key in the end.
    pub fn order_by(mut self, orders: impl Orders<M, E>) -> Self {
        self.clauses.order_by(orders);
        self
    }

    /// At most this many rows; in the order of the key where there is no other.
    #[inline]
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }

    /// Without the first rows, this many. Reading on after a row is faster than a large offset.
    pub fn offset(mut self, rows: u64) -> Self {
        self.clauses.offset(rows);
        self
    }

    /// The same query on another connection, transaction or engine that hosts the model. Only this query moves.
    ///
    /// A condition that compares with keys keeps their engine: on another one the query is
    /// [`ErrorKind::WrongEngine`] before anything is sent.
    pub fn using<'d, R: ReadRoute<M>>(
        self,
        route: &'d mut R,
    ) -> Query<'d, M, R::Engine, R::Access> {
        let repository = Repository::new(route.target());
        let mut clauses = self.clauses;
        if let Some(scope) = repository.scope() {
            repository.bind(&mut clauses, scope);
        }
        Query {
            repository,
            clauses,
        }
    }

    /// The rows.
    ///
    /// # Errors
    /// A key is of another engine, a value cannot be held by this database, or the database fails.
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<M::Row<E>>> {
        self.rows()
    }

    /// The same of a query that is executed again.
    #[track_caller]
    pub(super) fn rows(&mut self) -> Result<Vec<M::Row<E>>> {
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
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn first(mut self) -> Result<Option<M::Row<E>>> {
        let mut found = None;
        self.clauses.first();
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
    /// [`all`](Self::all).
    #[track_caller]
    pub fn one(mut self) -> Result<M::Row<E>> {
        let (mut found, mut count) = (None, 0);
        self.clauses.limit(2);
        self.read(Operation::Find, Wanted::AnyRows, &mut |row| {
            found = Some(row);
            count += 1;
            true
        })?;
        match found {
            Some(row) if count == 1 => Ok(row),
            Some(_) => Err(self.failed(ErrorKind::SeveralRows)),
            None => Err(self.failed(ErrorKind::NotFound)),
        }
    }

    #[cold]
    fn failed(&self, kind: ErrorKind) -> Error {
        self.repository.located(Error::new(kind), Operation::Find)
    }

    /// Reads rows until `take` returns `false`.
    #[track_caller]
    fn read(
        &mut self,
        operation: Operation,
        wanted: Wanted,
        take: &mut dyn FnMut(M::Row<E>) -> bool,
    ) -> Result<()> {
        let clauses = &self.clauses;
        let taken = Cell::new(false);
        let run = |physical: &mut Physical, sql: &'static TableSql, engine: E| {
            clauses
                .on(&engine)?
                .query(physical, wanted, sql, &mut |row| {
                    taken.set(true);
                    Ok(take(M::read(row, engine)?))
                })
        };
        self.repository.run_read(operation, &taken, run)
    }

    /// The rows one after the other, without holding them all in memory.
    ///
    /// # Errors
    /// As [`all`](Self::all); later failures come as items.
    #[track_caller]
    pub fn iter(self) -> Result<Rows<'c, M, E>> {
        let clauses = self.clauses;
        let engine = self.repository.engine();
        self.repository.rows(
            |physical, sql| clauses.on(&engine)?.text(physical, Wanted::Rows, sql),
            &mut |params| clauses.write(Wanted::Rows, params),
        )
    }

    /// The number of rows.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn count(mut self) -> Result<u64> {
        self.clauses.count(&mut self.repository)
    }

    /// Returns whether there is a row, without reading it.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn exists(mut self) -> Result<bool> {
        self.clauses.exists(&mut self.repository)
    }
}
