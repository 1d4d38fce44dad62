//! From a connection, a transaction or the whole of `Databases` to the place where a model's statements run.

use std::sync::Arc;

use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::pool::Pool;
use crate::link::transaction::Transaction;
use crate::model::Model;
use crate::model::lives_on::Hosts;

/// Something that leads to an engine hosting `M`.
pub trait Route<M: Model> {
    /// The engine it leads to.
    type Engine: Hosts<M>;

    /// Returns where statements run.
    fn target(&mut self) -> Target<'_, Self::Engine>;
}

impl<M: Model, E: Hosts<M>> Route<M> for Connection<E> {
    type Engine = E;

    fn target(&mut self) -> Target<'_, E> {
        self.own_target()
    }
}

impl<E: Engine> Connection<E> {
    /// Where the statements of any model run.
    pub(crate) fn own_target(&mut self) -> Target<'_, E> {
        Target {
            engine: self.engine,
            source: Source::Link(&mut self.link),
        }
    }
}

/// An engine together with a way to a connection of it.
pub struct Target<'c, E> {
    pub(crate) engine: E,
    pub(crate) source: Source<'c>,
}

pub(crate) enum Source<'c> {
    /// A held connection: every statement runs on it.
    Link(&'c mut Link),
    /// A connection for each statement.
    Pool(&'c Arc<Pool>),
}

impl<'c, E: Engine> Target<'c, E> {
    pub(crate) fn of_pool(engine: E, pool: &'c Arc<Pool>) -> Self {
        Self {
            engine,
            source: Source::Pool(pool),
        }
    }

    /// The same place, for one of several calls.
    pub(crate) fn again(&mut self) -> Target<'_, E> {
        Target {
            engine: self.engine,
            source: match &mut self.source {
                Source::Link(link) => Source::Link(link),
                Source::Pool(pool) => Source::Pool(pool),
            },
        }
    }
}

impl<M: Model, E: Hosts<M>> Route<M> for Transaction<'_, E> {
    type Engine = E;

    fn target(&mut self) -> Target<'_, E> {
        (**self).target()
    }
}
