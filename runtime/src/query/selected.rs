//! The typed query of columns, expressions and aggregates.

use std::cell::Cell;
use std::marker::PhantomData;

use super::aggregate::{Extreme, Having};
use super::clauses::Clauses;
use super::computed_on::ComputedOn;
use super::condition::Condition;
use super::expression::Term;
use super::number::Number;
use super::operand::ColumnType;
use super::order::{OfGroups, Orders};
use super::render::Wanted;
use super::select::{
    Grouped, Groups, IsGrouped, Selection, SelectionInto, SelectionWriter, Ungrouped,
};
use super::statement::Query;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::{CanWrite, ReadWrite};
use crate::model::lives_on::Hosts;
use crate::model::route::ReadRoute;
use crate::repository::{Repository, Rows};
use crate::value::RowReader;

pub(super) type Read<E, R> = fn(&mut RowReader<'_>, E) -> Result<R>;

/// A query of columns, expressions and aggregates, whose rows are read into `R`. Made by [`Query::select`] and
/// [`Query::select_as`].
#[must_use = "a query does nothing until `all`, `first`, `count` or another of its last calls"]
pub struct Selected<'c, M, E, R, G = Ungrouped, A = ReadWrite> {
    repository: Repository<'c, M, E, A>,
    clauses: Clauses,
    read: Read<E, R>,
    groups: PhantomData<fn() -> G>,
}

impl<M, E, R, G> CanWrite for Selected<'_, M, E, R, G, ReadWrite> {}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// These columns, expressions or aggregates of all rows.
    pub fn select<S: Selection<M, E>>(
        self,
        selection: S,
    ) -> Selected<'c, M, E, S::Row, Ungrouped, A> {
        self.query().select(selection)
    }

    /// The same, each row as a struct with `#[derive(Row)]`.
    pub fn select_as<R>(
        self,
        selection: impl SelectionInto<R, M, E>,
    ) -> Selected<'c, M, E, R, Ungrouped, A> {
        self.query().select_as(selection)
    }
}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// These columns, expressions or aggregates in place of whole rows. They are read into a tuple, or the value of the only
    /// one; what may be NULL into an `Option`.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["Rust", "SQL"].map(NewBlog::new))?;
    /// let rows = b.blogs().order_by(blog::title.asc()).select((blog::title, blog::content)).all()?;
    /// assert_eq!(rows, [("Rust".to_owned(), None), ("SQL".to_owned(), None)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn select<S: Selection<M, E>>(
        self,
        selection: S,
    ) -> Selected<'c, M, E, S::Row, Ungrouped, A> {
        self.selecting(selection, S::read)
    }

    /// The same, each row as a struct with `#[derive(Row)]`: its fields are in the order of what is selected, and of its types.
    ///
    /// Columns that are in the order of other fields, which have their names, are
    /// [`ErrorKind::Unsupported`] when the query is executed. Expressions and columns of other names are read by their position.
    pub fn select_as<R>(
        self,
        selection: impl SelectionInto<R, M, E>,
    ) -> Selected<'c, M, E, R, Ungrouped, A> {
        fn into<R, M, E: Engine, S: SelectionInto<R, M, E>>(
            _: &S,
        ) -> (Read<E, R>, &'static [&'static str]) {
            (S::read_into, S::COLUMNS)
        }
        let (read, columns) = into(&selection);
        let mut selected = self.selecting(selection, read);
        selected.clauses.select_into(columns);
        selected
    }

    fn selecting<R>(
        mut self,
        selection: impl Selection<M, E>,
        read: Read<E, R>,
    ) -> Selected<'c, M, E, R, Ungrouped, A> {
        selection.write(&mut SelectionWriter(&mut self.clauses));
        Selected {
            repository: self.repository,
            clauses: self.clauses,
            read,
            groups: PhantomData,
        }
    }

    /// The rows without those that are equal in all columns: for tables without a key, as no two rows have one key.
    pub fn distinct(mut self) -> Self {
        self.clauses.distinct();
        self
    }

    /// An aggregate of these rows; of those that the limit leaves, where there is one.
    #[track_caller]
    fn aggregate<R>(mut self, selection: impl Selection<M, E, Row = R>) -> Result<R> {
        self.clauses.aggregate();
        let found = self.select(selection).read_first(Operation::Select)?;
        Ok(found.expect("an aggregate without groups has one row"))
    }

    /// The sum of a column or expression; `None` of no values.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// assert_eq!(b.blogs().query().sum(blog::stars)?, None);
    /// b.blogs().insert_many([NewBlog::new("Rust").stars(5), NewBlog::new("SQL").stars(2)])?;
    /// assert_eq!(b.blogs().query().sum(blog::stars)?, Some(7));
    /// assert_eq!(b.blogs().filter(blog::stars.ge(3)).max(blog::title)?.as_deref(), Some("Rust"));
    /// assert_eq!(b.blogs().query().avg(blog::stars)?, Some(3.5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The sum is beyond its type; else as [`all`](Self::all).
    #[track_caller]
    pub fn sum<C: Term<M, On: ComputedOn<E>>>(
        self,
        of: C,
    ) -> Result<Option<<C::Value as Number>::Sum>>
    where
        C::Value: Number,
    {
        self.aggregate(of.term().sum())
    }

    /// The mean of a column or expression, as a float; `None` of no values.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn avg<C: Term<M, On: ComputedOn<E>>>(self, of: C) -> Result<Option<f64>>
    where
        C::Value: Number,
    {
        self.aggregate(of.term().avg())
    }

    /// The least value of a column or expression; `None` of no values.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn min<C: Term<M, On: ComputedOn<E>>>(
        self,
        of: C,
    ) -> Result<Option<<C::Value as ColumnType<E>>::Value>>
    where
        C::Value: Extreme + ColumnType<E>,
    {
        self.aggregate(of.term().min())
    }

    /// The greatest value of a column or expression; `None` of no values.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn max<C: Term<M, On: ComputedOn<E>>>(
        self,
        of: C,
    ) -> Result<Option<<C::Value as ColumnType<E>>::Value>>
    where
        C::Value: Extreme + ColumnType<E>,
    {
        self.aggregate(of.term().max())
    }

    pub(super) fn clauses_mut(&mut self) -> &mut Clauses {
        &mut self.clauses
    }
}

