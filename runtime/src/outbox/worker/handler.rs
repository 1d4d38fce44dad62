//! Handlers without their types, and what became of a task that one ran.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::super::store::ClaimedTask;
use super::super::task::Task;
use super::context::TaskContext;
use super::rest::Need;
use crate::error::json_problem;

/// The result of a handler: any error can be returned with `?`, also a text.
pub type TaskResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Runs a task from its JSON; the error is the reason that is recorded.
pub(super) type Handler<D> =
    Arc<dyn Fn(&str, &TaskContext<'_, D>) -> Result<(), Failed> + Send + Sync>;

/// An attempt failed, for a reason.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(super) reason: String,
    /// Another attempt would fail, too.
    pub(super) is_final: bool,
    /// For how long no other task is to be run, as it would fail for the same reason.
    rest: Option<Duration>,
}

impl Failed {
    /// Another attempt may do.
    pub(crate) fn again(reason: String) -> Self {
        Self {
            reason,
            is_final: false,
            rest: None,
        }
    }

    /// Another attempt may do, once what all tasks need is back. One of them tries it after each such time.
    #[cfg(feature = "messages")]
    pub(crate) fn away(reason: String, rest: Duration) -> Self {
        Self {
            rest: Some(rest),
            ..Self::again(reason)
        }
    }

    /// No other attempt would do.
    #[cfg(feature = "messages")]
    pub(crate) fn for_good(reason: String) -> Self {
        Self {
            reason,
            is_final: true,
            rest: None,
        }
    }

    pub(super) fn need(&self) -> Need {
        self.rest
            .map_or(Need::There, |rest| Need::Away(self.reason.clone(), rest))
    }

    fn bounded(self) -> Self {
        Self {
            reason: bounded(&self.reason),
            ..self
        }
    }
}

/// The longest reason that is recorded, in characters.
const LONGEST_REASON: usize = 2_000;

pub(super) fn typed<T: Task, D>(
    handler: impl Fn(T, &TaskContext<'_, D>) -> TaskResult + Send + Sync + 'static,
) -> Handler<D> {
    Arc::new(move |payload, context| {
        let task = serde_json::from_str::<T>(payload);
        let task = task.map_err(|error| {
            Failed::again(format!(
                "the payload is not a `{}`: {}",
                T::NAME,
                json_problem(&error)
            ))
        })?;
        handler(task, context).map_err(|error| Failed::again(chain(&*error)))
    })
}

/// The error with its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source.filter(|_| text.len() < LONGEST_REASON * 4) {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text
}

/// Runs a handler, or says why there is none; a panic is an error too.
pub(super) fn attempt<D>(
    handler: Option<&Handler<D>>,
    task: &ClaimedTask,
    context: &TaskContext<'_, D>,
) -> Result<(), Failed> {
    let Some(handler) = handler else {
        let reason = format!(
            "this worker has no handler for tasks of type `{}`",
            task.task
        );
        return Err(Failed::again(reason).bounded());
    };
    let ran = catch_unwind(AssertUnwindSafe(|| handler(&task.payload, context)));
    ran.unwrap_or_else(|panic| {
        let reason = format!("the handler panicked: {}", message(&*panic));
        Err(Failed::again(reason))
    })
    .map_err(Failed::bounded)
}

pub(super) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or(panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

/// Databases do not take NUL in texts.
fn bounded(reason: &str) -> String {
    let clean = reason
        .chars()
        .map(|one| if one == '\0' { '\u{fffd}' } else { one });
    clean.take(LONGEST_REASON).collect()
}
