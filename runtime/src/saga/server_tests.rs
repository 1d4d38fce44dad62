//! Sagas on real databases: every pair of dialects, each as the engine that keeps the log.

mod kills;
mod limits;
mod mended;
mod outages;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bindery_testkit::{FreshDatabase, Watchdog};
use serde::Deserialize;

use super::*;
use crate::databases::config::Config;
use crate::link::dialect::Several;
use crate::link::program::{EngineInfo, Program};
use crate::link::transaction::Transaction;

const PATIENCE: Duration = Duration::from_secs(600);

macro_rules! engines {
    ($($name:literal $dialect:ident),*) => {
        &[$(EngineInfo { name: $name, dialect: Dialect::$dialect, flavour: None, outbox: false, inbox: false, head: None }),*]
    };
}

static PROGRAM: Program = Program {
    engines: engines!("file" Sqlite, "maria" Mysql, "pg" Postgres),
    models: &[],
    configured: false,
};

const FILE: At = At(0);
const MARIA: At = At(1);
const PG: At = At(2);

/// The engine of the log, and another.
const PAIRS: [(At, At); 6] = [
    (FILE, PG),
    (FILE, MARIA),
    (PG, FILE),
    (PG, MARIA),
    (MARIA, PG),
    (MARIA, FILE),
];

/// An engine by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct At(usize);

impl Engine for At {
    type Dialect = Several;

    fn index(self) -> usize {
        self.0
    }

    fn name(self) -> &'static str {
        PROGRAM.engines[self.0].name
    }

    fn dialect(self) -> Dialect {
        PROGRAM.engines[self.0].dialect
    }
}

/// The parameters of the sagas here.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Plan {
    number: u64,
    /// The step that fails for good.
    fails: Option<String>,
}

impl Plan {
    fn new(number: u64) -> Self {
        Self {
            number,
            fails: None,
        }
    }

    fn failing(number: u64, step: &str) -> Self {
        Self {
            number,
            fails: Some(step.to_owned()),
        }
    }
}

/// The deeds of steps and compensations, in their order.
type Diary = Arc<Mutex<Vec<String>>>;

fn write(tx: &mut Transaction<'_, At>, sql: &str) -> Result<()> {
    tx.link
        .call(Operation::Update, |link| link.ready()?.batch(sql))
}

fn number(tx: &mut Transaction<'_, At>, sql: &str) -> Result<Option<i64>> {
    let mut found = None;
    tx.link.call(Operation::Count, |link| {
        link.ready()?.query(sql, &mut |_| (), &mut |row| {
            found = Some(row.next::<i64>()?);
            Ok(true)
        })
    })?;
    Ok(found)
}

fn insert(
    tx: &mut Transaction<'_, At>,
    plan: &Plan,
    step: &str,
    diary: &Diary,
) -> Result<u64, StepError> {
    diary.lock().unwrap().push(step.to_owned());
    if plan.fails.as_deref() == Some(step) {
        return Err(StepError::permanent("it was to fail"));
    }
    let number = plan.number;
    write(
        tx,
        &format!("INSERT INTO t (number, step, val) VALUES ({number}, '{step}', 1)"),
    )?;
    Ok(number)
}

fn look(tx: &mut Transaction<'_, At>, of: u64, step: &str) -> Result<Option<i64>, StepError> {
    let sql = format!("SELECT CAST(val AS {{}}) FROM t WHERE number = {of} AND step = '{step}'");
    let int = match tx.engine().dialect() {
        Dialect::Sqlite => "INTEGER",
        Dialect::Postgres => "BIGINT",
        Dialect::Mysql => "SIGNED",
    };
    Ok(number(tx, &sql.replace("{}", int))?)
}

fn delete(
    tx: &mut Transaction<'_, At>,
    undo: &UndoContext<'_, Plan, u64, Option<i64>>,
    step: &str,
    diary: &Diary,
) -> Result<Undone, StepError> {
    diary.lock().unwrap().push(format!("undo {step}"));
    if undo.is_changed() {
        assert_ne!(undo.written(), undo.current());
        return Ok(Undone::LeftChanged);
    }
    let number = undo.output();
    write(
        tx,
        &format!("DELETE FROM t WHERE number = {number} AND step = '{step}'"),
    )?;
    Ok(Undone::Done)
}

