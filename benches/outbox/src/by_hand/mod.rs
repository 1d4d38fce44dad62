//! Workers as programs write them over a client of their database: a claim by `SKIP LOCKED` (one writer's turn on SQLite) of many tasks with a lease, a name
//! and an attempt, the work, and a record of its end, if the tasks are still the worker's; tasks whose lease is over are put back. No keys, order of
//! priorities, unique tasks, times to run at, renewed leases or reasons of failures.

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
