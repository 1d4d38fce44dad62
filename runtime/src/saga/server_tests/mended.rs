//! Sagas that are parked, claimed, stored or read where something else happens at the same time.

use super::super::drive::{Log, Mode};
use super::super::failure::Class;
use super::super::store;
use super::*;
use crate::driver::repeat::Stop;

const LOGS: [At; 3] = [FILE, PG, MARIA];

/// An error of a program, which has that of an engine as its source.
#[derive(Debug)]
struct AppError(Error);

impl fmt::Display for AppError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the order could not be stored")
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Parameters that cannot be read.
struct Unreadable;

impl Serialize for Unreadable {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> std::result::Result<Self, D::Error> {
        panic!("a program's own code")
    }
}

fn of_one_step(name: &'static str, log: At) -> Saga<u64> {
    let saga = Saga::<u64>::builder("small", log).step(name, log, |_, _| Ok(()));
    saga.build().unwrap()
}

/// The number that a statement finds.
fn found(world: &World, engine: At, sql: &str) -> Option<i64> {
    on(&world.db, engine, |physical| {
        let mut found = None;
        physical.query(sql, &mut |_| (), &mut |row| {
            found = Some(row.next::<i64>()?);
            Ok(true)
        })?;
        Ok(found)
    })
}

/// Covers SAGA-2, SAGA-6: a process of the same version was lost in the step, one of another version parked the saga.
#[test]
fn saga_04_a_parked_saga_knows_that_its_step_may_have_run() {
    let _watchdog = Watchdog::start("saga parked", PATIENCE);
    let Some(world) = World::start("parked") else {
        return;
    };
    for (log, other) in PAIRS {
        let repeated = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&repeated);
        let old = Saga::<u64>::builder("parked", log)
            .step("pay", other, move |_, step| {
                counted.fetch_add(step.is_repeated().into(), Ordering::Relaxed);
                Err::<(), _>(StepError::permanent("declined"))
            })
            .build()
            .unwrap();
        let new = Saga::<u64>::builder("parked", log)
            .step("pay_2", other, |_, _| Ok(()))
            .build()
            .unwrap();
        let id = world.next().to_string();
        let mut connection = world.db.connect(log).unwrap();
        assert!(old.enqueue(&mut connection, &id, 1).unwrap());
        drop(connection);
        world.sql(
            log,
            &format!("UPDATE _bindery_sagas SET owner = 'lost', due_ms = 0 WHERE id = '{id}'"),
        );
        assert_eq!(Worker::new(&world.db).saga(&new).run_pending().unwrap(), 1);
        let outcome = old.outcome(&world.db, &id).unwrap().unwrap();
        assert!(matches!(outcome, SagaOutcome::Parked { .. }), "{outcome:?}");

        old.retry(&world.db, &id).unwrap();
        let outcome = old.run(&world.db, &id, 1).unwrap();
        assert!(matches!(outcome, SagaOutcome::Failed { .. }), "{outcome:?}");
        assert_eq!(repeated.load(Ordering::Relaxed), 1, "{log:?} {other:?}");
        // The lost process cannot commit the step any more.
        let fences = "SELECT count(*) FROM _bindery_saga_marks WHERE outcome = 'fenced'";
        assert_eq!(found(&world, other, fences), Some(1), "{log:?} {other:?}");
        world.sql(other, "DELETE FROM _bindery_saga_marks");
    }
}

/// Covers SAGA-1: between the look-up of a worker and its claim the owner has shown a sign of life, or has ended the saga.
#[test]
fn saga_04_a_claim_takes_no_saga_that_is_not_due_any_more() {
    let Some(world) = World::start("claim") else {
        return;
    };
    for log in LOGS {
        let saga = of_one_step("one", log);
        let id = world.next().to_string();
        let mut connection = world.db.connect(log).unwrap();
        assert!(saga.enqueue(&mut connection, &id, 1).unwrap());
        drop(connection);
        let read_stored = || {
            on(&world.db, log, |physical| {
                store::read_saga(physical, "small", &id)
            })
            .unwrap()
        };
        let claim = |found: &Saved| {
            on(&world.db, log, |physical| {
                store::claim(physical, found, "other", 60_000)
            })
        };
        for state in [SagaState::Running, SagaState::Completed] {
            world.expire(log, &id);
            let found = read_stored();
            assert!(found.is_due);
            let to = Progress {
                state,
                ..found.progress.clone()
            };
            let hold = Hold::Mine("owner", 60_000);
            assert!(on(&world.db, log, |physical| {
                store::advance(physical, &found, &to, hold)
            }));
            if state == SagaState::Completed {
                world.expire(log, &id);
            }
            assert!(!claim(&found), "{log:?} {state:?}");
        }
    }
}

