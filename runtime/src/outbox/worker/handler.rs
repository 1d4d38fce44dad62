//! Handlers without their types, and what became of a task that one ran.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::super::store::ClaimedTask;
use super::super::task::Task;
use super::context::TaskContext;
use crate::error::json_problem;

/// The result of a handler: any error can be returned with `?`, also a text.
pub type TaskResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Runs a task from its JSON; the error is the reason that is recorded.
pub(super) type Handler<D> =
    Arc<dyn Fn(&str, &TaskContext<'_, D>) -> Result<(), String> + Send + Sync>;

/// The longest reason that is recorded, in characters.
const LONGEST_REASON: usize = 2_000;

pub(super) fn typed<T: Task, D>(
    handler: impl Fn(T, &TaskContext<'_, D>) -> TaskResult + Send + Sync + 'static,
) -> Handler<D> {
    Arc::new(move |payload, context| {
        let task = serde_json::from_str::<T>(payload);
        let task = task.map_err(|error| {
            format!(
                "the payload is not a `{}`: {}",
                T::NAME,
                json_problem(&error)
            )
        })?;
        handler(task, context).map_err(|error| chain(&*error))
    })
}

/// The error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
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
) -> Result<(), String> {
    let Some(handler) = handler else {
        return Err(bounded(format!(
            "this worker has no handler for tasks of type `{}`",
            task.task
        )));
    };
    let ran = catch_unwind(AssertUnwindSafe(|| handler(&task.payload, context)));
    ran.unwrap_or_else(|panic| Err(format!("the handler panicked: {}", message(&*panic))))
        .map_err(bounded)
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or(panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

/// Databases do not take NUL in texts.
fn bounded(reason: String) -> String {
    let clean = reason
        .chars()
        .map(|one| if one == '\0' { '\u{fffd}' } else { one });
    clean.take(LONGEST_REASON).collect()
}
