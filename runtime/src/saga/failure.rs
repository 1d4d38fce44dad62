//! Errors of steps, and what is done about them.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::error::{Applied, Error, ErrorKind};

/// How much of the text of an error is stored, in characters.
const LONGEST: usize = 2_000;

/// The error of a step or of a compensation. Made of any error by `?`.
///
/// An engine that cannot be reached, a deadlock and a lock that did not come free are waited for. An error that the same step
/// would have again (a violated constraint, a row that is not there) fails the step at once. All other errors are tried again
/// as often as the [retries](crate::RetryPolicy) say. An error of the program's own counts as the [`Error`](crate::Error) that it
/// has as its [`source`](StdError::source), directly or further down.
///
/// ```
/// use bindery::saga::StepError;
///
/// fn charge(declined: bool) -> Result<(), StepError> {
///     if declined {
///         return Err(StepError::permanent("the card was declined"));
///     }
///     std::fs::read("receipt").map(drop)?; // tried again
///     Ok(())
/// }
/// # assert!(charge(true).is_err());
/// ```
///
/// The text of the error is stored in the saga's log: it must hold nothing that must not stand there.
pub struct StepError {
    source: Box<dyn StdError + Send + Sync>,
    advice: Advice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Advice {
    ByKind,
    Permanent,
    Again(Option<Duration>),
}

/// The consequence of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The same would happen again.
    Permanent,
    /// Another transaction was in the way: at once, and it does not count.
    Conflict,
    /// The engine cannot be reached: later, and it does not count.
    Outage,
    /// It may be committed.
    Doubt,
    /// Tried again, as often as it may be.
    Counted(Option<Duration>),
}

impl StepError {
    /// An error after which the step is tried again, as often as it may be, whatever its kind.
    pub fn retry(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with(error.into(), Advice::Again(None))
    }

    /// The same, after at least this pause: the one that the service requested.
    pub fn retry_after(error: impl Into<Box<dyn StdError + Send + Sync>>, pause: Duration) -> Self {
        Self::with(error.into(), Advice::Again(Some(pause)))
    }

    /// An error that would come again: the step has failed.
    pub fn permanent(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::with(error.into(), Advice::Permanent)
    }

    fn with(source: Box<dyn StdError + Send + Sync>, advice: Advice) -> Self {
        Self { source, advice }
    }

    pub(super) fn panicked() -> Self {
        Self::with("it panicked".into(), Advice::ByKind)
    }

    /// The error as the type that it was made of.
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        self.source.downcast_ref()
    }

    /// The outermost error of an engine: this one, or a source of it.
    fn of_engine(&self) -> Option<&Error> {
        let outermost: &(dyn StdError + 'static) = &*self.source;
        std::iter::successors(Some(outermost), |error| (**error).source())
            .find_map(|error| error.downcast_ref())
    }

    /// The text that is stored.
    pub(super) fn text(&self) -> String {
        let mut text = self.source.to_string();
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
        }
        // PostgreSQL's texts have none.
        text.replace('\0', "")
    }

    pub(super) fn class(&self) -> Class {
        match self.advice {
            Advice::Permanent => Class::Permanent,
            Advice::Again(pause) => Class::Counted(pause),
            Advice::ByKind => self.of_engine().map_or(Class::Counted(None), of_kind),
        }
    }
}

fn of_kind(error: &Error) -> Class {
    if error.applied() == Applied::Unknown {
        return Class::Doubt;
    }
    if error.is_retryable() {
        return if error.is_conflict() || error.is_busy() {
            Class::Conflict
        } else {
            Class::Outage
        };
    }
    match error.kind() {
        ErrorKind::UniqueViolation(_)
        | ErrorKind::ForeignKeyViolation(_)
        | ErrorKind::NotNullViolation(_)
        | ErrorKind::CheckViolation(_)
        | ErrorKind::ValueOutOfRange(_)
        | ErrorKind::UnsupportedValue(_)
        | ErrorKind::NotFound
        | ErrorKind::SeveralRows
        | ErrorKind::Invalid(_)
        | ErrorKind::Decode { .. }
        | ErrorKind::Syntax
        | ErrorKind::NotHosted { .. }
        | ErrorKind::WrongEngine
        | ErrorKind::Unsupported(_) => Class::Permanent,
        _ => Class::Counted(None),
    }
}

impl<X: StdError + Send + Sync + 'static> From<X> for StepError {
    fn from(error: X) -> Self {
        Self::with(Box::new(error), Advice::ByKind)
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(out)
    }
}

impl fmt::Debug for StepError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(out)
    }
}