/// Covers SAGA-3 on PostgreSQL and MariaDB: in a file no two transactions write at once.
#[test]
fn saga_04_two_transactions_that_store_one_id_agree() {
    let _watchdog = Watchdog::start("saga stored", PATIENCE);
    let Some(world) = World::start("stored") else {
        return;
    };
    for log in [PG, MARIA] {
        let saga = of_one_step("one", log);
        for (input, is_same) in [(1, true), (2, false)] {
            let number = world.next();
            let id = number.to_string();
            let second = || {
                let mut connection = world.db.connect(log).unwrap();
                connection.transaction(|tx| -> Result<bool> {
                    super::number(tx, "SELECT count(*) FROM _bindery_sagas")?;
                    let is_new = saga.enqueue(tx, &id, input)?;
                    // The transaction can be gone on with.
                    write(
                        tx,
                        &format!("INSERT INTO t (number, step, val) VALUES ({number}, 'own', 1)"),
                    )?;
                    Ok(is_new)
                })
            };
            std::thread::scope(|scope| {
                let mut connection = world.db.connect(log).unwrap();
                let thread = connection
                    .transaction(|tx| {
                        assert!(saga.enqueue(tx, &id, 1)?);
                        let thread = scope.spawn(second);
                        std::thread::sleep(Duration::from_millis(300));
                        Ok::<_, Error>(thread)
                    })
                    .unwrap();
                let stored = thread.join().unwrap();
                if is_same {
                    assert!(!stored.unwrap(), "{log:?}");
                    assert_eq!(world.stored(number), [("own".to_owned(), 1)]);
                } else {
                    let error = stored.unwrap_err();
                    let is_other =
                        matches!(error.kind(), ErrorKind::Saga(SagaError::OtherInput { .. }));
                    assert!(is_other, "{log:?} {error:?}");
                }
            });
        }
    }
}

#[test]
fn saga_04_ids_differ_in_case_and_in_spaces_at_their_ends() {
    let Some(world) = World::start("ids") else {
        return;
    };
    for log in LOGS {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        let saga = Saga::<u64>::builder("ids", log)
            .step("one", log, move |_, _| {
                Ok(counted.fetch_add(1, Ordering::Relaxed))
            })
            .build()
            .unwrap();
        for (at, id) in ["a", "a ", "A", "a  ", "a"].into_iter().enumerate() {
            let outcome = saga.run(&world.db, id, 1).unwrap().completed().unwrap();
            assert_eq!(outcome as usize, at % 4, "{log:?} {id:?}");
        }
        assert_eq!(runs.load(Ordering::Relaxed), 4, "{log:?}");
    }
}

/// An error of the program's own counts as that of the engine in it, and conflicts do not add up.
#[test]
fn saga_04_a_conflict_within_an_error_of_the_program_does_not_count() {
    let deadlock = || AppError(Error::new(ErrorKind::Conflict));
    assert_eq!(StepError::from(deadlock()).class(), Class::Conflict);
    let Some(world) = World::start("wrapped") else {
        return;
    };
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let saga = Saga::<u64>::builder("wrapped", FILE)
        .retry(quick())
        .outage_limit(OUTAGE)
        .step("one", PG, move |_, _| {
            if counted.fetch_add(1, Ordering::Relaxed) < 15 {
                return Err(deadlock().into());
            }
            Ok(())
        })
        .build()
        .unwrap();
    saga.run(&world.db, "w", 1).unwrap().completed().unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 16);
}

/// Covers SAGA-6.
#[test]
fn saga_04_parameters_whose_reading_panics_park_the_saga() {
    let Some(world) = World::start("panics") else {
        return;
    };
    for log in LOGS {
        let saga = Saga::<Unreadable>::builder("panics", log)
            .step("one", log, |_, _| Ok(()))
            .build()
            .unwrap();
        let mut connection = world.db.connect(log).unwrap();
        assert!(saga.enqueue(&mut connection, "p", Unreadable).unwrap());
        drop(connection);
        assert_eq!(Worker::new(&world.db).saga(&saga).run_pending().unwrap(), 1);
        let outcome = saga.outcome(&world.db, "p").unwrap().unwrap();
        let SagaOutcome::Parked { reason, .. } = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            reason,
            "its parameters cannot be read: the program panicked"
        );
    }
}

/// A worker that is to stop does not wait until its log can be reached.
#[test]
fn saga_04_a_worker_that_stops_does_not_wait_for_its_log() {
    let urls = [
        "mysql://root@127.0.0.1:1/none",
        "postgres://root@127.0.0.1:1/none",
    ];
    let db = open(&["sqlite::memory:", urls[0], urls[1]].map(str::to_owned));
    for log in [MARIA, PG] {
        let saga = of_one_step("one", log);
        let stop = Stop::default();
        stop.set();
        let log = Log {
            registry: &db,
            definition: &saga.definition,
            mode: Mode::Worker(&stop),
        };
        let started = Instant::now();
        assert!(log.read("none").is_err());
        assert!(log.records("none").is_err());
        let took = started.elapsed();
        assert!(took < Duration::from_secs(30), "{took:?}");
    }
}
