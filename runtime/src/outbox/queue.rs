//! The tasks of an engine as people look after them: how many wait, which failed and why, trying them again, deleting them.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{sql, store};
use crate::databases::{Configured, Registry};
use crate::driver::Physical;
use crate::driver::own_tables::statements::tasks;
use crate::error::{ErrorKind, Operation, Result};
use crate::link::backoff::by_chance;
use crate::link::engine::Engine;
use crate::observe::record_tasks;
use crate::value::{ParamWriter, RowReader};

/// How often a statement is tried that meets the locks of workers, and the pause after one.
const ATTEMPTS: u32 = 5;
const CONTENDED: Duration = Duration::from_millis(20);

/// The tasks of one engine, for people and for programs that watch over them. No payload is read.
#[derive(Debug)]
pub struct TaskQueue<'a> {
    registry: &'a Registry,
    engine: usize,
    table: &'static str,
}

/// How many tasks there are that are not completed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskSummary {
    /// They wait for a worker, for their time, or for another attempt.
    pub pending: u64,
    /// A worker has them.
    pub running: u64,
    /// They have failed, and are left alone until a person has them tried again or deletes them.
    pub failed: u64,
    /// For how long the oldest of those that can run has waited; `None` where none can, as for tasks whose time has not come.
    pub oldest_due: Option<Duration>,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskStatus {
    /// It waits for a worker.
    Pending,
    /// It waits for its time, or for another attempt.
    Scheduled,
    /// A worker has it.
    Running,
    /// It failed at its last attempt.
    Failed,
    /// It is done.
    Completed,
}

impl TaskStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Scheduled,
        Self::Running,
        Self::Failed,
        Self::Completed,
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Completed => "completed",
        }
    }

    /// Whether it is in the index of those that neither wait for a worker nor are done.
    fn is_held(self) -> bool {
        match self {
            Self::Pending | Self::Completed => false,
            Self::Scheduled | Self::Running | Self::Failed => true,
        }
    }

    /// A word of a later version of bindery is taken for a task that a worker has: it is left alone.
    fn named(name: &str) -> Self {
        let found = Self::ALL.into_iter().find(|status| status.name() == name);
        found.unwrap_or(Self::Running)
    }
}

/// One task, without its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskRecord {
    /// The number of the task on its engine.
    pub id: i64,
    /// A text that no other task has.
    pub uid: String,
    /// The name of its type.
    pub task: String,
    /// Whether it waits, is at work, done or failed for good.
    pub status: TaskStatus,
    /// The key by which tasks run one after the other.
    pub key: Option<String>,
    /// A lower number runs first.
    pub priority: i64,
    /// When something is next to be done with it; for a completed one, when that was.
    pub due_at: SystemTime,
    /// Attempts that failed.
    pub retry_count: u32,
    /// How many attempts it has.
    pub max_attempts: u32,
    /// Why the last attempt failed: up to 2,000 characters.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: SystemTime,
    /// When it was completed.
    pub completed_at: Option<SystemTime>,
    /// When it was last put back by a person.
    pub requeued_at: Option<SystemTime>,
    /// The name that the person gave who put it back last.
    pub requeued_by: Option<String>,
    /// How often it was put back.
    pub requeues: u32,
}

/// Which tasks are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a filter does nothing until tasks are looked at with it"]
pub struct TaskFilter {
    status: Option<TaskStatus>,
    task: Option<String>,
    id: Option<i64>,
    first_id: Option<i64>,
    last_id: Option<i64>,
    since: Option<SystemTime>,
    until: Option<SystemTime>,
}

impl TaskFilter {
    /// Returns the filter of all tasks.
    pub fn all() -> Self {
        Self::default()
    }

    /// Returns the filter of those that failed.
    pub fn failed() -> Self {
        Self::all().status(TaskStatus::Failed)
    }

    /// Only those in this state.
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only those of a type, by its name.
    pub fn task(mut self, name: impl Into<String>) -> Self {
        self.task = Some(name.into());
        self
    }

    /// Only the one with this number.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Only those with these numbers, the first and the last among them.
    pub fn ids(mut self, ids: RangeInclusive<i64>) -> Self {
        (self.first_id, self.last_id) = (Some(*ids.start()), Some(*ids.end()));
        self
    }

