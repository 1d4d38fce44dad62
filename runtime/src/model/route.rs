//! From a connection, a transaction or the whole of `Databases` to the place where a model's statements run.

use std::marker::PhantomData;

use crate::link::Link;
use crate::link::PoolSource;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::read_connection::ReadConnection;
use crate::link::slots::Slots;
use crate::link::transaction::Transaction;
use crate::model::Model;
use crate::model::access::{Access, ReadWrite, ReadsOnly};
use crate::model::lives_on::Hosts;

/// Something that leads to an engine hosting `M`, to read there and perhaps to write: connections, transactions, and
/// connections to replicas. The bound of functions that only read.
pub trait ReadRoute<M: Model> {
    /// The engine it leads to.
    type Engine: Hosts<M>;

    /// Whether rows may be written there: `ReadWrite` or `ReadsOnly`.
    type Access: Access;

    /// Returns where statements run.
    fn target(&mut self) -> Target<'_, Self::Engine, Self::Access>;
}

/// Something that leads to an engine hosting `M`, to read and write there.
pub trait Route<M: Model>: ReadRoute<M, Access = ReadWrite> {}

impl<M: Model, R: ReadRoute<M, Access = ReadWrite> + ?Sized> Route<M> for R {}

impl<M: Model, E: Hosts<M>> ReadRoute<M> for Connection<E> {
    type Engine = E;
    type Access = ReadWrite;

    fn target(&mut self) -> Target<'_, E> {
        self.own_target()
    }
}

impl<M: Model, E: Hosts<M>> ReadRoute<M> for ReadConnection<E> {
    type Engine = E;
    type Access = ReadsOnly;

    fn target(&mut self) -> Target<'_, E, ReadsOnly> {
        Target::of_link(self.engine, &mut self.link)
    }
}

impl<E: Engine> ReadConnection<E> {
    /// Where what only reads runs.
    pub(crate) fn own_target(&mut self) -> Target<'_, E> {
        Target::of_link(self.engine, &mut self.link)
    }
}

impl<E: Engine> Connection<E> {
    /// Where the statements of any model run.
    pub(crate) fn own_target(&mut self) -> Target<'_, E> {
        Target::of_link(self.engine, &mut self.link)
    }
}

/// An engine together with a way to a connection of it.
pub struct Target<'c, E, A = ReadWrite> {
    pub(crate) engine: E,
    pub(crate) source: Source<'c>,
    access: PhantomData<A>,
}

pub(crate) enum Source<'c> {
    /// A held connection: every statement runs on it.
    Link(&'c mut Link),
    /// A connection for each statement.
    Pool(PoolSource<'c>),
    /// The connection that a session has of the engine at this place, or takes for its first statement.
    Session(&'c mut Slots, usize),
}

impl<'c, E: Engine, A> Target<'c, E, A> {
    pub(crate) fn of_pool(engine: E, pool: PoolSource<'c>) -> Self {
        Self {
            engine,
            source: Source::Pool(pool),
            access: PhantomData,
        }
    }

    pub(crate) fn of_link(engine: E, link: &'c mut Link) -> Self {
        Self {
            engine,
            source: Source::Link(link),
            access: PhantomData,
        }
    }

    #[cfg(feature = "session")]
    #[inline]
    pub(crate) fn keeps_rows(&self) -> bool {
        match &self.source {
            Source::Link(link) => link.keeps_rows(),
            Source::Session(slots, _) => slots.keeps_rows(),
            Source::Pool(_) => false,
        }
    }

    /// The number of connections that a read may be tried on.
    pub(crate) fn attempts(&self) -> usize {
        match &self.source {
            Source::Link(_) | Source::Session(..) => 1,
            Source::Pool(pool) => pool
                .replicas
                .map_or(1, |replicas| replicas.members.len() + 1),
        }
    }

    pub(crate) fn of_session(engine: E, slots: &'c mut Slots) -> Self {
        Self {
            engine,
            source: Source::Session(slots, engine.index()),
            access: PhantomData,
        }
    }

    /// The same place, for one of several calls.
    pub(crate) fn again(&mut self) -> Target<'_, E, A> {
        Target {
            engine: self.engine,
            source: match &mut self.source {
                Source::Link(link) => Source::Link(link),
                Source::Pool(pool) => Source::Pool(*pool),
                Source::Session(slots, at) => Source::Session(slots, *at),
            },
            access: PhantomData,
        }
    }
}

impl<M: Model, E: Hosts<M>> ReadRoute<M> for Transaction<'_, E> {
    type Engine = E;
    type Access = ReadWrite;

    fn target(&mut self) -> Target<'_, E> {
        (**self).own_target()
    }
}
