//! The events that subscribers are called with.

use std::panic::Location;
use std::time::Duration;

use crate::error::{Error, Operation};

/// One thing that an engine did, when it is over. It holds no values of rows and no parameters.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Event<'e> {
    /// The kind of event.
    pub kind: EventKind,
    /// The engine that it happened on.
    pub engine: &'static str,
    /// The replica of the engine, where it was not the engine's own database.
    pub replica: Option<&'e str>,
    /// The model whose repository or query was called; `None` for transactions, raw SQL and checkouts.
    pub model: Option<&'static str>,
    /// The call of the program that it was part of, where there is one.
    pub operation: Option<Operation>,
    /// The query of a file that a statement is of, as `module::function`; the name of the sync, or the type of the task. Of kinds
    /// [`EventKind::Statement`], [`EventKind::Sync`] and [`EventKind::Task`] only.
    pub name: Option<&'e str>,
    /// The text that was sent, with placeholders for values; the first where a call with many rows needs several. Of kind
    /// [`EventKind::Statement`] only.
    pub statement: Option<&'e str>,
    /// The number of rows that were sent with it, or of its runs with parameters of their own: more than 1 for calls with many rows.
    pub times: u64,
    /// The number of rows that a query returned or a statement changed, as far as it is known.
    pub rows: Option<u64>,
    /// The time that it took; for a checkout the time that was waited.
    pub duration: Duration,
    /// How it ended: with rows, or with an error.
    pub outcome: Outcome<'e>,
    /// The place of the call in the program.
    pub place: Option<&'static Location<'static>>,
}

/// The kinds of events. More may come, so a `match` needs an arm for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A statement was run, whoever wrote it. One event for a call that sends the same statement for many rows.
    Statement,
    /// A transaction was begun.
    Begin,
    /// A transaction was committed.
    Commit,
    /// A transaction was rolled back.
    Rollback,
    /// A call inserted rows of a model. Like the three that follow it comes after its statements, and in a transaction before
    /// the commit: see [`after_commit`](crate::Transaction::after_commit).
    Insert,
    /// A call updated rows of a model.
    Update,
    /// A call saved whole rows of a model.
    Save,
    /// A call deleted rows of a model.
    Delete,
    /// A call inserted rows of a model or updated those that were there.
    Upsert,
    /// A connection was taken from the pool, or could not be.
    Checkout,
    /// A run of a sync is over, on the engine of its target; the rows are those that it wrote.
    Sync,
    /// An attempt at a task is over, on the engine of its outbox. It comes before that end is recorded, so a worker that is killed in
    /// between makes the attempt again.
    Task,
    /// A compensation of a saga failed so that it waits to be tried again, or a saga waits for a person: something is half done
    /// until then. The engine is the one that keeps the saga's log, and the error names the saga, its id and the step.
    CompensationPending,
}

/// How an event ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'e> {
    /// As it should.
    Succeeded,
    /// With this error, which holds no values either.
    Failed(&'e Error),
    /// The handler of a task failed or panicked, or there is none; `is_last` where no attempt follows.
    HandlerFailed {
        /// The error that it returned, with its causes, as it is recorded.
        reason: &'e str,
        /// No attempt follows.
        is_last: bool,
    },
    /// The program's own code panicked in it.
    Panicked,
}

impl<'e> Outcome<'e> {
    /// Returns whether it ended without an error.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded)
    }

    /// The error, where there was one.
    pub fn error(&self) -> Option<&'e Error> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Succeeded | Self::HandlerFailed { .. } | Self::Panicked => None,
        }
    }

    pub(super) fn of(error: Option<&'e Error>) -> Self {
        error.map_or(Self::Succeeded, Self::Failed)
    }
}

impl EventKind {
    /// One word, as in `bindery.event` of spans and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Begin => "begin",
            Self::Commit => "commit",
            Self::Rollback => "rollback",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Save => "save",
            Self::Delete => "delete",
            Self::Upsert => "upsert",
            Self::Checkout => "checkout",
            Self::Sync => "sync",
            Self::Task => "task",
            Self::CompensationPending => "compensation_pending",
        }
    }

    /// The event after a call of this operation that changed rows of a model.
    pub(crate) fn of_write(operation: Operation) -> Option<Self> {
        match operation {
            Operation::Insert | Operation::InsertMany | Operation::Copy => Some(Self::Insert),
            Operation::Update | Operation::UpdateMany => Some(Self::Update),
            Operation::Save | Operation::SaveMany => Some(Self::Save),
            Operation::Delete | Operation::DeleteMany => Some(Self::Delete),
            Operation::Upsert | Operation::UpsertMany | Operation::Merge => Some(Self::Upsert),
            Operation::Configure
            | Operation::Connect
            | Operation::Acquire
            | Operation::Close
            | Operation::Begin
            | Operation::Commit
            | Operation::Rollback
            | Operation::Resolve
            | Operation::Create
            | Operation::Drop
            | Operation::Migrate
            | Operation::Dump
            | Operation::LoadRows
            | Operation::Saga
            | Operation::Sync
            | Operation::Choose
            | Operation::OpenTenant
            | Operation::Find
            | Operation::FindMany
            | Operation::Select
            | Operation::Load
            | Operation::Count
            | Operation::Exists
            | Operation::Query
            | Operation::Execute
            | Operation::ExecuteBatch => None,
        }
    }
}
