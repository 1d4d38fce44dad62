//! Other transactions in the way of steps, and logs with many sagas.

use bindery_testkit::is_full_run;

use super::*;
use crate::driver::own_tables::statements::call::{with_list, write_list};
use crate::driver::own_tables::statements::sagas;
use crate::value::ParamWriter;

/// Errors of other transactions in the way, as each server reports them: a deadlock, a transaction that cannot be serialized, a
/// lock that did not come free.
const IN_THE_WAY: [(At, &[&str]); 2] = [
    (
        PG,
        &[
            "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$",
            "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$",
            "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$",
        ],
    ),
    (
        MARIA,
        &[
            "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
            "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205",
        ],
    ),
];

/// A step that may be tried once, and before whose statement this is done, with the number of the attempt.
fn tried_once(
    log: At,
    other: At,
    before: impl Fn(&mut Transaction<'_, At>, u32) -> Result<(), StepError> + Send + Sync + 'static,
) -> Saga<Plan, u64> {
    let attempts = AtomicU32::new(0);
    Saga::<Plan>::builder("in_the_way", log)
        .retry(quick().attempts(1))
        .outage_limit(OUTAGE)
        .step("one", other, move |tx, step| {
            before(tx, attempts.fetch_add(1, Ordering::Relaxed))?;
            insert(tx, step.input(), "one", &Diary::default())
        })
        .build()
        .expect("it has steps")
}

/// Covers SAGA-7 on PostgreSQL and MariaDB: each error three times, where a step may fail once.
#[test]
fn other_transactions_in_the_way_of_a_step_are_no_failures() {
    let _watchdog = Watchdog::start("saga conflicts", PATIENCE);
    let Some(world) = World::start("conflicts") else {
        return;
    };
    for (other, errors) in IN_THE_WAY {
        for log in [FILE, other] {
            for sql in errors {
                let saga = tried_once(log, other, move |tx, attempt| match attempt {
                    0..3 => Ok(write(tx, sql)?),
                    _ => Ok(()),
                });
                let number = world.next();
                let outcome = saga.run(&world.db, &number.to_string(), Plan::new(number));
                assert!(outcome.unwrap().is_completed(), "{other:?}: {sql}");
                assert_eq!(world.stored(number), [("one".to_owned(), 1)], "{sql}");
            }
        }
    }
}

/// The key names one call to another service, however often it is made: a step has its own in each attempt, and so has its compensation.
#[test]
fn saga_04_the_key_of_a_step_is_the_same_each_time_and_that_of_no_other() {
    let _watchdog = Watchdog::start("saga keys", PATIENCE);
    let Some(world) = World::start("keys") else {
        return;
    };
    for (log, other) in PAIRS {
        let keys = Diary::default();
        let [of_step, of_undo, of_last] = [(); 3].map(|()| Arc::clone(&keys));
        let keeps = |keys: &Diary, key: &str| keys.lock().unwrap().push(key.to_owned());
        let saga = Saga::<u64>::builder("keyed", log)
            .retry(quick().attempts(2))
            .outage_limit(OUTAGE)
            .step("calls", other, move |_, step| {
                keeps(&of_step, step.idempotency_key());
                match step.is_repeated() {
                    true => Ok(()),
                    false => Err(StepError::retry("once")),
                }
            })
            .compensate(move |_, undo| {
                keeps(&of_undo, undo.idempotency_key());
                Ok(Undone::Done)
            })
            .step("fails", other, move |_, step| {
                keeps(&of_last, step.idempotency_key());
                Err::<(), _>(StepError::permanent("for good"))
            })
            .build()
            .expect("it has steps");
        let mut of_runs = Vec::new();
        for _ in 0..2 {
            let id = world.next();
            let outcome = saga.run(&world.db, &id.to_string(), id).unwrap();
            assert!(matches!(outcome, SagaOutcome::Failed { .. }), "{outcome:?}");
            let keys = took(&keys);
            let [first, again, last, undo] = &keys[..] else {
                panic!("{keys:?}");
            };
            assert_eq!(first, again);
            of_runs.extend([first.clone(), last.clone(), undo.clone()]);
        }
        let differ: std::collections::BTreeSet<_> = of_runs.iter().collect();
        assert_eq!(differ.len(), 6, "{log:?} {other:?}: {of_runs:?}");
    }
}

/// Covers SAGA-7 on SQLite: a file that another process writes to.
#[test]
fn a_file_that_is_busy_is_no_failure_of_a_step() {
    let _watchdog = Watchdog::start("saga busy", PATIENCE);
    let Some(world) = World::start("busy") else {
        return;
    };
    let path = world.urls[FILE.0]
        .trim_start_matches("sqlite://")
        .to_owned();
    let options = crate::databases::config::EngineOptions::url(format!("sqlite://{path}"))
        .busy_timeout(Duration::from_millis(50));
    let config = Config::new()
        .engine("file", options)
        .engine("maria", world.urls[MARIA.0].as_str())
        .engine("pg", world.urls[PG.0].as_str());
    let db = Registry::with_config(&PROGRAM, &config).unwrap();
    let other = rusqlite::Connection::open(&path).expect("the file is there");
    other
        .execute_batch("BEGIN IMMEDIATE")
        .expect("it is locked");
    let saga = tried_once(PG, FILE, |_, _| Ok(()));
    let number = world.next();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            // The file is waited for in vain several times until then.
            std::thread::sleep(Duration::from_millis(300));
            other.execute_batch("ROLLBACK").expect("it is free again");
        });
        saga.run(&db, &number.to_string(), Plan::new(number))
    });
    assert!(outcome.unwrap().is_completed());
    assert_eq!(world.stored(number), [("one".to_owned(), 1)]);
}

