//! Tasks that transactions push while faults strike, the workers that run them, and what became of each in the end. A task of an
//! engine has its effect on the next one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bindery::outbox::{HasInbox, HasOutbox, RunningWorker, Task, TaskQueue, Worker, WorkerReport};
use bindery::{Engine, Hosts, RetryPolicy, StaticEngine};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::generated::{Databases, NewEffect, Tables, engine, model};
use crate::ledger::{Fate, PushedTask};
use crate::nemesis::rest;
use crate::plan::Home;
use crate::verify::Verified;
use crate::worker;

/// Workers of each engine.
const WORKERS: usize = 2;
/// For how long they work until others take their place, and leave what they have begun to their leases.
const SHIFT: Duration = Duration::from_secs(2);
const LEASE: Duration = Duration::from_millis(1_500);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
const LONGEST_POLL: Duration = Duration::from_millis(100);
/// For tasks that wait for another attempt when the faults are over.
const DRAIN: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(50);

/// Its number is that of the first row of its transaction.
#[derive(Debug, Serialize, Deserialize, Task)]
#[task(name = "count", max_attempts = 1000)]
pub(crate) struct Count {
    pub(crate) number: i64,
}

/// The work of all workers of tasks.
#[derive(Debug, Default)]
pub(crate) struct TaskReport {
    pub(crate) shifts: u64,
    pub(crate) completed: u64,
    pub(crate) retried: u64,
    pub(crate) lost: u64,
    pub(crate) abandoned: u64,
    /// The errors that ended workers.
    pub(crate) ended: Vec<String>,
}

impl TaskReport {
    fn add(&mut self, report: bindery::Result<WorkerReport>) {
        match report {
            Ok(report) => {
                self.completed += report.completed;
                self.retried += report.retried;
                self.lost += report.lost;
                self.abandoned += report.abandoned;
            }
            Err(error) => self.ended.push(error.to_string()),
        }
    }
}

/// The workers of an engine.
fn worker<E, T>(db: &Databases, home: E, target: T) -> Worker<Databases>
where
    E: HasOutbox,
    T: StaticEngine + HasInbox + Hosts<model::Effect>,
{
    let worker = db.worker_on(home).threads(2).batch(20).lease(LEASE);
    let worker = worker
        .retry(RetryPolicy::new().backoff(FIRST_PAUSE, LONGEST_PAUSE))
        .longest_poll(LONGEST_POLL);
    worker.grace(Duration::ZERO).on::<Count>(move |task, cx| {
        cx.once(target, |tx| tx.effect().insert(NewEffect::new(task.number)))?;
        Ok(())
    })
}

fn workers(db: &Databases) -> [Worker<Databases>; 3] {
    [
        worker(db, engine::Lite, engine::Pg),
        worker(db, engine::Pg, engine::Maria),
        worker(db, engine::Maria, engine::Lite),
    ]
}

/// Runs workers until the run is over, one shift after the other.
pub(crate) fn work(db: &Databases, over: &AtomicBool) -> Result<TaskReport, Failure> {
    let mut total = TaskReport::default();
    while !over.load(Ordering::Relaxed) {
        let crew = (0..WORKERS).flat_map(|_| workers(db)).map(Worker::start);
        let crew = crew.collect::<bindery::Result<Vec<RunningWorker>>>()?;
        rest(SHIFT, over);
        for running in crew {
            total.add(running.stop());
        }
        total.shifts += 1;
    }
    Ok(total)
}

/// Runs what is left.
pub(crate) fn drain(db: &Databases) -> Result<(), Failure> {
    let until = Instant::now() + DRAIN;
    loop {
        for worker in workers(db) {
            worker.run_until_idle()?;
        }
        let waiting = waits(db, engine::Lite)? + waits(db, engine::Pg)? + waits(db, engine::Maria)?;
        if waiting == 0 {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(format!("{waiting} tasks are still not done").into());
        }
        std::thread::sleep(LOOK);
    }
}

fn waits(db: &Databases, engine: impl Engine) -> bindery::Result<u64> {
    let summary = TaskQueue::new(db, engine).summary()?;
    Ok(summary.pending + summary.running)
}

/// Compares effects with what was pushed: each task of a transaction that was committed ran once, and no other did.
pub(crate) fn verify(
    db: &Databases,
    workers: &[worker::Worker<'_>],
    verified: &mut Verified,
) -> Result<(), Failure> {
    one(
        db,
        Home::Lite,
        (engine::Lite, engine::Pg),
        workers,
        verified,
    )?;
    one(db, Home::Pg, (engine::Pg, engine::Maria), workers, verified)?;
    one(
        db,
        Home::Maria,
        (engine::Maria, engine::Lite),
        workers,
        verified,
    )
}

fn one<E, T>(
    db: &Databases,
    home: Home,
    (from, on): (E, T),
    workers: &[worker::Worker<'_>],
    verified: &mut Verified,
) -> Result<(), Failure>
where
    E: Engine,
    T: StaticEngine + Hosts<model::Effect>,
{
    let mut effects = BTreeMap::<i64, Vec<i64>>::new();
    for effect in db.connect(on)?.effect().iter()? {
        let effect = effect?;
        let of_task = effects.entry(effect.number).or_default();
        of_task.push(effect.id.into_value());
    }
    let queue = TaskQueue::new(db, from);
    let (summary, completed) = (queue.summary()?, queue.completed()?);
    let ran = effects.len() as u64;
    verified.tasks += ran;
    if (completed, summary.failed) != (ran, 0) {
        verified.broke(
            home,
            format!("{ran} tasks had an effect, {completed} are completed, and {summary:?}"),
        );
    }
    for worker in workers {
        of_worker(home, &worker.tasks[&home], &mut effects, verified);
    }
    for number in effects.keys() {
        verified.broke(home, format!("task {number} ran, and was never pushed"));
    }
    Ok(())
}

/// Tasks with a key ran in the order in which they were pushed.
fn of_worker(
    home: Home,
    pushed: &[PushedTask],
    effects: &mut BTreeMap<i64, Vec<i64>>,
    verified: &mut Verified,
) {
    let mut last = 0;
    for task in pushed {
        let ran = effects.remove(&task.number).unwrap_or_default();
        let is_right = match task.fate {
            Fate::Applied => ran.len() == 1,
            Fate::NotApplied => ran.is_empty(),
            Fate::Unknown => ran.len() <= 1,
        };
        if !is_right {
            verified.broke(home, format!("{task:?} ran {} times", ran.len()));
        }
        if task.has_key && task.fate == Fate::Applied {
            let at = ran.first().copied().unwrap_or(last);
            if at < last {
                verified.broke(
                    home,
                    format!("{task:?} ran before one that was pushed before it"),
                );
            }
            last = at;
        }
    }
}
