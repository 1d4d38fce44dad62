//! Tasks that are written in a transaction of an engine and run afterwards by workers. `push` writes them, `claims` finds those to run, `store` holds the
//! statements over `_bindery_outbox`, `worker` claims and runs them, `inbox` lets effects happen once on another engine, and `queue` is
//! for people who look after them.
//!
//! A task runs at least once: a worker that is lost after the handler's work and before its end is recorded leaves the task to
//! another. [`TaskContext::once`] makes effects on engines with an inbox happen once.

mod claims;
#[cfg(test)]
mod claims_tests;
#[cfg(all(unix, feature = "signals"))]
mod command;
mod inbox;
#[cfg(test)]
mod plan_tests;
mod push;
mod queue;
mod ready;
#[cfg(feature = "cron")]
mod schedule;
mod sql;
mod store;
#[cfg(feature = "messages")]
pub(crate) mod table;
mod task;
mod worker;

use crate::driver::random;
use crate::link::engine::{Engine, StaticEngine};

#[cfg(all(unix, feature = "signals"))]
pub use self::command::{WorkArgs, work};
pub use self::inbox::prune_inbox;
pub use self::push::Tasks;
pub use self::queue::{TaskFilter, TaskQueue, TaskRecord, TaskStatus, TaskSummary};
#[cfg(feature = "cron")]
pub use self::schedule::{MissedTicks, Schedule};
pub use self::task::{Pushed, Task, TaskOptions};
#[cfg(feature = "messages")]
pub(crate) use self::worker::{Failed, chain};
pub use self::worker::{RunningWorker, StopHandle, TaskContext, TaskResult, Worker, WorkerReport};

#[cfg(feature = "outbox")]
#[doc = include_str!("derive_task.md")]
pub use bindery_runtime_macros::Task;

/// An engine with `outbox = true` in `bindery.toml`: tasks can be written in its transactions. Generated code implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no outbox",
    label = "tasks cannot be written here",
    note = "write `outbox = true` in the section of the engine in bindery.toml, and run `bindery create`"
)]
pub trait HasOutbox: StaticEngine {}

/// An engine with `inbox = true` in `bindery.toml`: effects of tasks can happen once there. Generated code implements this.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no inbox",
    label = "effects cannot be kept apart here",
    note = "write `inbox = true` in the section of the engine in bindery.toml, and run `bindery create`"
)]
pub trait HasInbox: Engine {}