impl<'c, M: Model, E: Engine, R, G, A> Selected<'c, M, E, R, G, A> {
    pub(super) fn clauses_mut(&mut self) -> &mut Clauses {
        &mut self.clauses
    }

    pub(super) fn into_parts(self) -> (Repository<'c, M, E, A>, Clauses, Read<E, R>) {
        (self.repository, self.clauses, self.read)
    }

    /// Of these, the rows that meet this condition, too; before they are grouped.
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

    /// One row for each different value of these columns or expressions. What is selected is one of them, computed of them, or
    /// an aggregate; anything else is [`ErrorKind::Unsupported`] when it is executed.
    pub fn group_by(mut self, groups: impl Groups<M, E>) -> Selected<'c, M, E, R, Grouped, A> {
        groups.write(&mut SelectionWriter(&mut self.clauses));
        Selected {
            repository: self.repository,
            clauses: self.clauses,
            read: self.read,
            groups: PhantomData,
        }
    }

    /// Of the groups, those that meet this condition, too.
    pub fn having(mut self, condition: impl Into<Having<M, E>>) -> Self
    where
        G: IsGrouped,
    {
        self.clauses.having(&condition.into().0);
        self
    }

    /// Each different row once.
    pub fn distinct(mut self) -> Self {
        self.clauses.distinct();
        self
    }

    /// Orders by columns, expressions and aggregates. What they leave equal is ordered by the key; distinct rows by what is
    /// selected, groups by what they are grouped by.
    pub fn order_by(mut self, orders: impl Orders<M, E, OfGroups>) -> Self {
        self.clauses.order_by(orders);
        self
    }

    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.clauses.limit(rows);
        self
    }

    /// Without the first rows, this many.
    pub fn offset(mut self, rows: u64) -> Self {
        self.clauses.offset(rows);
        self
    }

    /// The same query on another connection, transaction or engine that hosts the model, as [`Query::using`].
    pub fn using<'d, T>(self, route: &'d mut T) -> Selected<'d, M, E, R, G, T::Access>
    where
        T: ReadRoute<M, Engine = E>,
        E: Hosts<M>,
    {
        Selected {
            repository: Repository::new(route.target()),
            clauses: self.clauses,
            read: self.read,
            groups: PhantomData,
        }
    }

    /// The rows.
    ///
    /// # Errors
    /// A key is of another engine, databases do not answer the query alike, or the database fails.
    #[track_caller]
    pub fn all(mut self) -> Result<Vec<R>> {
        let mut rows = Vec::new();
        self.read(Operation::Select, &mut |row| {
            rows.push(row);
            true
        })?;
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn first(mut self) -> Result<Option<R>> {
        self.clauses.limit(1);
        self.read_first(Operation::Find)
    }

    #[track_caller]
    fn read_first(mut self, operation: Operation) -> Result<Option<R>> {
        let mut found = None;
        self.read(operation, &mut |row| {
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
    pub fn one(mut self) -> Result<R> {
        let (mut found, mut count) = (None, 0);
        self.clauses.limit(2);
        self.read(Operation::Find, &mut |row| {
            found = Some(row);
            count += 1;
            true
        })?;
        let kind = match found {
            Some(row) if count == 1 => return Ok(row),
            Some(_) => ErrorKind::SeveralRows,
            None => ErrorKind::NotFound,
        };
        Err(self.repository.located(Error::new(kind), Operation::Find))
    }

    #[track_caller]
    fn read(&mut self, operation: Operation, take: &mut dyn FnMut(R) -> bool) -> Result<()> {
        let (clauses, read) = (&self.clauses, self.read);
        let taken = Cell::new(false);
        let run = |physical: &mut Physical, sql: &'static TableSql, engine: E| {
            let on = clauses.on(&engine)?;
            let read = &mut |row: &mut RowReader<'_>| {
                taken.set(true);
                Ok(take(read(row, engine)?))
            };
            let outcome = on.query(physical, Wanted::Selected, sql, read);
            outcome.map_err(|error| error.of_row_of(sql.table, &clauses.names(sql)))
        };
        self.repository.run_read(operation, &taken, run)
    }

    /// The rows one after the other, without holding them all in memory.
    ///
    /// # Errors
    /// As [`all`](Self::all); later failures come as items.
    #[track_caller]
    pub fn iter(self) -> Result<Rows<'c, M, E, R>> {
        let clauses = self.clauses;
        let engine = self.repository.engine();
        self.repository.rows_as(
            self.read,
            |sql| Some(clauses.names(sql)),
            |physical, sql| clauses.on(&engine)?.text(physical, Wanted::Selected, sql),
            &mut |params| clauses.write(Wanted::Selected, params),
        )
    }

    /// The number of rows: of distinct ones, or of groups, where it is a query of those.
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
