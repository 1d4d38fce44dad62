//! Tasks through generated code: written in a transaction, run by workers, on each database.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bindery::outbox::{
    HasInbox, HasOutbox, Pushed, Task, TaskFilter, TaskOptions, TaskQueue, TaskRecord, TaskStatus,
    Worker,
};
use bindery::{Config, Connection, EngineOptions, Hosts, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog, is_full_run};
use serde::{Deserialize, Serialize};

use crate::outbox::{Databases, NewEffect, NewUser, Tables as _, engine, model};

#[derive(Debug, Clone, Serialize, Deserialize, Task)]
#[task(name = "send-welcome")]
struct SendWelcome {
    number: i64,
}

/// One that must not be run by the worker of another.
#[derive(Debug, Clone, Serialize, Deserialize, Task)]
struct Other {
    number: i64,
}

/// In the order of its key.
#[derive(Debug, Clone, Serialize, Deserialize, Task)]
#[task(name = "step", max_attempts = 9, priority = -1)]
struct Step {
    #[task(key)]
    key: String,
    number: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, Task)]
struct Once {
    #[task(unique)]
    what: String,
}

/// An engine under test.
trait Tested: StaticEngine + HasOutbox + HasInbox + Hosts<model::User> + Hosts<model::Effect> {}

impl<E> Tested for E where
    E: StaticEngine + HasOutbox + HasInbox + Hosts<model::User> + Hosts<model::Effect>
{
}

/// The databases, and the server's that they need.
struct World {
    db: Databases,
    urls: BTreeMap<&'static str, String>,
    _servers: Vec<FreshDatabase>,
    _folder: tempfile::TempDir,
}

impl World {
    fn connect(&self) -> Databases {
        open(self.urls.iter().map(|(name, url)| (*name, url.as_str())))
    }
}

fn open<'u>(urls: impl Iterator<Item = (&'u str, &'u str)>) -> Databases {
    let config = urls.fold(Config::new(), |config, (name, url)| {
        config.engine(name, url)
    });
    Databases::with_config(&config).expect("it is configured")
}

/// Databases of which those of these engines can be reached; `None` without their server.
fn world(engines: &[&'static str]) -> Option<World> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let mut urls = BTreeMap::from([
        ("default", "postgres://nobody@127.0.0.1:1/none".to_owned()),
        ("m", "mysql://nobody@127.0.0.1:1/none".to_owned()),
        ("lite", file("lite.db")),
        ("plain", file("plain.db")),
    ]);
    let mut servers = Vec::new();
    for name in engines {
        let server = match *name {
            "default" => bindery_testkit::fresh_postgres()?,
            "m" => bindery_testkit::fresh_mysql()?,
            _ => continue,
        };
        urls.insert(name, server.url().to_owned());
        servers.push(server);
    }
    let db = open(urls.iter().map(|(name, url)| (*name, url.as_str())));
    for name in engines {
        let engine: engine::Any = name.parse().expect("it is an engine");
        db.create_missing_on(engine).expect("the tables are made");
    }
    Some(World {
        db,
        urls,
        _servers: servers,
        _folder: folder,
    })
}

