//! Tasks that fail: how often they are tried, what they leave to others, and how they are put back.

use super::*;

on_each! {
    out_02_attempts_end_at_five_with_growing_pauses = attempts_end;
    out_05_failing_tasks_do_not_starve_good_ones = nothing_starves;
    out_05_an_unknown_type_and_broken_json_are_failures = unreadable_tasks_fail;
    out_05_failed_tasks_are_put_back_with_a_record = put_back;
}

/// Covers OUT-7.
fn attempts_end<E: Tested>(world: &World, engine: E) {
    let attempts = Arc::new(Mutex::new(BTreeMap::<i64, Vec<Instant>>::new()));
    push(world, engine, 1..4);
    let seen = Arc::clone(&attempts);
    let worker = world
        .db
        .worker_on(engine)
        .retry(first_pause(Duration::from_millis(50)));
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

/// Covers OUT-7.
fn nothing_starves<E: Tested>(world: &World, engine: E) {
    push(world, engine, 0..150);
    let worker = world
        .db
        .worker_on(engine)
        .retry(first_pause(Duration::from_secs(60)));
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
    push(world, engine, 0..3);
    world
        .db
        .connect(engine)
        .unwrap()
        .tasks()
        .push(Other { number: 1 })
        .unwrap();
    for (number, payload) in [(1, r#"{"number":"secret"}"#), (2, r#"{"number":"secret"#)] {
        let update = format!(
            "UPDATE _bindery_outbox SET payload = '{payload}' WHERE task = 'send-welcome' AND payload LIKE '%{number}%'"
        );
        execute(world, engine, update);
    }
    execute(
        world,
        engine,
        "UPDATE _bindery_outbox SET max_attempts = 1".to_owned(),
    );
    let report = worker(&world.db, engine).run_until_idle().unwrap();
    assert_eq!((report.completed, report.failed), (1, 3), "{report:?}");
    let failed = records(world, engine, &TaskFilter::failed());
    let reason = |at: usize| failed[at].last_error.clone().unwrap_or_default();
    assert_eq!(
        reason(0),
        "the payload is not a `send-welcome`: it has another shape than the program's type (line 1, column 18)",
        "values stay out of it"
    );
    assert_eq!(
        reason(1),
        "the payload is not a `send-welcome`: it is not JSON"
    );
    assert_eq!(
        reason(2),
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
