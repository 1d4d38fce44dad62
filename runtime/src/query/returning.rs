//! Changing and deleting all rows that meet a condition, and getting them back by the same statement.

use super::assignment::{AssignmentWriter, Assignments};
use super::condition::{Condition, Predicate};
use super::statement::Query;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{Model, Writable};
use crate::repository::published::{is_published, publishes};
use crate::repository::{Repository, returned_rows};
use crate::value::ParamWriter;

impl<'c, M: Writable, E: Engine, A> Repository<'c, M, E, A> {
    /// Sets columns of all rows that meet the condition, and returns the rows as they are then, in no particular order.
    ///
    /// # Errors
    /// As [`Query::update_returning`].
    #[track_caller]
    pub fn update_where_returning(
        self,
        condition: Condition<M, E>,
        assignments: impl Assignments<M, E>,
    ) -> Result<Vec<M::Row<E>>>
    where
        Query<'c, M, E, A>: CanWrite,
    {
        self.filter(condition).update_returning(assignments)
    }

    /// Deletes all rows that meet the condition, and returns them, in no particular order.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["one", "two"].map(NewBlog::new))?;
    /// let gone = b.blogs().delete_where_returning(blog::title.eq("two"))?;
    /// assert_eq!(gone[0].title, "two");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Query::delete_returning`].
    #[track_caller]
    pub fn delete_where_returning(self, condition: Condition<M, E>) -> Result<Vec<M::Row<E>>>
    where
        Query<'c, M, E, A>: CanWrite,
    {
        self.filter(condition).delete_returning()
    }
}

impl<M: Model, E: Engine, A> Query<'_, M, E, A> {
    /// The same as [`update`](Self::update), and returns the rows as they are then, in no particular order.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on MySQL and MariaDB, before anything is sent: no update returns rows there. Else as
    /// [`update`](Self::update).
    #[track_caller]
    pub fn update_returning(mut self, assignments: impl Assignments<M, E>) -> Result<Vec<M::Row<E>>>
    where
        M: Writable,
        Self: CanWrite,
    {
        let mut set = Predicate::new();
        assignments.write(&mut AssignmentWriter(&mut set));
        let clauses = &self.clauses;
        if const { is_published::<M>() } && publishes::<M, E>(self.repository.engine()) {
            return self.update_published(&set, |_, _, after| after);
        }
        self.repository
            .run(Operation::Update, |physical, sql, engine| {
                let on = clauses.change_on(&engine)?;
                set.ensure_assigned(engine, sql)?;
                let dialect = physical.dialect();
                if sql.returning.is_empty() || !dialect.query_syntax().updates_return {
                    return Err(no_returning_update());
                }
                let text = on.update_text(physical, &set, sql, true)?;
                let write = &mut |params: &mut ParamWriter<'_>| clauses.write_update(&set, params);
                returned_rows::<M, E>(physical, engine, &text, write)
            })
    }

    /// The same as [`delete`](Self::delete), and returns the rows, in no particular order.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] on MySQL, before anything is sent: no delete returns rows there. Else as
    /// [`delete`](Self::delete).
    #[track_caller]
    pub fn delete_returning(mut self) -> Result<Vec<M::Row<E>>>
    where
        M: Writable,
        Self: CanWrite,
    {
        let clauses = &self.clauses;
        if const { is_published::<M>() } && publishes::<M, E>(self.repository.engine()) {
            return self.delete_published(|_, before, _| before);
        }
        self.repository
            .run(Operation::Delete, |physical, sql, engine| {
                let on = clauses.change_on(&engine)?;
                ensure_returns(sql)?;
                let text = on.delete_text(physical, sql, true)?;
                returned_rows::<M, E>(physical, engine, &text, &mut |params| {
                    clauses.write_condition(params)
                })
            })
    }
}

fn ensure_returns(sql: &TableSql) -> Result<()> {
    if sql.returning.is_empty() {
        return Err(no_returning_delete());
    }
    Ok(())
}

#[cold]
fn no_returning_update() -> Error {
    Error::new(ErrorKind::Unsupported(
        "an update that returns rows: MySQL and MariaDB have none; select the rows in a transaction, then update them",
    ))
}

#[cold]
fn no_returning_delete() -> Error {
    Error::new(ErrorKind::Unsupported(
        "a delete that returns rows: MySQL has none; select the rows in a transaction, then delete them",
    ))
}
