//! Claims and their leases: of workers that are lost or stopped, of keys, and over outages.

use super::*;

on_each! {
    out_05_the_claims_of_a_lost_worker_are_taken_over = taken_over;
    a_worker_that_is_stopped_gives_back_what_it_has_not_begun = gives_back;
    a_task_waits_while_a_later_one_of_its_key_runs = waits_for_a_later_one;
    an_end_is_recorded_after_an_outage_longer_than_the_lease = recorded_after_an_outage;
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