/// Runs a test on each database.
macro_rules! on_each {
    ($($(#[$attribute:meta])* $name:ident = $test:ident;)*) => {$(
        mod $name {
            use super::*;

            $(#[$attribute])*
            #[test]
            fn sqlite() {
                start(stringify!($name), "lite", engine::Lite, $test);
            }

            $(#[$attribute])*
            #[test]
            fn postgres() {
                start(stringify!($name), "default", engine::Default, $test);
            }

            $(#[$attribute])*
            #[test]
            fn mariadb() {
                start(stringify!($name), "m", engine::M, $test);
            }
        }
    )*};
}

#[path = "outbox_busy.rs"]
mod busy;
#[path = "outbox_events.rs"]
mod events;
#[path = "outbox_keys.rs"]
mod keys;
#[path = "outbox_periodic.rs"]
mod periodic;
#[path = "outbox_promises.rs"]
mod promises;
#[path = "outbox_wake.rs"]
mod wake;
#[path = "outbox_work.rs"]
mod work;

fn start<E: Tested>(test: &'static str, name: &'static str, engine: E, run: fn(&World, E)) {
    let minutes = if is_full_run() { 30 } else { 5 };
    let _watchdog = Watchdog::start(test, Duration::from_mins(minutes));
    if let Some(world) = world(&[name]) {
        run(&world, engine);
    }
}

on_each! {
    out_01_a_task_is_there_with_its_row_or_not_at_all = stored_with_its_row;
    out_02_attempts_end_at_five_with_growing_pauses = attempts_end;
    out_03_tasks_of_many_workers_have_one_effect_each = one_effect_each;
    out_03_tasks_of_a_key_run_in_their_order = in_order_of_their_key;
    out_05_failing_tasks_do_not_starve_good_ones = nothing_starves;
    out_05_an_unknown_type_and_broken_json_are_failures = unreadable_tasks_fail;
    out_05_failed_tasks_are_put_back_with_a_record = put_back;
    out_05_the_claims_of_a_lost_worker_are_taken_over = taken_over;
    a_unique_key_keeps_one_task = one_for_a_unique_key;
    tasks_wait_for_their_time = wait_for_their_time;
    a_worker_that_is_stopped_gives_back_what_it_has_not_begun = gives_back;
    a_run_without_tasks_and_a_stop_end_promptly = ends_promptly;
    a_missing_table_is_named = missing_table_is_named;
    names_that_differ_at_their_ends_are_two_effects = effects_of_similar_names;
    a_task_waits_while_a_later_one_of_its_key_runs = waits_for_a_later_one;
    an_end_is_recorded_after_an_outage_longer_than_the_lease = recorded_after_an_outage;
    old_tasks_are_deleted_as_fast_as_they_are_completed = many_are_deleted;
    settings_without_end_are_taken = endless_settings;
}

fn push<E: Tested>(world: &World, engine: E, numbers: std::ops::Range<i64>) {
    let mut connection = world.db.connect(engine).unwrap();
    connection
        .transaction(|tx| {
            for number in numbers {
                tx.tasks().push(SendWelcome { number })?;
            }
            Ok(())
        })
        .unwrap();
}

fn effect<E: Tested>(db: &Databases, engine: E, number: i64) -> bindery::Result<()> {
    db.connect(engine)?
        .effects()
        .insert(NewEffect::new(number))
        .map(drop)
}

fn effects<E: Tested>(world: &World, engine: E) -> Vec<i64> {
    let mut rows = world.db.connect(engine).unwrap().effects().all().unwrap();
    rows.sort_by_key(|row| row.id.into_value());
    rows.iter().map(|row| row.number).collect()
}

/// A worker that writes an effect for each task.
fn worker<E: Tested>(db: &Databases, engine: E) -> Worker<Databases> {
    let worker = db.worker_on(engine).first_pause(Duration::from_millis(10));
    worker.on::<SendWelcome>(move |task, cx| Ok(effect(cx.db(), engine, task.number)?))
}

fn records<E: Tested>(world: &World, engine: E, filter: &TaskFilter) -> Vec<TaskRecord> {
    TaskQueue::new(&world.db, engine)
        .list(filter, 10_000)
        .unwrap()
}

/// The number of tasks that are completed and not deleted.
fn completed<E: Tested>(world: &World, engine: E) -> u64 {
    TaskQueue::new(&world.db, engine).completed().unwrap()
}

fn execute<E: Tested>(world: &World, engine: E, sql: String) -> u64 {
    let text = bindery::Sql::assembled(sql);
    world.db.sql_on(engine).execute(text, ()).unwrap()
}

/// Covers OUT-1.
fn stored_with_its_row<E: Tested>(world: &World, engine: E) {
    let save = |connection: &mut Connection<E>, fails: bool| {
        connection.transaction(|tx| {
            tx.users().insert(NewUser::new("ann"))?;
            tx.tasks().push(SendWelcome { number: 1 })?;
            if fails {
                return Err(bindery::Error::new(bindery::ErrorKind::NotFound));
            }
            Ok(())
        })
    };
    let mut connection = world.db.connect(engine).unwrap();
    save(&mut connection, true).unwrap_err();
    let queue = TaskQueue::new(&world.db, engine);
    assert_eq!(queue.summary().unwrap().pending, 0);
    save(&mut connection, false).unwrap();
    assert_eq!(connection.users().count().unwrap(), 1);
    // In a session too.
    let session = world.db.session(|s| {
        s.connection(engine)?.users().insert(NewUser::new("bob"))?;
        s.connection(engine)?
            .tasks()
            .push(SendWelcome { number: 2 })?;
        Ok(())
    });
    session.unwrap();
    assert_eq!(queue.summary().unwrap().pending, 2);
    drop(connection);
    push(world, engine, 3..251);

    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let worker = world.db.worker_on(engine).threads(1).batch(100);
    let worker = worker.only_registered().on::<SendWelcome>(move |task, cx| {
        seen.lock().unwrap().push(task.number);
        Ok(effect(cx.db(), engine, task.number)?)
    });
    world
        .db
        .connect(engine)
        .unwrap()
        .tasks()
        .push(Other { number: 1 })
        .unwrap();
    let report = worker.run_until_idle().unwrap();
    assert_eq!((report.completed, report.batches), (250, 3), "{report:?}");
    let oldest_first: Vec<i64> = (1..251).collect();
    assert_eq!(*order.lock().unwrap(), oldest_first);
    assert_eq!(effects(world, engine), oldest_first);
    let welcomed = records(world, engine, &TaskFilter::all().task("send-welcome"));
    assert!(
        welcomed
            .iter()
            .all(|one| one.status == TaskStatus::Completed)
    );
    assert!(
        welcomed
            .iter()
            .all(|one| one.completed_at >= Some(one.created_at))
    );
    let left = queue.summary().unwrap();
    assert_eq!(
        (left.pending, completed(world, engine)),
        (1, 250),
        "that of the other type"
    );
}

/// Covers OUT-7.
fn attempts_end<E: Tested>(world: &World, engine: E) {
    let attempts = Arc::new(Mutex::new(BTreeMap::<i64, Vec<Instant>>::new()));
    push(world, engine, 1..4);
    let seen = Arc::clone(&attempts);
    let worker = world
        .db
        .worker_on(engine)
        .first_pause(Duration::from_millis(50));
    let worker = worker.longest_poll(Duration::from_millis(10));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        seen.lock()
            .unwrap()
            .entry(task.number)
            .or_default()
            .push(Instant::now());
        match task.number {
            1 => Err("always".into()),
            2 if cx.attempt() < 5 => Err("four times".into()),
            3 => Err("ä\0".repeat(500_000).into()),
            _ => Ok(()),
        }
    });
    let running = worker.start().unwrap();
    let is_done = || {
        let summary = TaskQueue::new(&world.db, engine).summary().unwrap();
        summary.failed + completed(world, engine) == 3
    };
    while !is_done() {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    let report = running.stop().unwrap();
    assert_eq!(
        (report.failed, report.completed, report.retried),
        (2, 1, 12),
        "{report:?}"
    );
    let all = records(world, engine, &TaskFilter::all());
    assert_eq!(all[0].status, TaskStatus::Failed);
    assert_eq!(
        (all[0].retry_count, all[0].last_error.as_deref()),
        (5, Some("always"))
    );
    assert_eq!(
        (all[1].status, all[1].retry_count),
        (TaskStatus::Completed, 4)
    );
    assert_eq!(all[2].last_error.as_ref().unwrap().chars().count(), 2_000);
    let attempts = attempts.lock().unwrap();
    for times in attempts.values() {
        assert_eq!(times.len(), 5);
        let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(pauses[0] >= Duration::from_millis(35), "{pauses:?}");
        assert!(pauses[3] > pauses[1] && pauses[2] > pauses[0], "{pauses:?}");
    }
}

/// Covers OUT-3.
fn one_effect_each<E: Tested>(world: &World, engine: E) {
    const TASKS: i64 = 1_000;
    for workers in [2, 8] {
        execute(world, engine, "DELETE FROM effects".to_owned());
        push(world, engine, 0..TASKS);
        let at_work = Arc::new(Mutex::new(BTreeSet::new()));
        let runs = Arc::new(AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (at_work, runs) = (Arc::clone(&at_work), Arc::clone(&runs));
                let worker = world.connect().worker_on(engine).threads(2).batch(20);
                let worker = worker.on::<SendWelcome>(move |task, cx| {
                    assert!(at_work.lock().unwrap().insert(cx.id()), "two at a time");
                    runs.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_micros(cx.id().unsigned_abs() % 7 * 300));
                    effect(cx.db(), engine, task.number)?;
                    assert!(at_work.lock().unwrap().remove(&cx.id()));
                    Ok(())
                });
                scope.spawn(move || worker.run_until_idle().unwrap());
            }
        });
        assert_eq!(runs.load(Ordering::Relaxed), TASKS as usize);
        let mut effects = effects(world, engine);
        effects.sort_unstable();
        assert_eq!(effects, (0..TASKS).collect::<Vec<_>>());
    }
}

