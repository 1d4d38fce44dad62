//! Why an operation on a session failed, and whether the session outlives it.

use std::io;

/// A failure; `S` is what the server said.
#[derive(Debug)]
pub(in crate::driver) enum Fault<S> {
    /// The socket failed, or time ran out. The session is dead.
    Io(io::Error),
    /// The peer does not keep to the protocol. The session is dead.
    Protocol(&'static str),
    /// The server refused. The session goes on.
    Server(Box<S>),
}

impl<S> Fault<S> {
    /// Did time run out?
    pub(in crate::driver) fn is_timeout(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::TimedOut)
    }

    /// The session was given up before.
    pub(in crate::driver) fn dead() -> Self {
        Self::Io(io::ErrorKind::NotConnected.into())
    }
}

impl<S> From<io::Error> for Fault<S> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