/// The statement that inserts this number of sagas that are over.
fn over(log: At, count: u64) -> String {
    let (before, id, from) = match log.dialect() {
        Dialect::Sqlite => (
            format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            ),
            "'old' || i",
            "n".to_owned(),
        ),
        Dialect::Postgres => {
            let numbers = format!("generate_series(1, {count}) AS n (i)");
            (String::new(), "'old' || i", numbers)
        }
        Dialect::Mysql => {
            let numbers = format!("seq_1_to_{count}");
            (String::new(), "concat('old', seq)", numbers)
        }
    };
    format!(
        "{before}INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, \
         epoch, due_ms, created_ms, changed_ms) SELECT 'plan', {id}, {id}, 'one,two,three,four', '{{}}', 'completed', 4, 0, 0, 0, \
         0, 1, 1, 1, 1 FROM {from}"
    )
}

/// Statistics, which a server gathers by itself some time after rows have come. SQLite has none.
fn analyzed(log: At) -> &'static str {
    match log.dialect() {
        Dialect::Sqlite => "SELECT 1",
        Dialect::Postgres => "ANALYZE _bindery_sagas",
        Dialect::Mysql => "ANALYZE TABLE _bindery_sagas",
    }
}

/// The way in which the database finds the sagas that are due.
fn plan_of_due(physical: &mut Physical) -> crate::error::Result<String> {
    let dialect = physical.dialect();
    let (explain, numbers) = match dialect {
        Dialect::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        Dialect::Postgres => ("EXPLAIN", 0),
        Dialect::Mysql => ("EXPLAIN FORMAT=JSON", 0),
    };
    let sql = format!("{explain} {}", with_list(sagas::DUE.of(dialect), 1));
    let mut plan = String::new();
    let write = &mut |params: &mut ParamWriter<'_>| write_list(params, dialect, &["plan"], 1);
    physical.query(&sql, write, &mut |row| {
        for _ in 0..numbers {
            row.next::<i64>()?;
        }
        plan += &row.next::<String>()?;
        Ok(true)
    })?;
    Ok(plan)
}

/// Covers SAGA-10: a worker that starts finds what is to be done among very many sagas that are over.
/// In full: a million sagas that are over, on each database.
#[test]
fn a_worker_finds_one_saga_among_very_many_that_are_over() {
    let _watchdog = Watchdog::start("saga many", PATIENCE * 3);
    let Some(world) = World::start("many") else {
        return;
    };
    let count = if is_full_run() { 1_000_000 } else { 20_000 };
    for (log, other) in [(FILE, PG), (PG, MARIA), (MARIA, FILE)] {
        if log == MARIA && bindery_testkit::mysql_flavour() == bindery_testkit::Product::MySql {
            // It has no tables of numbers.
            continue;
        }
        world.sql(log, &over(log, count));
        world.sql(log, analyzed(log));
        let saga = saga(log, other, &Diary::default());
        let number = world.next();
        let mut connection = world.db.connect(log).unwrap();
        connection
            .transaction(|tx| saga.enqueue(tx, &number.to_string(), Plan::new(number)))
            .unwrap();
        drop(connection);
        let log_of = crate::saga::drive::Log {
            registry: &world.db,
            definition: &saga.definition,
            mode: crate::saga::drive::Mode::Caller,
        };
        let due = log_of
            .on(|physical| {
                let plan = plan_of_due(physical)?;
                // MariaDB names those that it could take, too.
                let index = match log.dialect() {
                    Dialect::Mysql => r#""key": "_bindery_sagas_due""#,
                    Dialect::Sqlite | Dialect::Postgres => "_bindery_sagas_due",
                };
                assert!(plan.contains(index), "{log:?}: {plan}");
                store::due(physical, &["plan"])
            })
            .unwrap();
        assert_eq!(due.len(), 1, "{log:?}");
        Worker::new(&world.db).saga(&saga).run_pending().unwrap();
        assert_eq!(world.stored(number), all_once());
    }
}