/// Covers OUT-2.
fn in_order_of_their_key<E: Tested>(world: &World, engine: E) {
    const KEYS: u64 = 4;
    const STEPS: u64 = 25;
    let mut connection = world.db.connect(engine).unwrap();
    for number in 0..STEPS {
        for key in 0..KEYS {
            let key = format!("key {key}");
            connection.tasks().push(Step { key, number }).unwrap();
        }
    }
    drop(connection);
    let done = Arc::new(Mutex::new(BTreeMap::<String, Vec<u64>>::new()));
    let running: Vec<_> = (0..3)
        .map(|_| {
            let done = Arc::clone(&done);
            let worker = world
                .connect()
                .worker_on(engine)
                .first_pause(Duration::from_millis(5));
            let worker = worker.longest_poll(Duration::from_millis(10));
            let worker = worker.on::<Step>(move |task, cx| {
                // A step that fails once has those after it wait.
                if task.number % 10 == 3 && cx.attempt() == 1 {
                    return Err("not yet".into());
                }
                done.lock()
                    .unwrap()
                    .entry(task.key)
                    .or_default()
                    .push(task.number);
                Ok(())
            });
            worker.start().unwrap()
        })
        .collect();
    while completed(world, engine) < KEYS * STEPS {
        std::thread::sleep(Duration::from_millis(20));
    }
    for worker in running {
        worker.stop().unwrap();
    }
    let done = done.lock().unwrap();
    assert_eq!(done.len(), KEYS as usize);
    for (key, numbers) in done.iter() {
        assert_eq!(*numbers, (0..STEPS).collect::<Vec<_>>(), "{key}");
    }
}

