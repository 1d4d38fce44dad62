//! Rows of a checked query, one after the other.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::time::Duration;

use super::on::located;
use super::{FromRow, Params};
use crate::driver::shard_scope::of_sql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::link::{Link, Pulled};
use crate::model::route::{Source, Target};
use crate::observe::Call;
use crate::value::ParamWriter;

/// An iterator over the rows of a query of the kind `:iter`; the connection is free again when it is dropped.
///
/// Each wait for a row has the time of a statement (`statement-timeout`), and all of them together as long as it takes, unless
/// [`within`](Self::within) sets a limit.
pub struct QueryRows<'c, E, T> {
    pulled: Pulled<'c>,
    engine: E,
    finished: bool,
    row: PhantomData<fn() -> T>,
}

impl<'c, E: Engine, T: FromRow<E>> QueryRows<'c, E, T> {
    #[track_caller]
    pub(super) fn new(
        (target, query): (Target<'c, E>, Option<&'static str>),
        sql: &'static str,
        params: &impl Params,
    ) -> Result<Self> {
        let (place, engine) = (Location::caller(), target.engine);
        let begin = |link: &mut Link| {
            link.begin_observed(|| Call {
                query,
                ..Call::of(Operation::Query, Some(place))
            });
            link.scope().map_or(Ok(()), |_| Err(of_sql()))
        };
        let belong = params.belong_to(engine.index());
        let write = &mut |writer: &mut ParamWriter<'_>| params.write(writer);
        let open = || match target.source {
            _ if !belong => Err(Error::new(ErrorKind::WrongEngine)),
            Source::Link(link) => {
                link.call(Operation::Query, begin)?;
                Pulled::on_link(link, sql, write)
            }
            Source::Session(slots, at) => {
                let link = slots.link(at)?;
                link.call(Operation::Query, begin)?;
                Pulled::on_link(link, sql, write)
            }
            Source::Pool(pool) => {
                let mut link = pool.primary(place)?;
                begin(&mut link)?;
                Pulled::on_own(link, sql, write)
            }
        };
        let pulled = open().map_err(|error| located(error, engine, Operation::Query))?;
        Ok(Self {
            pulled,
            engine,
            finished: false,
            row: PhantomData,
        })
    }

    /// Has the reading of all rows end within this time from now: the next row then is
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), and the last item. What the program does between two rows counts, too.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.pulled.end_within(limit);
        self
    }

    #[cold]
    fn failed(&self, error: Error) -> Error {
        located(error.showing_text(), self.engine, Operation::Query)
    }
}

impl<E: Engine, T: FromRow<E>> Iterator for QueryRows<'_, E, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let engine = self.engine;
        let row = self.pulled.next(|row| T::read_row(row, engine));
        self.finished = !matches!(row, Some(Ok(_)));
        row.map(|row| row.map_err(|error| self.failed(error)))
    }
}

impl<E, T> fmt::Debug for QueryRows<'_, E, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("QueryRows").finish_non_exhaustive()
    }
}
