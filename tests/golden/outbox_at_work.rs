//! Tasks through generated code: written in a transaction, run by workers, on each database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use bindery::outbox::{
    HasInbox, HasOutbox, Pushed, Task, TaskFilter, TaskOptions, TaskQueue, TaskRecord, TaskStatus,
    Worker,
};
use bindery::{Config, Connection, EngineOptions, Hosts, RetryPolicy, StaticEngine};
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

#[path = "outbox_attempts.rs"]
mod attempts;
#[path = "outbox_busy.rs"]
mod busy;
#[path = "outbox_clock.rs"]
mod clock;
#[path = "outbox_events.rs"]
mod events;
#[path = "outbox_keys.rs"]
mod keys;
#[path = "outbox_kills.rs"]
mod kills;
#[path = "outbox_leases.rs"]
mod leases;
#[path = "outbox_lost.rs"]
mod lost;
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
    out_03_tasks_of_many_workers_have_one_effect_each = one_effect_each;
    out_03_as_many_tasks_run_at_once_as_all_workers_have_threads = at_once;
    out_03_tasks_of_a_key_run_in_their_order = in_order_of_their_key;
    a_unique_key_keeps_one_task = one_for_a_unique_key;
    out_11_tasks_wait_for_their_time = wait_for_their_time;
    a_run_without_tasks_and_a_stop_end_promptly = ends_promptly;
    a_missing_table_is_named = missing_table_is_named;
    names_that_differ_at_their_ends_are_two_effects = effects_of_similar_names;
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

/// Retries after this pause at first, and after longer ones then.
fn first_pause(pause: Duration) -> RetryPolicy {
    RetryPolicy::new().backoff(pause, Duration::from_hours(1).max(pause))
}

/// A worker that writes an effect for each task.
fn worker<E: Tested>(db: &Databases, engine: E) -> Worker<Databases> {
    let worker = db
        .worker_on(engine)
        .retry(first_pause(Duration::from_millis(10)));
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

/// Covers OUT-3.
fn one_effect_each<E: Tested>(world: &World, engine: E) {
    const TASKS: i64 = 1_000;
    for workers in [2, 8] {
        execute(world, engine, "DELETE FROM effects".to_owned());
        push(world, engine, 0..TASKS);
        let at_work = Mutex::new(BTreeSet::new());
        let (runs, together) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shared = Arc::new((at_work, runs, together));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let shared = Arc::clone(&shared);
                let worker = world.connect().worker_on(engine).threads(2).batch(20);
                // A panic here would be a failed attempt, so nothing is asserted before all have ended.
                let worker = worker.on::<SendWelcome>(move |task, cx| {
                    let (at_work, runs, together) = &*shared;
                    let is_alone = at_work.lock().unwrap().insert(cx.id());
                    together.fetch_add(usize::from(!is_alone), Ordering::Relaxed);
                    runs.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_micros(cx.id().unsigned_abs() % 7 * 300));
                    effect(cx.db(), engine, task.number)?;
                    at_work.lock().unwrap().remove(&cx.id());
                    Ok(())
                });
                scope.spawn(move || worker.run_until_idle().unwrap());
            }
        });
        let (_, runs, together) = &*shared;
        assert_eq!(together.load(Ordering::Relaxed), 0, "two at a time");
        assert_eq!(runs.load(Ordering::Relaxed), TASKS as usize);
        let mut effects = effects(world, engine);
        effects.sort_unstable();
        assert_eq!(effects, (0..TASKS).collect::<Vec<_>>());
    }
}

/// No task ends before all have begun: several workers get done what one has not the threads for, also where the database has one writer
/// at a time, as a claim is over before its tasks run.
///
/// Covers OUT-3.
fn at_once<E: Tested>(world: &World, engine: E) {
    const WORKERS: usize = 4;
    const THREADS: usize = 2;
    let tasks = WORKERS * THREADS;
    push(world, engine, 0..tasks as i64);
    let all = Arc::new(Barrier::new(tasks));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            let all = Arc::clone(&all);
            let worker = world.connect().worker_on(engine);
            let worker = worker.threads(THREADS).batch(THREADS);
            let worker = worker.on::<SendWelcome>(move |_, _| {
                all.wait();
                Ok(())
            });
            scope.spawn(move || worker.run_until_idle().unwrap());
        }
    });
    assert_eq!(completed(world, engine), tasks as u64);
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
                .retry(first_pause(Duration::from_millis(5)));
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
    let worker = worker.retry(first_pause(Duration::MAX));
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

/// A table `tasks` has another accessor where an engine has an outbox.
#[test]
fn a_table_of_the_same_name_gives_way() {
    let world = world(&["plain"]).expect("it needs no server");
    assert_eq!(world.db.tasks_().count().unwrap(), 0);
}