/// Covers OUT-7.
fn nothing_starves<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..150);
    let worker = world
        .db
        .worker_on(engine)
        .first_pause(Duration::from_secs(60));
    let worker = worker.on::<SendWelcome>(move |task, cx| match task.number {
        ..100 => Err("poisoned".into()),
        number => Ok(effect(cx.db(), engine, number)?),
    });
    let report = worker.run_until_idle().unwrap();
    assert_eq!((report.completed, report.retried), (50, 100), "{report:?}");
    assert_eq!(report.batches, 2);
}

/// Covers OUT-7, OUT-14.
fn unreadable_tasks_fail<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..2);
    world
        .db
        .connect(engine)
        .unwrap()
        .tasks()
        .push(Other { number: 1 })
        .unwrap();
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET payload = '{\"number\":\"secret\"}' WHERE task = 'send-welcome' AND payload LIKE '%1%'".to_owned(),
    );
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET max_attempts = 1".to_owned(),
    );
    let report = worker(&world.db, engine).run_until_idle().unwrap();
    assert_eq!((report.completed, report.failed), (1, 2), "{report:?}");
    let failed = records(world, engine, &TaskFilter::failed());
    let reason = |at: usize| failed[at].last_error.clone().unwrap_or_default();
    assert_eq!(
        reason(0),
        "the payload is not a `send-welcome`: it has another shape than the program's type (line 1, column 18)",
        "values stay out of it"
    );
    assert_eq!(
        reason(1),
        "this worker has no handler for tasks of type `Other`"
    );
}

fn put_back<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..3);
    let is_mended = Arc::new(AtomicBool::new(false));
    let run = || {
        let is_mended = Arc::clone(&is_mended);
        let worker = world.db.worker_on(engine).on::<SendWelcome>(move |_, _| {
            match is_mended.load(Ordering::Relaxed) {
                true => Ok(()),
                false => panic!("broken"),
            }
        });
        worker.run_until_idle().unwrap()
    };
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET max_attempts = 1".to_owned(),
    );
    assert_eq!(run().failed, 3);
    let queue = TaskQueue::new(&world.db, engine);
    let failed = records(world, engine, &TaskFilter::failed());
    assert_eq!(
        failed[0].last_error.as_deref(),
        Some("the handler panicked: broken")
    );
    is_mended.store(true, Ordering::Relaxed);
    assert_eq!(run().completed, 0, "it is not tried again by itself");

    assert_eq!(
        queue
            .retry(&TaskFilter::failed().task("strange"), "ann")
            .unwrap(),
        0
    );
    assert_eq!(
        queue
            .retry(&TaskFilter::failed().id(failed[0].id), "ann")
            .unwrap(),
        1
    );
    let record = &records(world, engine, &TaskFilter::all().id(failed[0].id))[0];
    assert_eq!(
        (record.status, record.retry_count),
        (TaskStatus::Pending, 0)
    );
    assert_eq!(
        (record.requeued_by.as_deref(), record.requeues),
        (Some("ann"), 1)
    );
    assert!(record.requeued_at >= Some(record.created_at));
    assert_eq!(run().completed, 1);
    assert_eq!(queue.delete(&TaskFilter::failed()).unwrap(), 2);
    let left = queue.summary().unwrap();
    let completed = completed(world, engine);
    assert_eq!((left.failed, completed, left.pending), (0, 1, 0));
}

