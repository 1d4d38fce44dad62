//! Promises about tasks that no other test shows: payloads, versions, locks, and what comes after a failure.

use super::*;

on_each! {
    out_6_nothing_is_locked_while_a_handler_runs = nothing_is_locked;
    out_7_tasks_after_a_failed_one_of_their_key_go_on = followers_go_on;
    out_12_payloads_come_back_as_they_were = payloads_come_back;
    out_13_tasks_of_an_earlier_version_are_run = earlier_version;
    out_14_no_value_of_a_payload_is_shown = payload_is_not_shown;
    out_15_writers_do_not_fail_beside_workers = writers_beside_workers;
}

/// Covers OUT-6.
fn nothing_is_locked<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..1);
    let (is_begun, may_end) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (begun, end) = (Arc::clone(&is_begun), Arc::clone(&may_end));
    let worker = world
        .connect()
        .worker_on(engine)
        .on::<SendWelcome>(move |_, _| {
            begun.store(true, Ordering::Relaxed);
            while !end.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(())
        });
    let running = worker.start().unwrap();
    while !is_begun.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let begun = Instant::now();
    let touched = "UPDATE _bindery_outbox SET priority = priority + 1 WHERE status = 'running'";
    assert_eq!(execute(world, engine, touched.to_owned()), 1);
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    may_end.store(true, Ordering::Relaxed);
    running.stop().unwrap();
}

/// Covers OUT-7.
fn followers_go_on<E: Tested>(world: &World, engine: E) {
    let mut connection = world.db.connect(engine).unwrap();
    for number in 1..4 {
        let key = "one".to_owned();
        let options = TaskOptions::new().max_attempts(1);
        connection
            .tasks()
            .push_with(Step { key, number }, options)
            .unwrap();
    }
    drop(connection);
    let worker = world
        .db
        .worker_on(engine)
        .on::<Step>(|task, _| match task.number {
            1 => Err("never".into()),
            _ => Ok(()),
        });
    let report = worker.run_until_idle().unwrap();
    assert_eq!((report.failed, report.completed), (1, 2), "{report:?}");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Task)]
struct Letter {
    text: String,
    bytes: Vec<u8>,
    number: f64,
}

/// Covers OUT-12.
fn payloads_come_back<E: Tested>(world: &World, engine: E) {
    let text: String = (0..=0x2_ffff)
        .step_by(7)
        .filter_map(char::from_u32)
        .collect();
    let letter = Letter {
        text: format!("\0'\"\\%?$1{text}"),
        bytes: (0..=255).cycle().take(300_000).collect(),
        number: 0.1 + 0.2,
    };
    world
        .db
        .connect(engine)
        .unwrap()
        .tasks()
        .push(letter.clone())
        .unwrap();
    let worker = world.db.worker_on(engine).on::<Letter>(move |task, _| {
        assert!(task == letter);
        Ok(())
    });
    assert_eq!(worker.run_until_idle().unwrap().completed, 1);
}

/// A handler fails by an error of the database about the value.
///
/// Covers OUT-14.
fn payload_is_not_shown<E: Tested>(world: &World, engine: E) {
    const CANARY: i64 = 731_607_185;
    execute(
        world,
        engine,
        "CREATE UNIQUE INDEX effects_number ON effects (number)".to_owned(),
    );
    effect(&world.db, engine, CANARY).unwrap();
    push(world, engine, CANARY..CANARY + 1);
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET max_attempts = 1".to_owned(),
    );
    let seen = Arc::new(Mutex::new(String::new()));
    let shown = Arc::clone(&seen);
    let worker = world.db.worker_on(engine);
    let worker = worker.on::<SendWelcome>(move |task, cx| {
        let error = effect(cx.db(), engine, task.number).unwrap_err();
        *shown.lock().unwrap() = format!("{error} {error:?}");
        Err(error.into())
    });
    let report = worker.run_until_idle().unwrap();
    assert_eq!(report.failed, 1, "{report:?}");
    let failed = records(world, engine, &TaskFilter::failed());
    let reason = failed[0].last_error.as_deref().unwrap();
    assert!(
        reason.contains("a unique key holds the value already"),
        "{reason}"
    );
    let all = format!("{failed:?} {report:?} {}", seen.lock().unwrap());
    assert!(!all.contains(&CANARY.to_string()), "{all}");
}

/// The task of a later version of the program.
#[derive(Debug, Clone, Serialize, Deserialize, Task)]
#[task(name = "send-welcome")]
struct SendWelcomeIn {
    number: i64,
    #[serde(default)]
    language: Option<String>,
}

/// Covers OUT-13.
fn earlier_version<E: Tested>(world: &World, engine: E) {
    push(world, engine, 5..6);
    let worker = world
        .db
        .worker_on(engine)
        .on::<SendWelcomeIn>(move |task, cx| {
            assert_eq!(task.language, None);
            Ok(effect(cx.db(), engine, task.number)?)
        });
    assert_eq!(worker.run_until_idle().unwrap().completed, 1);
    assert_eq!(effects(world, engine), [5]);
}

/// Covers OUT-15.
/// In full: 64 writers for a minute.
fn writers_beside_workers<E: Tested>(world: &World, engine: E) {
    let (writers, seconds) = if is_full_run() { (64, 60) } else { (8, 4) };
    let running: Vec<_> = (0..2)
        .map(|_| {
            worker(&world.connect(), engine)
                .longest_poll(Duration::from_millis(5))
                .start()
                .unwrap()
        })
        .collect();
    let until = Instant::now() + Duration::from_secs(seconds);
    let written = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                let db = super::keys::patient(world);
                while Instant::now() < until {
                    let number = written.fetch_add(1, Ordering::Relaxed) as i64;
                    let mut connection = db.connect(engine).expect("a connection");
                    let saved = connection.transaction(|tx| {
                        tx.users().insert(NewUser::new("ann"))?;
                        tx.tasks().push(SendWelcome { number })
                    });
                    saved.expect("no writer fails");
                }
            });
        }
    });
    let written = written.load(Ordering::Relaxed) as u64;
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < written {
        std::thread::sleep(Duration::from_millis(20));
    }
    for worker in running {
        assert_eq!(worker.stop().unwrap().lost, 0);
    }
}

/// Covers OUT-8 on SQLite.
#[test]
fn a_push_into_a_full_file_undoes_its_transaction() {
    let world = world(&["lite"]).expect("it needs no server");
    let mut connection = world.db.connect(engine::Lite).unwrap();
    connection
        .execute("PRAGMA max_page_count = 60", ())
        .unwrap();
    let mut save = |bytes: usize| {
        connection.transaction(|tx| {
            tx.users().insert(NewUser::new("ann"))?;
            let letter = Letter {
                text: "x".repeat(bytes),
                bytes: Vec::new(),
                number: 0.0,
            };
            tx.tasks().push(letter)
        })
    };
    let error = save(2_000_000).unwrap_err();
    assert_eq!(error.engine(), Some("lite"));
    assert_eq!(save(10).unwrap(), Pushed::Added);
    assert_eq!(
        connection.users().count().unwrap(),
        1,
        "that of the second alone"
    );
}
