//! Levels of health: the words of `status` and `doctor`, their colours, and the exit code of the worst.

use serde::Serialize;

use crate::failure::Failure;
use crate::output::{Paint, Stream};

/// The level of a thing's health; a later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Ok,
    Warning,
    Error,
}

impl Level {
    /// `worse`, where that is so, else this one.
    pub(crate) fn or(self, worse: Level, is_worse: bool) -> Self {
        if is_worse { self.max(worse) } else { self }
    }

    /// The word in its colour, as wide as the widest.
    pub(crate) fn painted(self, stream: Stream) -> String {
        let (word, paint) = match self {
            Self::Ok => ("ok", Paint::Good),
            Self::Warning => ("warning", Paint::Code),
            Self::Error => ("error", Paint::Bad),
        };
        stream.paint(paint, &format!("{word:<9}"))
    }

    /// The end of a command whose worst finding this is: exit code 0, 1 or 2, as monitoring systems read them.
    pub(crate) fn ended(self) -> Result<(), Failure> {
        match self {
            Self::Ok => Ok(()),
            Self::Warning => Err(Failure::Told),
            Self::Error => Err(Failure::Critical),
        }
    }
}