/// Covers OUT-1, OUT-10.
fn taken_over<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..20);
    let lease = Duration::from_millis(300);
    // A worker that claims and stands still: as if it had been killed, and as if it had been paused.
    let (began, goes_on) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (seen, until) = (Arc::clone(&began), Arc::clone(&goes_on));
    let begun = Arc::new(AtomicUsize::new(0));
    let beginning = Arc::clone(&begun);
    let paused = world.connect().worker_on(engine).threads(1).lease(lease);
    let paused = paused.on::<SendWelcome>(move |_, _| {
        seen.store(true, Ordering::Relaxed);
        beginning.fetch_add(1, Ordering::Relaxed);
        while !until.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    });
    let paused = paused.start().unwrap();
    while !began.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Its process is lost: the lease is not renewed.
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET claim = 'of a lost worker', due_at = due_at + 300 WHERE status = 'running'".to_owned(),
    );
    let runs = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&runs);
    let heir = world
        .connect()
        .worker_on(engine)
        .lease(Duration::from_secs(60));
    let heir = heir.longest_poll(Duration::from_millis(20));
    let heir = heir.on::<SendWelcome>(move |task, cx| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(effect(cx.db(), engine, task.number)?)
    });
    let heir = heir.start().unwrap();
    while runs.load(Ordering::Relaxed) < 20 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let report = heir.stop().unwrap();
    assert_eq!((report.completed, report.lost), (20, 0), "{report:?}");
    let before = records(world, engine, &TaskFilter::all());
    goes_on.store(true, Ordering::Relaxed);
    std::thread::sleep(lease);
    assert_eq!(
        begun.load(Ordering::Relaxed),
        1,
        "it begins none that is another's"
    );
    let late = paused.stop().unwrap();
    assert!(late.lost >= 1, "{late:?}");
    assert_eq!(
        records(world, engine, &TaskFilter::all()),
        before,
        "it changed nothing"
    );
}

fn one_for_a_unique_key<E: Tested>(world: &World, engine: E) {
    let push = || {
        let what = "report".to_owned();
        world
            .db
            .connect(engine)
            .unwrap()
            .tasks()
            .push(Once { what })
            .unwrap()
    };
    assert_eq!(push(), Pushed::Added);
    assert_eq!(push(), Pushed::Exists);
    let worker = world.db.worker_on(engine).on::<Once>(|_, _| Ok(()));
    assert_eq!(worker.run_until_idle().unwrap().completed, 1);
    assert_eq!(push(), Pushed::Added, "the first is completed");
    // Keys of other types, and those that differ by case alone, are others.
    let mut connection = world.db.connect(engine).unwrap();
    let options = || TaskOptions::new().unique_key("report");
    let other = connection.tasks().push_with(Other { number: 1 }, options());
    assert_eq!(other.unwrap(), Pushed::Added);
    let what = "Report".to_owned();
    assert_eq!(
        connection.tasks().push(Once { what }).unwrap(),
        Pushed::Added
    );
    // And those that differ by a blank at their end.
    for (what, pushed) in [("Report ", Pushed::Added), ("Report ", Pushed::Exists)] {
        let what = what.to_owned();
        assert_eq!(connection.tasks().push(Once { what }).unwrap(), pushed);
    }
    // A push that changed nothing leaves its transaction whole.
    let both = connection.transaction(|tx| {
        let what = "Report".to_owned();
        let pushed = tx.tasks().push(Once { what })?;
        tx.users().insert(NewUser::new("ann"))?;
        Ok(pushed)
    });
    assert_eq!(both.unwrap(), Pushed::Exists);
    assert_eq!(connection.users().count().unwrap(), 1);
    let too_long = TaskOptions::new().key("k".repeat(192));
    let error = connection
        .tasks()
        .push_with(Other { number: 1 }, too_long)
        .unwrap_err();
    assert!(
        error.to_string().contains("longer than 191 characters"),
        "{error}"
    );
}

