//! The connection that a session has of one engine, whichever type its user sees it as.

use std::any::Any;
use std::panic::Location;

use super::Parts;
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::transaction::Hooks;
use crate::link::{Link, Scoped};

/// A connection with the scopes that the session has opened on it: its transaction, and a savepoint for each session that is
/// nested in it.
pub(super) struct Held {
    home: Home,
    scopes: Vec<Scoped>,
}

/// Where the connection is.
enum Home {
    Bare(Box<(Link, Hooks)>),
    /// Lent to the program, as a connection of one type.
    Typed(Box<dyn Typed>),
}

/// A [`Connection`] of any type.
trait Typed: Send {
    fn as_any(&mut self) -> &mut dyn Any;
    fn parts(&mut self) -> Parts<'_>;
    /// A transaction was begun on it and neither ended nor dropped (`mem::forget`).
    fn is_forgotten(&self) -> bool;
    /// Takes back what a forgotten transaction has.
    fn take_back(&mut self);
}

impl<E: Engine> Typed for Connection<E> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn parts(&mut self) -> Parts<'_> {
        (&mut self.link, &mut self.hooks)
    }

    fn is_forgotten(&self) -> bool {
        self.lent.is_some()
    }

    fn take_back(&mut self) {
        Connection::take_back(self);
    }
}

impl Held {
    pub(super) fn new(link: Link) -> Self {
        Self {
            home: Home::Bare(Box::new((link, Hooks::default()))),
            scopes: Vec::new(),
        }
    }

    pub(super) fn parts(&mut self) -> Parts<'_> {
        match &mut self.home {
            Home::Bare(bare) => (&mut bare.0, &mut bare.1),
            Home::Typed(connection) => connection.parts(),
        }
    }

    pub(super) fn link(&mut self) -> &mut Link {
        self.parts().0
    }

    pub(super) fn hooks(&mut self) -> &mut Hooks {
        self.parts().1
    }

    /// The connection as one of this type. It stays one until another type is requested.
    pub(super) fn typed<E: Engine>(&mut self, engine: E) -> Result<&mut Connection<E>> {
        if !self.is_typed::<E>() {
            self.ensure_remembered()?;
            let (link, hooks) = self.parts();
            let mut connection = Connection::new(engine, link.take());
            connection.hooks = std::mem::take(hooks);
            self.home = Home::Typed(Box::new(connection));
        }
        match &mut self.home {
            Home::Typed(connection) => connection.as_any().downcast_mut(),
            Home::Bare(_) => None,
        }
        .ok_or_else(|| Error::new(ErrorKind::TransactionForgotten))
    }

    fn is_typed<E: Engine>(&mut self) -> bool {
        match &mut self.home {
            Home::Typed(connection) => connection.as_any().is::<Connection<E>>(),
            Home::Bare(_) => false,
        }
    }

    fn ensure_remembered(&self) -> Result<()> {
        match &self.home {
            Home::Typed(connection) if connection.is_forgotten() => {
                Err(Error::new(ErrorKind::TransactionForgotten))
            }
            Home::Typed(_) | Home::Bare(_) => Ok(()),
        }
    }

    /// Begins the session's transaction.
    pub(super) fn begin(
        &mut self,
        options: &TransactionOptions,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let scope = self.link().begin_from(options, site)?;
        self.scopes.push(scope);
        Ok(())
    }

    /// Opens savepoints until there is a scope for each of this number of sessions.
    pub(super) fn open_to(&mut self, depth: u32, site: &'static Location<'static>) -> Result<()> {
        while self.depth() < depth {
            self.begin(&TransactionOptions::new(), site)?;
        }
        Ok(())
    }

    /// How many scopes of the session's are open.
    pub(super) fn depth(&self) -> u32 {
        u32::try_from(self.scopes.len()).unwrap_or(u32::MAX)
    }

    /// Leaves all scopes but the session's own transaction; `false` where there is none.
    pub(super) fn leave_nested(&mut self) -> bool {
        self.scopes.truncate(1);
        !self.scopes.is_empty()
    }

    /// Takes the innermost scope to end it: with its depth on the connection, which must be the one that it was opened on.
    pub(super) fn leave(&mut self) -> Result<u32> {
        if let Home::Typed(connection) = &mut self.home {
            connection.take_back();
        }
        let scope = self.scopes.pop();
        let link = self.link();
        match scope {
            Some(scope) if link.is_in(scope) => Ok(scope.depth),
            Some(_) | None => {
                link.condemn();
                Err(Error::new(ErrorKind::WrongTransaction))
            }
        }
    }

    /// Rejects a commit that cannot succeed, as far as is known without a round trip.
    pub(super) fn ensure_committable(&mut self) -> Result<()> {
        if let Home::Typed(connection) = &mut self.home {
            connection.take_back();
        }
        let innermost = self.scopes.last().copied();
        let link = self.link();
        if !innermost.is_some_and(|scope| link.is_in(scope)) {
            return Err(Error::new(ErrorKind::WrongTransaction));
        }
        link.ensure_committable()
    }
}
