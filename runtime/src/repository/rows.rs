//! Rows read one after the other.

use std::marker::PhantomData;
use std::time::Duration;

use super::located;
use crate::driver::{TableSql, WriteParams};
use crate::error::{Error, Operation, Result};
use crate::link::engine::Engine;
use crate::link::{Link, Pulled};
use crate::model::Model;
use crate::value::RowReader;

/// An iterator over all rows of a model on one engine; the connection is free again when it is dropped.
///
/// Each wait for a row has the time of a statement (`statement-timeout`), and all of them together as long as it takes, unless
/// [`within`](Self::within) sets a limit.
pub struct Rows<'c, M: Model, E: Engine, R = <M as Model>::Row<E>> {
    pulled: Pulled<'c>,
    reader: RowsReader<E, R>,
    model: PhantomData<M>,
    finished: bool,
}

/// Reads one row.
pub(crate) type ReadRow<E, R> = fn(&mut RowReader<'_>, E) -> Result<R>;

/// The form in which rows are read, and named in errors.
pub(crate) struct RowsReader<E, R> {
    sql: &'static TableSql,
    /// Where they are not the columns of the table.
    names: Option<Vec<&'static str>>,
    engine: E,
    read: ReadRow<E, R>,
}

impl<E, R> RowsReader<E, R> {
    pub(crate) fn new(
        sql: &'static TableSql,
        names: Option<Vec<&'static str>>,
        engine: E,
        read: ReadRow<E, R>,
    ) -> Self {
        Self {
            sql,
            names,
            engine,
            read,
        }
    }

    #[cold]
    fn named(&self, error: Error) -> Error {
        let names = self.names.as_deref();
        error.of_row_of(self.sql.table, names.unwrap_or(self.sql.columns))
    }
}

impl<'c, M: Model, E: Engine, R> Rows<'c, M, E, R> {
    pub(super) fn on_link(
        link: &'c mut Link,
        (text, write): (&str, WriteParams<'_>),
        reader: RowsReader<E, R>,
    ) -> Result<Self> {
        Ok(Self::new(Pulled::on_link(link, text, write)?, reader))
    }

    pub(super) fn on_own(
        link: Link,
        (text, write): (&str, WriteParams<'_>),
        reader: RowsReader<E, R>,
    ) -> Result<Self> {
        Ok(Self::new(Pulled::on_own(link, text, write)?, reader))
    }

    /// Has the reading of all rows end within this time from now: the next row then is
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), and the last item. What the program does between two rows counts, too.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # use std::time::Duration;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # db.users().insert(NewUser::new("ann@example.org"))?;
    /// for user in db.users().iter()?.within(Duration::from_secs(60)) {
    ///     println!("{}", user?.email);
    /// }
    /// let late = db.users().iter()?.within(Duration::ZERO).next();
    /// assert!(late.is_some_and(|row| row.is_err_and(|error| error.is_timeout())));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.pulled.end_within(limit);
        self
    }

    fn new(pulled: Pulled<'c>, reader: RowsReader<E, R>) -> Self {
        Self {
            pulled,
            reader,
            model: PhantomData,
            finished: false,
        }
    }

    /// Reads the next row by `read`; nothing comes after the last row or an error.
    #[inline]
    pub(crate) fn pull<T>(
        &mut self,
        read: impl FnOnce(&mut RowReader<'_>, E) -> Result<T>,
    ) -> Option<Result<T>> {
        if self.finished {
            return None;
        }
        let engine = self.reader.engine;
        match self.pulled.next(|row| read(row, engine)) {
            Some(Ok(row)) => Some(Ok(row)),
            Some(Err(error)) => {
                self.finished = true;
                Some(Err(self.located(error)))
            }
            None => {
                self.finished = true;
                None
            }
        }
    }

    /// The error with the place where it happened.
    #[cold]
    pub(crate) fn located(&self, error: Error) -> Error {
        let error = self.reader.named(error);
        located::<M, E>(error, self.reader.engine, Operation::Select)
    }
}

impl<M: Model, E: Engine, R> Iterator for Rows<'_, M, E, R> {
    type Item = Result<R>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let read = self.reader.read;
        self.pull(read)
    }
}