/// Neither the end of a run nor a stop waits for anything that is not there.
fn ends_promptly<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..3);
    let begun = Instant::now();
    let report = worker(&world.db, engine).run_until_idle().unwrap();
    assert_eq!(report.completed, 3);
    let idle = worker(&world.db, engine).longest_poll(Duration::from_secs(60));
    let idle = idle.start().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let stopped = worker(&world.db, engine);
    stopped.stop_handle().stop();
    assert_eq!(stopped.run().unwrap().batches, 0);
    idle.stop().unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "{:?}",
        begun.elapsed()
    );
}

/// Covers OUT-11.
fn wait_for_their_time<E: Tested>(world: &World, engine: E) {
    let mut connection = world.db.connect(engine).unwrap();
    let mut push = |number, options| {
        let task = SendWelcome { number };
        connection.tasks().push_with(task, options).unwrap();
    };
    let hour = Duration::from_hours(1);
    let later = std::time::SystemTime::now() + hour;
    push(1, TaskOptions::new().delay(hour));
    push(2, TaskOptions::new().run_at(later));
    push(3, TaskOptions::new());
    push(4, TaskOptions::new().priority(-5));
    push(5, TaskOptions::new().delay(hour * 24 * 400));
    for task in &records(world, engine, &TaskFilter::all())[..2] {
        let late = task.due_at.duration_since(later).unwrap_or_default();
        assert!(late < Duration::from_mins(10) && task.due_at + hour / 6 > later);
    }
    let run = || {
        let worker = worker(&world.db, engine).threads(1);
        worker.run_until_idle().unwrap()
    };
    assert_eq!(run().completed, 2);
    assert_eq!(effects(world, engine), [4, 3]);
    // An hour passes.
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET due_at = due_at - 3600000".to_owned(),
    );
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(run().completed, 2);
    let left = TaskQueue::new(&world.db, engine).summary().unwrap();
    assert_eq!((left.pending, completed(world, engine)), (1, 4));
}

fn gives_back<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..50);
    let began = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&began);
    let worker = world.db.worker_on(engine).threads(2);
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        seen.fetch_add(1, Ordering::Relaxed);
        while !cx.is_stopping() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(effect(cx.db(), engine, task.number)?)
    });
    let running = worker.start().unwrap();
    while began.load(Ordering::Relaxed) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let report = running.stop().unwrap();
    assert_eq!(
        (report.completed, report.lost, report.abandoned),
        (2, 0, 0),
        "{report:?}"
    );
    let left = TaskQueue::new(&world.db, engine).summary().unwrap();
    let completed = completed(world, engine);
    assert_eq!((left.pending, left.running, completed), (48, 0, 2));
    let all = records(world, engine, &TaskFilter::all());
    assert!(
        all.iter().all(|one| one.retry_count == 0),
        "no attempt was made"
    );
}

fn effects_of_similar_names<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1);
    let worker = world.db.worker_on(engine);
    let worker = worker.on::<SendWelcome>(move |_, cx| {
        let is_done = |name: &str| {
            let done = cx.once_named(engine, name, |_| Ok(()));
            done.map(|done| done.is_some())
        };
        assert!(is_done("x")? && is_done("x ")? && is_done("X")?);
        let longest = "ä".repeat(99);
        assert!(is_done(&format!("{longest}a"))? && is_done(&format!("{longest}b"))?);
        let error = is_done(&format!("{longest}aa")).unwrap_err();
        assert!(error.to_string().contains("100 characters"), "{error}");
        Ok(())
    });
    let report = worker.run_until_idle().unwrap();
    assert_eq!(report.completed, 1, "{report:?}");
}

/// A failed task that is put back, or one that was committed late, while one after it runs.
fn waits_for_a_later_one<E: Tested>(world: &World, engine: E) {
    let mut connection = world.db.connect(engine).unwrap();
    for number in 1..3 {
        let key = "one".to_owned();
        connection.tasks().push(Step { key, number }).unwrap();
    }
    drop(connection);
    let set = |status: &str| {
        let hour = 3_600_000;
        let later = format!(
            "UPDATE _bindery_outbox SET status = '{status}', claim = 'x', due_at = due_at + {hour} WHERE payload LIKE '%2%'"
        );
        assert_eq!(execute(world, engine, later), 1);
    };
    let run = || {
        let worker = world.db.worker_on(engine).on::<Step>(|_, _| Ok(()));
        worker.run_until_idle().unwrap().completed
    };
    set("running");
    assert_eq!(run(), 0);
    set("failed");
    assert_eq!(run(), 1);
}

