//! Workers as programs write them over a client of their database: a claim by `SKIP LOCKED` (one writer's turn on SQLite) of many tasks with a lease, a name
//! and an attempt, the work, and a record of its end, if the tasks are still the worker's; tasks whose lease is over are put back. The plain ones have no
//! more; those with keys also run the tasks of a key one after the other, in the order of priorities and times to run at. Neither has unique tasks,
//! renewed leases, pauses between attempts, reasons of failures, or tasks that are looked for later.

mod maria;
mod postgres;
mod sqlite;

use std::thread;
use std::time::Duration;

use crate::on_bindery::Work;
use crate::{Failure, timed};

pub use self::maria::HandMaria;
pub use self::postgres::HandPostgres;
pub use self::sqlite::HandSqlite;

/// The promises of a worker, and its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerKind {
    Plain,
    /// With priorities, times, and the order of keys, of which one runs at a time.
    Keyed,
}

impl WorkerKind {
    pub const fn table(self) -> &'static str {
        match self {
            Self::Plain => "jobs",
            Self::Keyed => "keyed_jobs",
        }
    }

    /// The columns that a table has for it.
    fn columns(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Keyed => {
                ", job_key VARCHAR(191), priority INT NOT NULL DEFAULT 0, run_at BIGINT NOT NULL DEFAULT 0, max_attempts INT NOT NULL DEFAULT 5, \
                 last_error TEXT"
            }
        }
    }

    /// The condition of a job `j` that may run, and the order of these; `now` is the time in seconds since 1970.
    fn ready(self, now: &str) -> String {
        match self {
            Self::Plain => "j.status = 'pending' ORDER BY j.id".to_owned(),
            Self::Keyed => format!(
                "j.status = 'pending' AND j.run_at <= {now} AND (j.job_key IS NULL OR NOT EXISTS (SELECT 1 FROM keyed_jobs e \
                 WHERE e.job_key = j.job_key AND e.status IN ('pending', 'running') AND e.status <> 'completed' AND e.id <> j.id \
                 AND (e.status = 'running' OR e.id < j.id))) ORDER BY j.priority, j.run_at, j.id"
            ),
        }
    }

    /// The indexes of a database that has ones over some rows.
    fn partial_indexes(self) -> String {
        let table = self.table();
        let ready = match self {
            Self::Plain => "id",
            Self::Keyed => "priority, run_at, id",
        };
        let keys = match self {
            Self::Plain => "",
            Self::Keyed => {
                "CREATE INDEX IF NOT EXISTS keyed_jobs_keys ON keyed_jobs (job_key, id) WHERE job_key IS NOT NULL AND status <> 'completed'; \
                 CREATE UNIQUE INDEX IF NOT EXISTS keyed_jobs_one ON keyed_jobs (job_key) WHERE job_key IS NOT NULL AND status = 'running'"
            }
        };
        format!(
            "CREATE INDEX IF NOT EXISTS {table}_pending ON {table} ({ready}) WHERE status = 'pending'; \
             CREATE INDEX IF NOT EXISTS {table}_running ON {table} (locked_until) WHERE status = 'running'; {keys}"
        )
    }
}

/// The name of a worker of this thread.
fn name() -> String {
    format!("{}-{:?}", std::process::id(), thread::current().id())
}

/// The work of all workers.
fn handle(payload: &str) -> Result<(), Failure> {
    let task: Work = serde_json::from_str(payload)?;
    std::hint::black_box(task.user);
    Ok(())
}

fn payload(user: usize) -> Result<String, Failure> {
    Ok(serde_json::to_string(&Work { user: user as i64 })?)
}

/// Runs one worker a thread until all are done; all tasks must be then.
fn on_threads(
    threads: usize,
    tasks: usize,
    worker: impl Fn() -> Result<usize, Failure> + Sync,
) -> Result<Duration, Failure> {
    timed(|| {
        let done = thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&worker)).collect();
            let ended = threads.into_iter().map(|thread| match thread.join() {
                Ok(done) => done,
                Err(_) => Err("a worker panicked".into()),
            });
            ended.sum::<Result<usize, Failure>>()
        })?;
        match done == tasks {
            true => Ok(()),
            false => Err(format!("{tasks} tasks were written, {done} are done").into()),
        }
    })
}
