//! Changing and deleting all rows that meet a condition.

use super::assignment::{AssignmentWriter, Assignments};
use super::clauses::Clauses;
use super::condition::{Condition, Predicate};
use super::statement::Query;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{Model, Writable};
use crate::repository::Repository;
use crate::repository::published::{is_published, publishes};

impl<'c, M: Writable, E: Engine, A> Repository<'c, M, E, A> {
    /// All rows, where an update or delete of every one of them is meant: `all_rows().delete()`.
    pub fn all_rows(self) -> Query<'c, M, E, A>
    where
        Query<'c, M, E, A>: CanWrite,
    {
        self.query().all_rows()
    }

    /// Sets columns of all rows that meet the condition, and returns their number.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["one", "two"].map(NewBlog::new))?;
    /// let changed = b.blogs().update_where(blog::title.eq("two"), blog::stars.set_to(blog::stars + 1))?;
    /// assert_eq!((changed, b.blogs().filter(blog::stars.eq(1)).count()?), (1, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::update`].
    #[track_caller]
    pub fn update_where(
        self,
        condition: Condition<M, E>,
        assignments: impl Assignments<M, E>,
    ) -> Result<u64>
    where
        Query<'c, M, E, A>: CanWrite,
    {
        self.filter(condition).update(assignments)
    }

    /// Deletes all rows that meet the condition, and returns their number.
    ///
    /// # Errors
    /// As [`Query::delete`].
    #[track_caller]
    pub fn delete_where(self, condition: Condition<M, E>) -> Result<u64>
    where
        Query<'c, M, E, A>: CanWrite,
    {
        self.filter(condition).delete()
    }
}

impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    /// Says that an update or delete without a condition means every row.
    pub fn all_rows(mut self) -> Self
    where
        Self: CanWrite,
    {
        self.clauses.mean_all_rows();
        self
    }

    /// Sets columns of all these rows, and returns their number. A version is incremented, and a time of the last change is
    /// set to the current time. Rows that had the values before are counted on every database.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the query has no condition and does not say [`all_rows`](Self::all_rows), or where it
    /// has a limit or an order. A constraint is violated, a key is of another engine, or the database fails.
    #[track_caller]
    pub fn update(mut self, assignments: impl Assignments<M, E>) -> Result<u64>
    where
        M: Writable,
        Self: CanWrite,
    {
        let mut set = Predicate::new();
        assignments.write(&mut AssignmentWriter(&mut set));
        if const { is_published::<M>() } && publishes::<M, E>(self.repository.engine()) {
            return self.update_published(&set, |changed, _, _| changed);
        }
        let clauses = &self.clauses;
        self.repository
            .run(Operation::Update, |physical, sql, engine| {
                clauses.update(physical, sql, engine, &set)
            })
    }

    /// Deletes all these rows, and returns their number.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] where the query has no condition and does not say [`all_rows`](Self::all_rows), or where it
    /// has a limit or an order. Something refers to a row, a key is of another engine, or the database fails.
    #[track_caller]
    pub fn delete(mut self) -> Result<u64>
    where
        M: Writable,
        Self: CanWrite,
    {
        if const { is_published::<M>() } && publishes::<M, E>(self.repository.engine()) {
            return self.delete_published(|changed, _, _| changed);
        }
        let clauses = &self.clauses;
        self.repository
            .run(Operation::Delete, |physical, sql, engine| {
                clauses.delete(physical, sql, engine)
            })
    }
}

/// Rows with events are read before and after the change, on every database; `done` gets their number and both.
impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    #[track_caller]
    pub(super) fn update_published<T>(
        &mut self,
        set: &Predicate,
        done: impl FnOnce(u64, Vec<M::Row<E>>, Vec<M::Row<E>>) -> T,
    ) -> Result<T> {
        let clauses = &self.clauses;
        let find = |physical: &mut Physical, sql, engine: E| {
            clauses.ensure_keeps_key(set, sql)?;
            clauses.locked_rows::<M, E>(physical, sql, engine)
        };
        let change =
            |physical: &mut Physical, sql, engine: E| clauses.update(physical, sql, engine, set);
        self.repository
            .run_on_found(Operation::Update, find, change, done)
    }

    #[track_caller]
    pub(super) fn delete_published<T>(
        &mut self,
        done: impl FnOnce(u64, Vec<M::Row<E>>, Vec<M::Row<E>>) -> T,
    ) -> Result<T> {
        let clauses = &self.clauses;
        let find = |physical: &mut Physical, sql, engine: E| {
            clauses.locked_rows::<M, E>(physical, sql, engine)
        };
        let change =
            |physical: &mut Physical, sql, engine: E| clauses.delete(physical, sql, engine);
        self.repository
            .run_on_found(Operation::Delete, find, change, done)
    }
}

impl Clauses {
    /// Sets columns of the rows, and returns their number.
    fn update<E: Engine>(
        &self,
        physical: &mut Physical,
        sql: &'static TableSql,
        engine: E,
        set: &Predicate,
    ) -> Result<u64> {
        let on = self.change_on(&engine)?;
        set.ensure_assigned(engine, sql)?;
        let text = on.update_text(physical, set, sql, false)?;
        physical.execute(&text, &mut |params| self.write_update(set, params))
    }

    /// Deletes the rows, and returns their number.
    fn delete<E: Engine>(
        &self,
        physical: &mut Physical,
        sql: &'static TableSql,
        engine: E,
    ) -> Result<u64> {
        let on = self.change_on(&engine)?;
        let text = on.delete_text(physical, sql, false)?;
        physical.execute(&text, &mut |params| self.write_condition(params))
    }
}

#[cold]
pub(crate) fn no_condition() -> Error {
    Error::new(ErrorKind::Unsupported(
        "an update or delete without a condition: filter the query, or say `.all_rows()` where every row is meant",
    ))
}

#[cold]
pub(crate) fn not_by_order() -> Error {
    Error::new(ErrorKind::Unsupported(
        "an update or delete takes conditions only: it has no order, limit or offset",
    ))
}
