//! Engines that go away in the middle, and answers that are lost.

use bindery_testkit::{Direction, Fault, FaultProxy, is_full_run};

use super::*;
use crate::observe::{Event, EventKind};

/// The same databases, one of them behind a proxy.
fn behind(world: &World, engine: At) -> (Registry, FaultProxy) {
    let proxy = FaultProxy::start(&world.urls[engine.0]).expect("a proxy");
    let mut urls = world.urls.clone();
    urls[engine.0] = proxy.url().to_owned();
    (open(&urls), proxy)
}

const SERVERS: [(At, At); 4] = [(FILE, PG), (FILE, MARIA), (PG, MARIA), (MARIA, PG)];

#[test]
fn saga_03_a_compensation_whose_engine_is_down_is_pending_until_it_is_back() {
    let _watchdog = Watchdog::start("saga 03", PATIENCE);
    let Some(world) = World::start("three") else {
        return;
    };
    for (log, other) in SERVERS {
        let (db, proxy) = behind(&world, other);
        let proxy = Arc::new(proxy);
        let announced = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&announced);
        let _subscription = db.subscribe(move |event: &Event<'_>| {
            if event.kind == EventKind::CompensationPending {
                let error = event.outcome.error().unwrap().to_string();
                told.lock().unwrap().push((event.engine, error));
            }
        });
        let cutting = Arc::clone(&proxy);
        let saga = Saga::<Plan>::builder("cut", log)
            .retry(quick())
            .outage_limit(OUTAGE)
            .step("two", other, |tx, step| {
                insert(tx, step.input(), "two", &Diary::default())
            })
            .snapshot(|tx, number| look(tx, *number, "two"))
            .compensate(|tx, undo| delete(tx, undo, "two", &Diary::default()))
            .step("cuts", log, move |_, _| {
                cutting.set(Fault::Cut);
                Err::<(), _>(StepError::permanent("no stock"))
            })
            .build()
            .unwrap();
        let number = world.next();
        let id = number.to_string();
        let outcome = saga.run(&db, &id, Plan::new(number)).unwrap();
        let SagaOutcome::CompensationPending {
            failure,
            compensation,
            is_parked,
            ..
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert!(!is_parked);
        assert_eq!((&*failure.step, &*failure.message), ("cuts", "no stock"));
        assert_eq!(compensation.step, "two");
        assert!(
            compensation.message.contains(other.name()),
            "{}",
            compensation.message
        );
        assert!(
            compensation
                .error
                .unwrap()
                .downcast_ref::<Error>()
                .is_some()
        );
        {
            let announced = announced.lock().unwrap();
            let [(engine, error)] = &announced[..] else {
                panic!("{announced:?}");
            };
            assert_eq!(*engine, log.name());
            assert!(
                error.contains(&format!("saga `cut` with the id `{id}`")),
                "{error}"
            );
        }
        let counts = summary(&world.db)
            .into_iter()
            .find(|(engine, _)| *engine == log.name());
        let counts = counts.unwrap().1.unwrap();
        assert_eq!(counts[0].compensation_pending, 1, "{counts:?}");

        // The worker tries again and again, and ends it when the engine is back.
        let worker = Worker::new(&db).saga(&saga);
        std::thread::sleep(Duration::from_millis(20));
        worker.run_pending().unwrap();
        assert_eq!(world.stored(number), [("two".to_owned(), 1)]);
        proxy.heal();
        let started = Instant::now();
        while !world.stored(number).is_empty() {
            assert!(started.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(20));
            worker.run_pending().unwrap();
        }
        assert_eq!(worker.run_pending().unwrap(), 0);
        let outcome = saga.run(&db, &id, Plan::new(number)).unwrap();
        assert!(matches!(outcome, SagaOutcome::Failed { .. }), "{outcome:?}");
        assert_eq!(announced.lock().unwrap().len(), 1);
    }
}

/// Covers SAGA-2 on PostgreSQL and MariaDB: the answer to the commit of a step is lost, on its own engine and on the log's.
#[test]
fn saga_04_a_step_whose_commit_was_not_answered_is_done_once() {
    let _watchdog = Watchdog::start("saga commits", PATIENCE);
    let Some(world) = World::start("commits") else {
        return;
    };
    let wait = Duration::from_millis(100);
    let pattern = b"COMMIT".to_vec();
    let faults = [
        Fault::CutAfterPattern {
            direction: Direction::ToServer,
            pattern: pattern.clone(),
            wait,
        },
        Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern,
        },
    ];
    for (log, other) in SERVERS {
        for cut in [log, other].into_iter().filter(|engine| *engine != FILE) {
            for fault in &faults {
                for fails in [None, Some("four".to_owned())] {
                    let (db, proxy) = behind(&world, cut);
                    let outage = Duration::from_secs(60);
                    let saga = saga_with((log, other), &Diary::default(), quick(), outage);
                    let number = world.next();
                    let plan = Plan {
                        number,
                        fails: fails.clone(),
                    };
                    std::thread::scope(|scope| {
                        proxy.set(fault.clone());
                        let run = scope.spawn(|| saga.run(&db, &number.to_string(), plan));
                        std::thread::sleep(Duration::from_millis(400));
                        proxy.heal();
                        let outcome = run.join().unwrap().unwrap();
                        assert_eq!(outcome.is_completed(), fails.is_none(), "{outcome:?}");
                    });
                    let all = if fails.is_none() {
                        all_once()
                    } else {
                        Vec::new()
                    };
                    assert_eq!(
                        world.stored(number),
                        all,
                        "{log:?} {other:?} {cut:?} {fault:?}"
                    );
                }
            }
        }
    }
}

/// With the pauses that sagas have unless they are set, whose longest is five seconds.
///
/// Covers SAGA-8 on PostgreSQL, MariaDB.
/// In full: engines that are down for 30 seconds.
#[test]
fn saga_04_an_engine_that_is_down_for_a_while_is_waited_for() {
    let _watchdog = Watchdog::start("saga outage", PATIENCE);
    let Some(world) = World::start("outage") else {
        return;
    };
    let outage = Duration::from_secs(if is_full_run() { 30 } else { 2 });
    let usual = saga_with((FILE, PG), &Diary::default(), RetryPolicy::new(), outage);
    for tried in (0..100).chain([u32::MAX]) {
        let pause = usual.definition.pause(tried);
        assert!(pause <= Duration::from_secs(5), "{tried}: {pause:?}");
    }
    for (log, other) in SERVERS {
        let (db, proxy) = behind(&world, other);
        let saga = saga_with(
            (log, other),
            &Diary::default(),
            RetryPolicy::new(),
            Duration::from_mins(1),
        );
        let number = world.next();
        std::thread::scope(|scope| {
            proxy.set(Fault::Cut);
            let run = scope.spawn(|| saga.run(&db, &number.to_string(), Plan::new(number)));
            std::thread::sleep(outage);
            assert_eq!(world.stored(number), [("one".to_owned(), 1)]);
            proxy.heal();
            assert!(run.join().unwrap().unwrap().is_completed());
        });
        assert_eq!(world.stored(number), all_once());
    }
}