    /// Only those that were written at this time or later, by the clock of the database.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.since = Some(time);
        self
    }

    /// Only those that were written before this time.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.until = Some(time);
        self
    }

    fn sql(&self, also: &[&str]) -> String {
        let own = [
            (self.status.is_some(), "status = ?"),
            (self.status.is_some_and(TaskStatus::is_held), "@held"),
            (self.task.is_some(), "task = ?"),
            (self.id.is_some(), "id = ?"),
            (self.first_id.is_some(), "id >= ?"),
            (self.last_id.is_some(), "id <= ?"),
            (self.since.is_some(), "created_at >= ?"),
            (self.until.is_some(), "created_at < ?"),
        ];
        let own = own.iter().filter(|(is_there, _)| *is_there);
        let all: Vec<&str> = own
            .map(|(_, sql)| *sql)
            .chain(also.iter().copied())
            .collect();
        match all.as_slice() {
            [] => String::new(),
            _ => format!(" WHERE {}", all.join(" AND ")),
        }
    }

    fn write(&self, params: &mut ParamWriter<'_>) {
        if let Some(status) = self.status {
            params.text(status.name());
        }
        if let Some(task) = &self.task {
            params.text(task);
        }
        for id in [self.id, self.first_id, self.last_id].into_iter().flatten() {
            params.i64(id);
        }
        for time in [self.since, self.until].into_iter().flatten() {
            params.i64(millis(time));
        }
    }
}

impl<'a> TaskQueue<'a> {
    /// The tasks of an engine.
    pub fn new(db: &'a impl AsRef<Registry>, engine: impl Engine) -> Self {
        Self {
            registry: db.as_ref(),
            engine: engine.index(),
            table: store::TABLE,
        }
    }

    /// The same of another table of tasks.
    #[cfg(feature = "messages")]
    pub(crate) fn of_table(
        registry: &'a Registry,
        engine: impl Engine,
        table: &'static str,
    ) -> Self {
        Self {
            registry,
            engine: engine.index(),
            table,
        }
    }

    /// Counts the tasks that are not completed, by indexes: it reads no completed task, however many are kept. With the feature `metrics` they are then among the metrics, as they are while a worker of the table runs.
    ///
    /// # Errors
    /// The engine cannot be reached, or has no table of tasks.
    pub fn summary(&self) -> Result<TaskSummary> {
        self.run(Operation::Select, |physical| {
            TaskSummary::read(physical, self.table)
        })
        .inspect(|summary| summary.record((self.engine().info.name(), self.table)))
    }

