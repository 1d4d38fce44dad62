//! A server that is silent while an operation without a time limit waits for it. One that works on answers another connection.

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use rustix::event::PollFlags;

use super::Deadline;
use super::stream::{Interest, Stream};
use crate::error::{DatabaseError, Error, ErrorKind as Kind};

/// The server is tried after this many times the connect timeout. Long statements are usual here, and each trial is a login.
const SILENCES: u32 = 3;
/// A server that has just as many connections as it can open may miss one trial.
const TRIALS: usize = 2;
/// Bytes that came in during the trials are there by then.
const LOOK: Duration = Duration::from_millis(1);

/// Connects by then, and returns whether the server answered.
type Trial = dyn Fn(Deadline) -> bool + Send + Sync;

/// The watch over one connection.
pub(in crate::driver) struct Silence {
    connect_timeout: Duration,
    trial: Box<Trial>,
}

impl Silence {
    pub(in crate::driver) fn new(
        connect_timeout: Duration,
        trial: impl Fn(Deadline) -> bool + Send + Sync + 'static,
    ) -> Self {
        let trial = Box::new(trial);
        Self {
            connect_timeout,
            trial,
        }
    }

    /// Waits as [`Stream::wait`] does, as long as the server is alive.
    ///
    /// # Errors
    /// The deadline passed, or nothing came for long and the server answers no other connection either.
    pub(super) fn wait(
        &self,
        stream: &Stream,
        interest: Interest,
        deadline: Deadline,
    ) -> io::Result<PollFlags> {
        let limit = self.connect_timeout.saturating_mul(SILENCES);
        loop {
            let turn = Deadline::after(Some(limit)).earlier(deadline);
            match stream.wait(interest, turn) {
                Err(error) if error.kind() == ErrorKind::TimedOut => deadline.left()?,
                ended => return ended,
            };
            if !self.is_alive(deadline) {
                let late = stream.wait(interest, Deadline::after(Some(LOOK)));
                return late.map_err(|_| io::Error::new(ErrorKind::TimedOut, Silent(limit)));
            }
        }
    }

    fn is_alive(&self, deadline: Deadline) -> bool {
        let trial = |_| {
            let end = Deadline::after(Some(self.connect_timeout));
            (self.trial)(end.earlier(deadline))
        };
        (0..TRIALS).any(trial)
    }
}

/// Whether a login that failed was answered: a server that refuses it is alive.
pub(in crate::driver) fn is_answered(error: &Error) -> bool {
    let is_unreached = matches!(
        error.kind(),
        Kind::Unavailable | Kind::UnknownHost { .. } | Kind::Timeout { .. }
    );
    let source = std::error::Error::source(error);
    let said = source.and_then(|source| source.downcast_ref::<DatabaseError>());
    !is_unreached || said.is_some_and(|said| said.code() != DatabaseError::CLIENT)
}

/// Nothing came for this long.
#[derive(Debug)]
struct Silent(Duration);

impl fmt::Display for Silent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(limit) = self;
        write!(
            out,
            "nothing came for {limit:?}, and the server answers no other connection"
        )
    }
}

impl std::error::Error for Silent {}
