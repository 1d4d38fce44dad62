//! The tasks and the worker of bindery.

use std::time::Duration;

use bindery::outbox::{HasOutbox, Task};
use bindery::{Config, EngineOptions, StaticEngine};
use serde::{Deserialize, Serialize};

use crate::{Databases, Failure, World, timed};

/// The task of all workers: a number, from JSON.
#[derive(Debug, Serialize, Deserialize, Task)]
#[task(name = "work")]
pub struct Work {
    pub user: i64,
}

pub fn databases(world: &World) -> Result<Databases, Failure> {
    let file = world.folder.path().join("bindery.db");
    let config = Config::new()
        .engine("default", EngineOptions::url(world.postgres.1.url()))
        .engine("maria", EngineOptions::url(world.mysql.1.url()))
        .engine(
            "lite",
            EngineOptions::url(format!("sqlite://{}", file.display())),
        );
    let db = Databases::with_config(&config)?;
    db.create_missing()?;
    Ok(db)
}

/// A thousand tasks in a transaction.
pub fn fill<E: StaticEngine + HasOutbox>(
    db: &Databases,
    engine: E,
    tasks: usize,
) -> Result<(), Failure> {
    let mut connection = db.connect(engine)?;
    for begin in (0..tasks).step_by(1_000) {
        connection.transaction(|tx| {
            for user in begin..tasks.min(begin + 1_000) {
                tx.tasks().push(Work { user: user as i64 })?;
            }
            Ok::<_, bindery::Error>(())
        })?;
    }
    Ok(())
}

pub fn run<E: StaticEngine + HasOutbox>(
    db: &Databases,
    engine: E,
    (threads, batch): (usize, usize),
    tasks: usize,
) -> Result<Duration, Failure> {
    let worker = db.worker_on(engine).threads(threads).batch(batch);
    let worker = worker.on::<Work>(|task, _| {
        std::hint::black_box(task.user);
        Ok(())
    });
    timed(|| {
        let report = worker.run_until_idle()?;
        match report.completed == tasks as u64 {
            true => Ok(()),
            false => Err(format!("{tasks} tasks were written: {report:?}").into()),
        }
    })
}