/// Four steps: on the log's engine, on the other, on the log's, on the other.
fn saga_with(log: At, other: At, diary: &Diary, retry: SagaRetry) -> Saga<Plan, u64> {
    let diary = |()| Arc::clone(diary);
    let (one, two, three, four) = (diary(()), diary(()), diary(()), diary(()));
    let (undo_one, undo_two, undo_three) = (diary(()), diary(()), diary(()));
    Saga::<Plan>::builder("plan", log)
        .retry(retry)
        .step("one", log, move |tx, step| {
            insert(tx, step.input(), "one", &one)
        })
        .snapshot(|tx, number| look(tx, *number, "one"))
        .compensate(move |tx, undo| delete(tx, undo, "one", &undo_one))
        .step("two", other, move |tx, step| {
            insert(tx, step.input(), "two", &two)
        })
        .snapshot(|tx, number| look(tx, *number, "two"))
        .compensate(move |tx, undo| delete(tx, undo, "two", &undo_two))
        .step("three", log, move |tx, step| {
            insert(tx, step.input(), "three", &three)
        })
        .snapshot(|tx, number| look(tx, *number, "three"))
        .compensate(move |tx, undo| delete(tx, undo, "three", &undo_three))
        .step("four", other, move |tx, step| {
            insert(tx, step.input(), "four", &four)
        })
        .build()
        .expect("it has steps")
}

fn quick() -> SagaRetry {
    SagaRetry::new()
        .attempts(3)
        .backoff(Duration::from_millis(2), Duration::from_millis(10))
        .outage_limit(Duration::from_secs(1))
}

fn saga(log: At, other: At, diary: &Diary) -> Saga<Plan, u64> {
    saga_with(log, other, diary, quick())
}

/// Three databases with a table `t` each.
struct World {
    db: Registry,
    urls: Vec<String>,
    next: AtomicU64,
    _folder: Folder,
    _databases: (FreshDatabase, FreshDatabase),
}

/// Removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(urls: &[String]) -> Registry {
    let engines = PROGRAM.engines.iter().zip(urls);
    let config = engines.fold(Config::new(), |config, (engine, url)| {
        config.engine(engine.name, url.as_str())
    });
    Registry::with_config(&PROGRAM, &config).expect("the engines are configured")
}

