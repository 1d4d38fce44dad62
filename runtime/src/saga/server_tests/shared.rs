//! Sagas that several starts, versions of a program, processes or workers share.

use super::*;

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
                    config.engine(engine.name(), options)
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
