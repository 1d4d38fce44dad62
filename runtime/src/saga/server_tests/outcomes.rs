//! How sagas end: completed, compensated in reverse order, or parked where a compensation fails too.

use super::*;

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
            .outage_limit(OUTAGE)
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