impl World {
    /// `None` where the servers are not there.
    fn start(name: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (pg, maria) = (
            bindery_testkit::fresh_postgres()?,
            bindery_testkit::fresh_mysql()?,
        );
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("bindery-saga-{name}-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = format!("sqlite://{}", folder.join("a.db").display());
        let urls = vec![file, maria.url(), pg.url()];
        let db = open(&urls);
        for engine in [FILE, MARIA, PG] {
            let sql = "CREATE TABLE t (number BIGINT NOT NULL, step VARCHAR(10) NOT NULL, val BIGINT NOT NULL)";
            on(&db, engine, |physical| physical.define(sql));
        }
        for (log, other) in PAIRS {
            saga(log, other, &Diary::default())
                .create_tables(&db)
                .expect("the tables are made");
        }
        Some(Self {
            db,
            urls,
            next: AtomicU64::new(1),
            _folder: Folder(folder),
            _databases: (pg, maria),
        })
    }

    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The steps of a saga that are stored, with how often.
    fn stored(&self, of: u64) -> Vec<(String, usize)> {
        let mut found = std::collections::BTreeMap::<String, usize>::new();
        for engine in [FILE, MARIA, PG] {
            on(&self.db, engine, |physical| {
                let sql = format!("SELECT step FROM t WHERE number = {of}");
                physical.query(&sql, &mut |_| (), &mut |row| {
                    *found.entry(row.next()?).or_default() += 1;
                    Ok(true)
                })
            });
        }
        found.into_iter().collect()
    }

    fn sql(&self, engine: At, sql: &str) {
        on(&self.db, engine, |physical| physical.batch(sql));
    }

    /// As if the time of the process that has it were over.
    fn expire(&self, log: At, id: &str) {
        self.sql(
            log,
            &format!("UPDATE _bindery_sagas SET due_ms = 0 WHERE id = '{id}'"),
        );
    }
}

fn on<T>(
    db: &Registry,
    engine: At,
    work: impl FnOnce(&mut crate::driver::Physical) -> Result<T>,
) -> T {
    let mut link = db.engines[engine.0].pool.acquire().unwrap();
    link.protocol(work).unwrap()
}

fn all_once() -> Vec<(String, usize)> {
    ["four", "one", "three", "two"]
        .map(|step| (step.to_owned(), 1))
        .into()
}

fn took(diary: &Diary) -> Vec<String> {
    std::mem::take(&mut diary.lock().unwrap())
}

#[test]
fn saga_01_all_steps_work_or_the_first_fails_with_its_error() {
    let _watchdog = Watchdog::start("saga 01", PATIENCE);
    let Some(world) = World::start("one") else {
        return;
    };
    for (log, other) in PAIRS {
        let diary = Diary::default();
        let saga = saga(log, other, &diary);
        let number = world.next();
        let outcome = saga
            .run(&world.db, &number.to_string(), Plan::new(number))
            .unwrap();
        assert_eq!(outcome.completed().unwrap(), number);
        assert_eq!(world.stored(number), all_once(), "{log:?} {other:?}");
        assert_eq!(took(&diary), ["one", "two", "three", "four"]);

        let number = world.next();
        let plan = Plan::failing(number, "one");
        let outcome = saga.run(&world.db, &number.to_string(), plan).unwrap();
        let SagaOutcome::Failed {
            failure,
            compensated,
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            (&*failure.step, &*failure.message),
            ("one", "it was to fail")
        );
        assert!(failure.error.is_some() && compensated.is_empty());
        assert_eq!(world.stored(number), []);
        assert_eq!(took(&diary), ["one"]);
    }
}

#[test]
fn saga_02_compensations_run_in_reverse_and_leave_what_was_changed() {
    let _watchdog = Watchdog::start("saga 02", PATIENCE);
    let Some(world) = World::start("two") else {
        return;
    };
    for (log, other) in PAIRS {
        let diary = Diary::default();
        let plain = saga(log, other, &diary);
        let number = world.next();
        let id = number.to_string();
        let outcome = plain
            .run(&world.db, &id, Plan::failing(number, "four"))
            .unwrap();
        let SagaOutcome::Failed {
            failure,
            compensated,
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(failure.step, "four");
        let steps: Vec<_> = compensated
            .iter()
            .map(|one| (&*one.step, one.left_changed))
            .collect();
        assert_eq!(steps, [("three", false), ("two", false), ("one", false)]);
        assert_eq!(world.stored(number), []);
        assert_eq!(
            took(&diary),
            [
                "one",
                "two",
                "three",
                "four",
                "undo three",
                "undo two",
                "undo one"
            ]
        );
        // Nothing is done twice, and the outcome is the same.
        let again = plain
            .run(&world.db, &id, Plan::failing(number, "four"))
            .unwrap();
        assert!(matches!(again, SagaOutcome::Failed { .. }), "{again:?}");
        assert_eq!(took(&diary), Vec::<String>::new());

        // Another has changed what step two wrote meanwhile.
        let number = world.next();
        let db = world.db.clone();
        let changing = Saga::<Plan>::builder("changing", log)
            .step("two", other, |tx, step| {
                insert(tx, step.input(), "two", &Diary::default())
            })
            .snapshot(|tx, number| look(tx, *number, "two"))
            .compensate(|tx, undo| delete(tx, undo, "two", &Diary::default()))
            .step("change", log, move |_, step| {
                let sql = format!(
                    "UPDATE t SET val = 9 WHERE number = {}",
                    step.input().number
                );
                on(&db, other, |physical| physical.batch(&sql));
                Ok(())
            })
            .without_compensation()
            .step("fails", log, |_, _| {
                Err::<(), _>(StepError::permanent("now"))
            })
            .build()
            .unwrap();
        let outcome = changing
            .run(&world.db, &number.to_string(), Plan::new(number))
            .unwrap();
        let SagaOutcome::Failed { compensated, .. } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(compensated.len(), 1);
        assert!(compensated[0].left_changed);
        assert_eq!(world.stored(number), [("two".to_owned(), 1)]);
    }
}

/// Covers SAGA-4: panics count as failures, and a compensation that fails again and again is parked.
#[test]
fn saga_04_failing_and_panicking_handlers_are_tried_as_often_as_they_may() {
    let Some(world) = World::start("poison") else {
        return;
    };
    for (log, other) in PAIRS {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let poisoned = Saga::<u64>::builder("poisoned", log)
            .retry(quick())
            .step("fine", other, |_, _| Ok(()))
            .compensate(|_, _| panic!("always"))
            .step(
                "panics",
                other,
                move |_, step| -> std::result::Result<(), StepError> {
                    let before = counted.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(step.is_repeated(), before > 0);
                    panic!("always")
                },
            )
            .build()
            .unwrap();
        let outcome = poisoned.run(&world.db, "p", 1).unwrap();
        let SagaOutcome::CompensationPending {
            failure,
            compensation,
            is_parked,
            ..
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert!(is_parked);
        assert_eq!(
            (&*failure.step, &*failure.message),
            ("panics", "it panicked")
        );
        assert_eq!(
            (&*compensation.step, &*compensation.message),
            ("fine", "it panicked")
        );
        assert_eq!(tries.load(Ordering::Relaxed), 3);
        // The others go on.
        let diary = Diary::default();
        let number = world.next();
        let saga = saga(log, other, &diary);
        saga.run(&world.db, &number.to_string(), Plan::new(number))
            .unwrap()
            .completed()
            .unwrap();
        let counts = summary(&world.db)
            .into_iter()
            .find(|(engine, _)| *engine == log.name());
        let counts = counts.unwrap().1.unwrap();
        assert_eq!(counts.len(), 1);
        assert_eq!((&*counts[0].saga, counts[0].parked), ("poisoned", 1));
        poisoned.retry(&world.db, "p").unwrap();
        assert!(
            poisoned
                .run(&world.db, "p", 1)
                .unwrap()
                .completed()
                .is_err()
        );
        world.sql(log, "DELETE FROM _bindery_sagas");
    }
}

/// Covers SAGA-3: two starts with one id have one effect, and one outcome.
#[test]
fn saga_04_a_second_start_joins_the_first() {
    let _watchdog = Watchdog::start("saga join", PATIENCE);
    let Some(world) = World::start("join") else {
        return;
    };
    for (log, other) in PAIRS {
        let diary = Diary::default();
        let saga = saga(log, other, &diary);
        let number = world.next();
        let id = number.to_string();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let start = || {
                saga.run(&world.db, &id, Plan::new(number))
                    .unwrap()
                    .completed()
                    .unwrap()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(outcomes, [number; 4]);
        assert_eq!(world.stored(number), all_once(), "{log:?} {other:?}");
        let other_input = saga.run(&world.db, &id, Plan::new(number + 1)).unwrap_err();
        assert!(matches!(
            other_input.kind(),
            ErrorKind::Saga(SagaError::OtherInput { .. })
        ));
    }
}

/// Covers SAGA-6.
#[test]
fn saga_04_a_saga_of_another_version_is_parked_with_the_reason() {
    let Some(world) = World::start("drift") else {
        return;
    };
    for (log, _) in PAIRS {
        let step = |name: &'static str| {
            Saga::<u64>::builder("versions", log)
                .step(name, log, |_, _| Ok(1_u64))
                .build()
                .unwrap()
        };
        let (old, new) = (step("old"), step("new"));
        let _ = old.create_tables(&world.db);
        let id = world.next().to_string();
        let mut connection = world.db.connect(log).unwrap();
        assert!(old.enqueue(&mut connection, &id, 1).unwrap());
        assert!(!old.enqueue(&mut connection, &id, 1).unwrap());
        drop(connection);
        let ran = Worker::new(&world.db).saga(&new).run_pending().unwrap();
        assert_eq!(ran, 1);
        let outcome = new.outcome(&world.db, &id).unwrap().unwrap();
        let SagaOutcome::Parked { reason, .. } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            reason,
            "it was started with the steps old, and the program has the steps new"
        );
        old.retry(&world.db, &id).unwrap();
        assert_eq!(Worker::new(&world.db).saga(&old).run_pending().unwrap(), 1);
        assert!(old.outcome(&world.db, &id).unwrap().unwrap().is_completed());
        // Parameters of another shape likewise.
        let text = Saga::<String>::builder("versions", log)
            .step("old", log, |_, _| Ok(1_u64))
            .build()
            .unwrap();
        let id = world.next().to_string();
        assert!(
            text.enqueue(&mut world.db.connect(log).unwrap(), &id, "x".to_owned())
                .unwrap()
        );
        let outcome = old.run(&world.db, &id, 1).map(drop).unwrap_err();
        assert!(matches!(
            outcome.kind(),
            ErrorKind::Saga(SagaError::OtherInput { .. })
        ));
        assert_eq!(Worker::new(&world.db).saga(&old).run_pending().unwrap(), 1);
        let outcome = old.outcome(&world.db, &id).unwrap().unwrap();
        assert!(matches!(outcome, SagaOutcome::Parked { .. }), "{outcome:?}");
    }
}

/// Covers SAGA-1, SAGA-3 on PostgreSQL and MariaDB: a process that was lost for a while writes nothing when it comes back.
#[test]
fn saga_04_a_process_that_lost_its_lease_cannot_write() {
    let _watchdog = Watchdog::start("saga lease", PATIENCE);
    let Some(world) = World::start("lease") else {
        return;
    };
    // In a file the step's own transaction would keep the other process from the log.
    for (log, on_step) in [(PG, PG), (PG, MARIA), (MARIA, MARIA), (MARIA, PG)] {
        let number = world.next();
        let id = number.to_string();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let (db, taken) = (
            world.db.clone(),
            format!("UPDATE _bindery_sagas SET epoch = epoch + 1 WHERE id = '{id}'"),
        );
        let overtaken = Saga::<Plan>::builder("overtaken", log)
            .step("slow", on_step, move |tx, step| {
                if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                    // Its time is over, and another process takes it.
                    on(&db, log, |physical| physical.batch(&taken));
                }
                insert(tx, step.input(), "one", &Diary::default())
            })
            .without_compensation()
            .step("last", on_step, |tx, step| {
                insert(tx, step.input(), "two", &Diary::default())
            })
            .build()
            .unwrap();
        std::thread::scope(|scope| {
            let run = scope.spawn(|| overtaken.run(&world.db, &id, Plan::new(number)));
            std::thread::sleep(Duration::from_millis(300));
            let stored = world.stored(number);
            assert!(!stored.iter().any(|(step, _)| step == "two"), "{stored:?}");
            world.expire(log, &id);
            run.join().unwrap().unwrap().completed().unwrap();
        });
        assert_eq!(
            world.stored(number),
            [("one".to_owned(), 1), ("two".to_owned(), 1)]
        );
        // On another engine than the log's it was committed, and is not run again.
        let times = if on_step == log { 2 } else { 1 };
        assert_eq!(runs.load(Ordering::Relaxed), times);
    }
}

/// Covers SAGA-9, SAGA-5.
#[test]
fn saga_04_a_worker_runs_what_is_stored_over_a_pool_of_one() {
    let _watchdog = Watchdog::start("saga worker", PATIENCE);
    let Some(world) = World::start("worker") else {
        return;
    };
    for (log, other) in [(FILE, PG), (PG, MARIA), (MARIA, FILE)] {
        let config =
            PROGRAM
                .engines
                .iter()
                .zip(&world.urls)
                .fold(Config::new(), |config, (engine, url)| {
                    let options = crate::databases::config::EngineOptions::url(url.as_str())
                        .max_connections(1);
                    config.engine(engine.name, options)
                });
        let db = Registry::with_config(&PROGRAM, &config).unwrap();
        let diary = Diary::default();
        let saga = saga(log, other, &diary);
        let numbers: Vec<_> = (0..30).map(|_| world.next()).collect();
        for number in &numbers {
            let mut connection = db.connect(log).unwrap();
            connection
                .transaction(|tx| saga.enqueue(tx, &number.to_string(), Plan::new(*number)))
                .unwrap();
        }
        // The clock was set back by an hour since.
        world.sql(log, "UPDATE _bindery_sagas SET changed_ms = changed_ms + 3600000, due_ms = due_ms + 3600000");
        let worker = Worker::new(&db)
            .saga(&saga)
            .threads(3)
            .poll(Duration::from_millis(20))
            .start()
            .unwrap();
        let started = Instant::now();
        let is_over = |number: &u64| {
            saga.outcome(&world.db, &number.to_string())
                .unwrap()
                .unwrap()
                .is_completed()
        };
        while !numbers.iter().all(is_over) {
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "{:?}",
                summary(&world.db)
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        worker.stop();
        assert!(
            numbers
                .iter()
                .all(|number| world.stored(*number) == all_once())
        );
        let too_fresh = saga.forget_finished(&db, Duration::ZERO).unwrap_err();
        let shortest = Duration::from_secs(60);
        assert_eq!(
            *too_fresh.kind(),
            ErrorKind::Saga(SagaError::TooFresh { shortest })
        );
        assert_eq!(saga.forget_finished(&db, shortest).unwrap(), 0);
        world.sql(
            log,
            "UPDATE _bindery_sagas SET changed_ms = changed_ms - 60000",
        );
        assert_eq!(saga.forget_finished(&db, shortest).unwrap(), 30);
        assert!(
            saga.outcome(&db, &numbers[0].to_string())
                .unwrap()
                .is_none()
        );
    }
}