    /// Counts the tasks that are completed and not yet deleted. They are in no index, so this reads the whole table.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn completed(&self) -> Result<u64> {
        self.run(Operation::Select, |physical| {
            Ok(tasks::completed(physical, self.table)?.unsigned_abs())
        })
    }

    /// Returns whether there is no task, of whichever status.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn is_empty(&self) -> Result<bool> {
        self.run(Operation::Select, |physical| {
            Ok(tasks::has_any(physical, self.table)? == 0)
        })
    }

    /// The first `limit` tasks of a filter, in the order in which they were written.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn list(&self, filter: &TaskFilter, limit: u32) -> Result<Vec<TaskRecord>> {
        self.run(Operation::Select, |physical| {
            let mut found = Vec::new();
            let text = sql::records(store::task_table(physical, self.table), &filter.sql(&[]));
            let write = &mut |params: &mut ParamWriter<'_>| {
                filter.write(params);
                params.i64(limit.into());
            };
            physical.query(&text, write, &mut |row| {
                found.push(record(row)?);
                Ok(true)
            })?;
            Ok(found)
        })
    }

    /// Has tasks that failed tried again, with all their attempts, and records who wanted that: up to 191 characters of it. Gives how
    /// many there were.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn retry(&self, filter: &TaskFilter, by: &str) -> Result<u64> {
        self.put_back(filter, by, "status = 'failed' AND @held")
    }

    /// Has tasks that failed, and those that are completed and not yet deleted, done again, and records who wanted that, as
    /// [`retry`](Self::retry) does. Gives how many there were. Effects that happen once are not repeated by it: an event that
    /// `latest` or `once` has seen changes nothing.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn replay(&self, filter: &TaskFilter, by: &str) -> Result<u64> {
        self.put_back(filter, by, "status IN ('failed', 'completed')")
    }

    fn put_back(&self, filter: &TaskFilter, by: &str, state: &str) -> Result<u64> {
        let by: String = by.chars().take(191).collect();
        self.run(Operation::Update, |physical| {
            let text = sql::retry(
                store::task_table(physical, self.table),
                &filter.sql(&[state]),
            );
            physical.execute(&text, &mut |params| {
                params.text(&by);
                filter.write(params);
            })
        })
    }

    /// Deletes tasks, but none that a worker has. Gives how many there were.
    ///
    /// # Errors
    /// As [`summary`](Self::summary).
    pub fn delete(&self, filter: &TaskFilter) -> Result<u64> {
        self.run(Operation::Delete, |physical| {
            let text = sql::delete(
                store::task_table(physical, self.table),
                &filter.sql(&["status <> 'running'"]),
            );
            physical.execute(&text, &mut |params| filter.write(params))
        })
    }

    fn engine(&self) -> &Configured {
        &self.registry.engines[self.engine]
    }

    /// Runs one statement; again where it meets the locks of a worker in a circle, which have undone all of it.
    fn run<T>(
        &self,
        operation: Operation,
        mut work: impl FnMut(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            match self.run_once(operation, &mut work) {
                Err(error) if *error.kind() == ErrorKind::Conflict && left > 0 => {
                    std::thread::sleep(by_chance(CONTENDED, (0.5, 1.5)));
                }
                outcome => return outcome,
            }
        }
    }

    fn run_once<T>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        let engine = self.engine();
        let taken = if operation.writes() {
            engine.pool.acquire_writer()
        } else {
            engine.pool.acquire()
        };
        let outcome = taken.and_then(|mut link| link.call(operation, |link| work(link.ready()?)));
        let name = engine.info.name();
        outcome.map_err(|error| {
            store::explained(error, self.table, name)
                .on_engine(name)
                .during(operation)
        })
    }
}

impl TaskSummary {
    /// Counts the tasks of a table.
    pub(super) fn read(physical: &mut Physical, table: &'static str) -> Result<Self> {
        let mut summary = Self::default();
        for row in tasks::summary(physical, table)? {
            let status = TaskStatus::named(&row.status);
            let waited = row.due_at.map(|due| row.now_ms - due);
            summary.add(status, row.number.unsigned_abs(), waited);
        }
        Ok(summary)
    }

    /// Sets the metrics of a table of an engine.
    pub(super) fn record(&self, table: (&'static str, &'static str)) {
        let states = [
            ("pending", self.pending),
            ("running", self.running),
            ("failed", self.failed),
        ];
        record_tasks(table, &states, self.oldest_due.unwrap_or_default());
    }

    fn add(&mut self, status: TaskStatus, count: u64, waited_ms: Option<i64>) {
        match status {
            TaskStatus::Pending | TaskStatus::Scheduled => self.pending += count,
            TaskStatus::Running => return self.running += count,
            TaskStatus::Failed => return self.failed += count,
            TaskStatus::Completed => return,
        }
        if let Some(waited) = waited_ms.filter(|waited| *waited >= 0) {
            let waited = Duration::from_millis(waited.unsigned_abs());
            self.oldest_due = self.oldest_due.max(Some(waited));
        }
    }
}

fn record(row: &mut RowReader<'_>) -> Result<TaskRecord> {
    Ok(TaskRecord {
        id: row.next()?,
        uid: row.next()?,
        task: row.next()?,
        status: TaskStatus::named(&row.next::<String>()?),
        key: row.next()?,
        priority: row.next()?,
        due_at: moment(row.next()?),
        retry_count: small(row.next()?),
        max_attempts: small(row.next()?),
        last_error: row.next()?,
        created_at: moment(row.next()?),
        completed_at: row.next::<Option<i64>>()?.map(moment),
        requeued_at: row.next::<Option<i64>>()?.map(moment),
        requeued_by: row.next()?,
        requeues: small(row.next()?),
    })
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn moment(millis: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis.max(0).unsigned_abs())
}
