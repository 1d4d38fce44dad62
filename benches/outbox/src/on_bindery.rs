//! The tasks and the worker of bindery.

use std::time::Duration;

use bindery::outbox::{HasOutbox, Task, TaskOptions};
use bindery::{Config, Dialect, EngineOptions, Sql, StaticEngine};
use serde::{Deserialize, Serialize};

use crate::{Databases, Failure, World, timed};

/// The task of all workers: a number, from JSON.
#[derive(Debug, Serialize, Deserialize, Task)]
#[task(name = "work")]
pub struct Work {
    pub user: i64,
}

pub fn databases(world: &World) -> Result<Databases, Failure> {
    let file = world.file("bindery.db");
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

/// The tasks of a round.
#[derive(Debug, Clone, Copy)]
pub enum Filling {
    Unkeyed,
    /// Of this number of keys, one after the other.
    Keyed(usize),
    /// The same, where a killed worker has claimed the first task of each key and its lease is over.
    Killed(usize),
}

impl Filling {
    pub fn keys(self) -> Option<usize> {
        match self {
            Self::Unkeyed => None,
            Self::Keyed(keys) | Self::Killed(keys) => Some(keys),
        }
    }
}

/// A thousand tasks in a transaction.
pub fn fill<E: StaticEngine + HasOutbox>(
    db: &Databases,
    engine: E,
    (tasks, filling): (usize, Filling),
) -> Result<(), Failure> {
    let mut connection = db.connect(engine)?;
    for begin in (0..tasks).step_by(1_000) {
        connection.transaction(|tx| {
            for user in begin..tasks.min(begin + 1_000) {
                let options = match filling.keys() {
                    Some(keys) => TaskOptions::new().key(format!("key {}", user % keys)),
                    None => TaskOptions::new(),
                };
                let user = user as i64;
                tx.tasks().push_with(Work { user }, options)?;
            }
            Ok::<_, bindery::Error>(())
        })?;
    }
    drop(connection);
    match filling {
        Filling::Unkeyed | Filling::Keyed(_) => Ok(()),
        Filling::Killed(keys) => claim_for_killed(db, engine, "_bindery_outbox", keys),
    }
}

/// A killed process has claimed the first task of each key in one of bindery's tables, and its lease is over.
pub fn claim_for_killed<E: StaticEngine>(
    db: &Databases,
    engine: E,
    table: &str,
    keys: usize,
) -> Result<(), Failure> {
    let first = Sql::assembled(format!("SELECT min(id) FROM {table}"));
    let first: Option<i64> = db.sql_on(engine).query_scalar(first, ())?;
    let after = first.ok_or("no tasks were written")? + keys as i64;
    let place = match db.connect(engine)?.dialect() {
        Dialect::Postgres => "$1",
        Dialect::Sqlite | Dialect::Mysql => "?",
    };
    let claim = Sql::assembled(format!(
        "UPDATE {table} SET status = 'running', claim = 'killed', due_at = 0 WHERE id < {place}"
    ));
    let claimed = db.sql_on(engine).execute(claim, (after,))?;
    match claimed == keys as u64 {
        true => Ok(()),
        false => Err(format!("{claimed} tasks are claimed, not {keys}").into()),
    }
}

/// How tasks are run: by how many workers, of how many threads each, which claim how many tasks together.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub workers: usize,
    pub threads: usize,
    /// None where the worker chooses.
    pub batch: Option<usize>,
}

pub fn run<E: StaticEngine + HasOutbox>(
    db: &Databases,
    engine: E,
    shape: Shape,
    tasks: usize,
) -> Result<Duration, Failure> {
    let worker = || {
        let worker = db.worker_on(engine).threads(shape.threads);
        let worker = match shape.batch {
            Some(tasks) => worker.batch(tasks),
            None => worker,
        };
        worker.on::<Work>(|task, _| {
            std::hint::black_box(task.user);
            Ok(())
        })
    };
    timed(|| {
        let completed = std::thread::scope(|scope| {
            let start = |_| scope.spawn(|| worker().run_until_idle());
            let workers: Vec<_> = (0..shape.workers).map(start).collect();
            let ended = workers.into_iter().map(|worker| match worker.join() {
                Ok(report) => Ok(report?.completed),
                Err(_) => Err("a worker panicked".into()),
            });
            ended.sum::<Result<u64, Failure>>()
        })?;
        match completed == tasks as u64 {
            true => Ok(()),
            false => Err(format!("{tasks} tasks were written, {completed} are done").into()),
        }
    })
}