/// Covers OUT-4, OUT-5.
fn recorded_after_an_outage<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..2);
    let is_away = Arc::new(AtomicBool::new(false));
    let begun = Arc::new(AtomicUsize::new(0));
    let (away, count) = (Arc::clone(&is_away), Arc::clone(&begun));
    let worker = world.connect().worker_on(engine).threads(2);
    let worker = worker.lease(Duration::from_millis(300));
    let worker = worker.on::<SendWelcome>(move |task, _| {
        count.fetch_add(1, Ordering::Relaxed);
        // One ends during the outage, the other after it.
        while !away.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(
            50 + task.number.unsigned_abs() * 2_500,
        ));
        Ok(())
    });
    let running = worker.start().unwrap();
    while begun.load(Ordering::Relaxed) < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let rename = |from: &str, to: &str| {
        execute(world, engine, format!("ALTER TABLE {from} RENAME TO {to}"));
    };
    rename("_bindery_outbox", "away");
    is_away.store(true, Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(1_200));
    rename("away", "_bindery_outbox");
    let until = Instant::now() + Duration::from_secs(10);
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < 2 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let report = running.stop().unwrap();
    assert_eq!((report.completed, report.lost), (2, 0), "{report:?}");
    assert_eq!(begun.load(Ordering::Relaxed), 2, "each ran once");
}

fn many_are_deleted<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..2_500);
    let completed = "UPDATE _bindery_outbox SET status = 'completed', due_at = 0";
    execute(world, engine, completed.to_owned());
    let worker = worker(&world.db, engine).keep_completed(Duration::ZERO);
    let running = worker.longest_poll(Duration::from_millis(50)).start();
    let until = Instant::now() + Duration::from_secs(20);
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() > 0 {
        assert!(Instant::now() < until, "{:?}", queue.summary());
        std::thread::sleep(Duration::from_millis(50));
    }
    running.unwrap().stop().unwrap();
}

fn endless_settings<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1);
    let worker = worker(&world.db, engine).lease(Duration::MAX);
    let worker = worker.grace(Duration::MAX).longest_poll(Duration::MAX);
    let worker = worker.keep_completed(Duration::MAX);
    let worker = worker.first_pause(Duration::MAX);
    assert_eq!(worker.run_until_idle().unwrap().completed, 1);
}

/// Covers OUT-9 on PostgreSQL, MariaDB.
///
/// Leases are renewed and tasks claimed while the program has all its connections in use.
fn does_not_starve<E: Tested>(world: &World, engine: E) {
    let url = world.urls[engine.name()].clone();
    let mut config = Config::new();
    let others = world
        .urls
        .iter()
        .filter(|(name, _)| **name != engine.name());
    for (name, other) in others {
        config = config.engine(*name, other.as_str());
    }
    let options = bindery::EngineOptions::url(url).max_connections(1);
    let db = Databases::with_config(&config.engine(engine.name(), options)).unwrap();
    push(world, engine, 0..3);
    let held = db.connect(engine).unwrap();
    let worker = db.worker_on(engine).on::<SendWelcome>(|_, _| Ok(()));
    assert_eq!(worker.run_until_idle().unwrap().completed, 3);
    drop(held);
}

#[test]
fn out_9_a_worker_does_not_wait_for_the_program_postgres() {
    start("out_9", "default", engine::Default, does_not_starve);
}

#[test]
fn out_9_a_worker_does_not_wait_for_the_program_mariadb() {
    start("out_9", "m", engine::M, does_not_starve);
}

fn missing_table_is_named<E: Tested>(world: &World, engine: E) {
    execute(world, engine, "DROP TABLE _bindery_outbox".to_owned());
    let help = format!("run `bindery create --engine {}`", engine.name());
    let told = |error: bindery::Error| error.to_string();
    let pushed = world
        .db
        .connect(engine)
        .unwrap()
        .tasks()
        .push(Other { number: 1 });
    assert!(told(pushed.unwrap_err()).contains(&help));
    let run = worker(&world.db, engine).run();
    assert!(told(run.unwrap_err()).contains(&help));
    let summary = TaskQueue::new(&world.db, engine).summary();
    assert!(told(summary.unwrap_err()).contains(&help));
    let made = world.db.create_missing_on(engine).unwrap().created;
    assert_eq!(made, [(engine.name(), "_bindery_outbox")]);
}

