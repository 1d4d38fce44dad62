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
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) model: &'static str,
    pub(super) engine: &'static str,
    pub(super) operation: Operation,
    pub(super) place: &'static Location<'static>,
}

/// A call that has begun on its connection.
pub(super) struct Begun<'l> {
    on: On<'l>,
    sql: &'static TableSql,
    named: Named,
    /// Whether its statements have a time together.
    is_timed: bool,
}

/// The connection: the one that the program holds, or one of the pool's for this call.
enum On<'l> {
    Held(&'l mut Link),
    Taken(Link, Option<&'l Arc<Replicas>>),
}

impl<'l> Begun<'l> {
    /// # Errors
    /// No connection can be had, or the call may not send anything on it.
    pub(super) fn new(
        source: &'l mut Source<'_>,
        sql: &'static TableSql,
        named: Named,
    ) -> Result<Self> {
        let on = match on(source, named) {
            Ok(on) => on,
            Err(error) => return Err(named.located(error, sql)),
        };
        let is_timed = false;
        let mut begun = Self {
            on,
            sql,
            named,
            is_timed,
        };
        match begun.open() {
            Ok(()) => Ok(begun),
            Err(error) => Err(begun.refused(error)),
        }
    }

    fn open(&mut self) -> Result<()> {
        let Named {
            model,
            operation,
            place,
            ..
        } = self.named;
        let table = self.sql.table;
        let link = match &mut self.on {
            On::Held(link) => {
                link.begin_call(operation);
                self.is_timed = link.begin_time();
                link.ensure_may_call(operation)?;
                link
            }
            On::Taken(link, _) => {
                self.is_timed = link.begin_time();
                link
            }
        };
        link.begin_observed(|| Call::on_model(operation, model, table, place));
        link.ensure_schema(model, table, operation)?;
        link.begin_in_scope(self.sql)
    }

    #[inline]
    pub(super) fn link(&mut self) -> &mut Link {
        match &mut self.on {
            On::Held(link) => link,
            On::Taken(link, _) => link,
        }
    }

    /// The call has its answer.
    ///
    /// # Errors
    /// It may not be given to the program.
    pub(super) fn done(mut self) -> Result<()> {
        self.ended(None);
        let operation = self.named.operation;
        let outcome = match &mut self.on {
            On::Held(link) => link.ensure_may_answer(operation),
            On::Taken(..) => Ok(()),
        };
        outcome.map_err(|error| self.refused(error))
    }

    /// The work of the call failed. Returns its error with all that is known of it.
    #[cold]
    pub(super) fn failed(mut self, error: Error) -> Error {
        self.ended(Some(&error));
        let model = self.named.model;
        let link = self.link();
        link.heed(&error);
        let error = link.pool().named(error, Some(model));
        self.refused(error)
    }

    fn ended(&mut self, error: Option<&Error>) {
        let writes = self.named.operation.writes();
        let table = self.sql.table;
        let link = self.link();
        link.end_in_scope();
        if writes {
            link.wrote(Written::Table(table));
            link.end_observed(error);
        }
    }

    #[cold]
    fn refused(mut self, error: Error) -> Error {
        self.end_time();
        match &mut self.on {
            On::Held(link) => link.call_failed(self.named.operation, &error),
            On::Taken(link, replicas) => {
                if let Some(replicas) = replicas
                    && link.is_unusable_after(&error)
                {
                    replicas.note_failure(link.pool(), &error);
                }
            }
        }
        self.named.located(error, self.sql)
    }

    fn end_time(&mut self) {
        if std::mem::take(&mut self.is_timed) {
            self.link().end_time();
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
    fn located(self, error: Error, sql: &'static TableSql) -> Error {
        let error = error.of_row_of(sql.table, sql.columns);
        error.on_engine(self.engine).of(self.model, self.operation)
    }
}

fn on<'l>(source: &'l mut Source<'_>, named: Named) -> Result<On<'l>> {
    let place = named.place;
    Ok(match source {
        Source::Link(link) => On::Held(link),
        Source::Session(slots, at) => On::Held(slots.link(*at)?),
        Source::Pool(pool) if named.operation.writes() => On::Taken(pool.writer(place)?, None),
        Source::Pool(pool) => On::Taken(pool.reader(place)?, pool.replicas),
    })
}
