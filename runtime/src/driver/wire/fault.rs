//! Why an operation on a session failed, and whether the session outlives it.

use std::io;

use super::{CutOff, UnknownHost};
use crate::driver::work;
use crate::error::DatabaseError;
use crate::error::{Error, ErrorKind, TimeoutPhase};

/// A failure; `S` is what the server said.
#[derive(Debug)]
pub(in crate::driver) enum Fault<S> {
    /// The session was abandoned before, and nothing was sent.
    Dead,
    /// The server has ended the session, and nothing was sent. A COMMIT has no unknown outcome then: it rolled back.
    Ended,
    /// The socket failed, or time ran out. The session is dead.
    Io(io::Error),
    /// The peer does not keep to the protocol. The session is dead.
    Protocol(&'static str),
    /// A server of another product answers.
    Stranger {
        expected: &'static str,
        found: String,
    },
    /// The server refused. The session goes on.
    Server(Box<S>),
}

/// A query whose answer always has a row.
pub(in crate::driver) const WITHOUT_ROW: &str = "an answer without the row that it has to have";

const ENDED: &str = "the server ended the session before";

impl<S> Fault<S> {
    /// Whether this side has gone away while the server may be at work: time ran out, or another thread cut the socket off.
    pub(in crate::driver) fn leaves_work(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::TimedOut || is_cut(error))
    }

    /// The error of a statement; `refused` makes one of what the server said. A server that ends the session says so
    /// instead of the answer.
    #[cold]
    pub(in crate::driver) fn into_error(self, refused: impl FnOnce(&S) -> Error) -> Error {
        let lost = |kind, why: &str| {
            let source = DatabaseError::new(DatabaseError::CLIENT, Some(why));
            Error::new(kind).with_source(source).with_lost_answer()
        };
        match self {
            Self::Server(said) => {
                let error = refused(&said);
                match error.kind() {
                    ErrorKind::ConnectionLost => error.with_lost_answer(),
                    _ => error,
                }
            }
            Self::Dead => {
                let why = "the connection was abandoned after an earlier error";
                lost(ErrorKind::ConnectionLost, why).before_it_ran()
            }
            Self::Ended => lost(ErrorKind::ConnectionLost, ENDED).before_it_ran(),
            Self::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                let phase = TimeoutPhase::Statement;
                let why = error.get_ref().map(ToString::to_string);
                let why = why.as_deref().unwrap_or("no answer came in time");
                lost(ErrorKind::Timeout { phase }, why)
            }
            Self::Io(error) if is_cut(&error) => lost(work::reason(), &error.to_string()),
            Self::Io(error) => lost(ErrorKind::ConnectionLost, &error.to_string()),
            Self::Protocol(why) => lost(ErrorKind::ConnectionLost, why),
            Self::Stranger { expected, found } => strange(expected, found),
        }
    }

    /// The error of connecting, where a lost connection means that there never was one.
    #[cold]
    pub(in crate::driver) fn into_connect_error(self, refused: impl FnOnce(&S) -> Error) -> Error {
        let unreached = |why: &str| {
            let source = DatabaseError::new(DatabaseError::CLIENT, Some(why));
            Error::new(ErrorKind::Unavailable).with_source(source)
        };
        match self {
            Self::Server(said) => refused(&said),
            Self::Ended => unreached(ENDED),
            Self::Dead => unreached("the connection was abandoned after an earlier error"),
            Self::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                Error::new(ErrorKind::Timeout {
                    phase: TimeoutPhase::Connect,
                })
            }
            Self::Io(error) => match unknown_host(&error) {
                Some(unknown) => not_found(unknown),
                None => unreached(&error.to_string()),
            },
            Self::Protocol(why) => unreached(why),
            Self::Stranger { expected, found } => strange(expected, found),
        }
    }
}

fn unknown_host(error: &io::Error) -> Option<&UnknownHost> {
    error.get_ref()?.downcast_ref()
}

/// The resolver's words alone do not name the host.
fn not_found(unknown: &UnknownHost) -> Error {
    let source = DatabaseError::new(DatabaseError::CLIENT, Some(&unknown.to_string()));
    let host = unknown.host.clone();
    Error::new(ErrorKind::UnknownHost { host })
        .with_source(source)
        .with_advice(
            "check the host in the engine's URL, and what this machine finds for it: `getent hosts <name>`",
        )
}

fn strange(expected: &str, found: String) -> Error {
    let expected = expected.to_owned();
    Error::new(ErrorKind::UnsupportedServer { expected, found })
}

fn is_cut(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<CutOff>())
}

impl<S> From<io::Error> for Fault<S> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