/// The URLs of a process that is killed between the commit on the target and the end of its task, one to a line.
const CHILD: &str = "BINDERY_TEST_OUTBOX_CHILD";

/// Covers OUT-1, OUT-3.
///
/// The pairs of engines: that of the tasks, and that of the effects.
fn to_target<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) {
    push(world, source, 7..8);
    let itself = std::env::current_exe().expect("the path of the test");
    let urls: Vec<String> = world
        .urls
        .iter()
        .map(|(name, url)| format!("{name} {url}"))
        .collect();
    let status = Command::new(itself)
        .args(["outbox_at_work::child", "--exact"])
        .env(
            CHILD,
            format!("{} {}\n{}", source.name(), target.name(), urls.join("\n")),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the test runs");
    assert_eq!(status.code(), None, "it was killed");
    assert_eq!(effects(world, target), [7]);
    let left = TaskQueue::new(&world.db, source).summary().unwrap();
    assert_eq!((left.running, completed(world, source)), (1, 0));

    let runs = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&runs);
    let worker = world
        .db
        .worker_on(source)
        .longest_poll(Duration::from_millis(50));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        count.fetch_add(1, Ordering::Relaxed);
        once(cx, target, task.number)
    });
    let running = worker.start().unwrap();
    while completed(world, source) < 1 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(running.stop().unwrap().completed, 1);
    assert_eq!(runs.load(Ordering::Relaxed), 1, "it was run again");
    assert_eq!(effects(world, target), [7], "and had no second effect");
    let day = Duration::from_hours(24);
    assert_eq!(
        bindery::outbox::prune_inbox(&world.db, target, day).unwrap(),
        0
    );
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(
        bindery::outbox::prune_inbox(&world.db, target, Duration::ZERO).unwrap(),
        1
    );
}

fn once<T: Tested>(
    cx: &bindery::outbox::TaskContext<'_, Databases>,
    target: T,
    number: i64,
) -> bindery::outbox::TaskResult {
    cx.once(target, |tx| tx.effects().insert(NewEffect::new(number)))?;
    let again = cx.once(target, |_| Ok(())).unwrap_err();
    assert!(again.to_string().contains("once_named"), "{again}");
    Ok(())
}

/// A process that is killed; nothing in a run of all tests.
#[test]
fn child() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let (pair, urls) = wanted.split_once('\n').unwrap();
    let db = open(urls.lines().map(|line| line.split_once(' ').unwrap()));
    match pair {
        "lite default" => killed(&db, engine::Lite, engine::Default),
        "default m" => killed(&db, engine::Default, engine::M),
        "m lite" => killed(&db, engine::M, engine::Lite),
        _ => panic!("{pair}"),
    }
}

fn killed<S: Tested, T: Tested>(db: &Databases, source: S, target: T) {
    let worker = db.worker_on(source).lease(Duration::from_millis(500));
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        once(cx, target, task.number)?;
        let this = std::process::id().to_string();
        Command::new("kill").args(["-9", &this]).status()?;
        std::thread::sleep(Duration::from_secs(60));
        Ok(())
    });
    worker.run_until_idle().unwrap();
}

macro_rules! out_04 {
    ($($name:ident: $source:literal $source_type:ident, $target:literal $target_type:ident;)*) => {$(
        #[test]
        fn $name() {
            let _watchdog = Watchdog::start(stringify!($name), Duration::from_secs(300));
            if let Some(world) = world(&[$source, $target]) {
                to_target(&world, (engine::$source_type, engine::$target_type));
            }
        }
    )*};
}

out_04! {
    out_04_a_worker_killed_after_the_target_commit_sqlite_to_postgres: "lite" Lite, "default" Default;
    out_04_a_worker_killed_after_the_target_commit_postgres_to_mariadb: "default" Default, "m" M;
    out_04_a_worker_killed_after_the_target_commit_mariadb_to_sqlite: "m" M, "lite" Lite;
}

/// A table `tasks` has another accessor where an engine has an outbox.
#[test]
fn a_table_of_the_same_name_gives_way() {
    let world = world(&["plain"]).expect("it needs no server");
    assert_eq!(world.db.tasks_().count().unwrap(), 0);
}
