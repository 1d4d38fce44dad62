//! All that stands around each call on the rows of a model. It is the same for every model, call and answer, so it is compiled once, and not for each
//! of them in the crate of a program.

use std::panic::Location;
use std::sync::Arc;

use crate::driver::TableSql;
use crate::error::{Error, Operation, Result};
use crate::link::Link;
use crate::link::changes::Written;
use crate::link::replicas::Replicas;
use crate::model::route::Source;
use crate::observe::Call;

/// The call, as its errors and events name it.
pub(super) struct Named {
    pub(super) model: &'static str,
    pub(super) engine: &'static str,
    pub(super) operation: Operation,
    pub(super) place: &'static Location<'static>,
}

/// A call that has begun on its connection. It is small: the connection stays where it is.
pub(super) struct Begun<'l> {
    link: &'l mut Link,
    named: Named,
    sql: &'static TableSql,
    replicas: Option<&'l Arc<Replicas>>,
    /// Whether the program holds the connection, or it is one of the pool's for this call.
    is_held: bool,
    /// Whether its statements have a time together.
    is_timed: bool,
}

impl<'l> Begun<'l> {
    /// One that is taken from the pool for the call is put into `taken`.
    ///
    /// # Errors
    /// No connection can be had, or the call may not send anything on it.
    pub(super) fn new(
        source: &'l mut Source<'_>,
        taken: &'l mut Option<Link>,
        sql: &'static TableSql,
        named: Named,
    ) -> Result<Self> {
        let place = named.place;
        let mut replicas = None;
        let mut is_held = false;
        let link = match source {
            Source::Link(link) => {
                is_held = true;
                Ok(&mut **link)
            }
            Source::Session(slots, at) => {
                is_held = true;
                slots.link(*at)
            }
            Source::Pool(pool) if named.operation.writes() => {
                pool.writer(place).map(|link| taken.insert(link))
            }
            Source::Pool(pool) => {
                replicas = pool.replicas;
                pool.reader(place).map(|link| taken.insert(link))
            }
        };
        let link = match link {
            Ok(link) => link,
            Err(error) => return Err(named.located(error, sql)),
        };
        let mut begun = Self {
            link,
            named,
            sql,
            replicas,
            is_held,
            is_timed: false,
        };
        match begun.open() {
            Ok(()) => Ok(begun),
            Err(error) => Err(begun.refused(error)),
        }
    }

    #[inline]
    fn open(&mut self) -> Result<()> {
        let Named {
            model,
            operation,
            place,
            ..
        } = self.named;
        let table = self.sql.table;
        if self.is_held {
            self.link.begin_call(operation);
        }
        self.is_timed = self.link.begin_time();
        if self.is_held {
            self.link.ensure_may_call(operation)?;
        }
        let link = &mut *self.link;
        link.begin_observed(|| Call::on_model(operation, model, table, place));
        link.ensure_schema(model, table, operation)?;
        link.begin_in_scope(self.sql)
    }

    #[inline]
    pub(super) fn link(&mut self) -> &mut Link {
        self.link
    }

    /// The statements of the model.
    #[inline]
    pub(super) fn sql(&self) -> &'static TableSql {
        self.sql
    }

    /// The call has its answer, or failed.
    ///
    /// # Errors
    /// It failed, with all that is known of it, or its answer may not be given to the program.
    #[inline]
    pub(super) fn end<T>(self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(answer) => match self.done() {
                Ok(()) => Ok(answer),
                Err(error) => Err(error),
            },
            Err(error) => Err(self.failed(error)),
        }
    }

    fn done(mut self) -> Result<()> {
        self.ended(None);
        match self.is_held {
            true => {
                let outcome = self.link.ensure_may_answer(self.named.operation);
                outcome.map_err(|error| self.refused(error))
            }
            false => Ok(()),
        }
    }

    /// The work of the call failed. Returns its error with all that is known of it.
    #[cold]
    fn failed(mut self, error: Error) -> Error {
        self.ended(Some(&error));
        self.link.heed(&error);
        let error = self.link.pool().named(error, Some(self.named.model));
        self.refused(error)
    }

    #[inline]
    fn ended(&mut self, error: Option<&Error>) {
        self.link.end_in_scope();
        if self.named.operation.writes() {
            self.link.wrote(Written::Table(self.sql.table));
            self.link.end_observed(error);
        }
    }

    #[cold]
    fn refused(mut self, error: Error) -> Error {
        self.end_time();
        if self.is_held {
            self.link.call_failed(self.named.operation, &error);
        } else if let Some(replicas) = self.replicas
            && self.link.is_unusable_after(&error)
        {
            replicas.note_failure(self.link.pool(), &error);
        }
        self.named.located(error, self.sql)
    }

    #[inline]
    fn end_time(&mut self) {
        if std::mem::take(&mut self.is_timed) {
            self.link.end_time();
        }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.end_time();
    }
}

impl Named {
    /// The error with the place where it happened.
    #[cold]
    fn located(&self, error: Error, sql: &'static TableSql) -> Error {
        let error = error.of_row_of(sql.table, sql.columns);
        error.on_engine(self.engine).of(self.model, self.operation)
    }
}
