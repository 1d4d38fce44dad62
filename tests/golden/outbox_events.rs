//! The events of attempts at tasks.

use bindery::observe::{Event, EventKind, Outcome};

use super::*;

on_each! {
    mon_01_each_attempt_at_a_task_is_an_event = attempts_are_events;
}

/// The outcome of an attempt, as text.
fn outcome(event: &Event<'_>) -> String {
    match &event.outcome {
        Outcome::Succeeded => "done".to_owned(),
        Outcome::HandlerFailed { reason, is_last } => format!("{reason} (last: {is_last})"),
        other => format!("{other:?}"),
    }
}

/// Covers MON-01.
fn attempts_are_events<E: Tested>(world: &World, engine: E) {
    push(world, engine, 1..4);
    let last = "UPDATE _bindery_outbox SET max_attempts = 1 WHERE payload LIKE '%3%'";
    execute(world, engine, last.to_owned());
    let mut connection = world.db.connect(engine).unwrap();
    connection.tasks().push(Other { number: 4 }).unwrap();
    drop(connection);

    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&attempts);
    let subscription = world.db.registry().subscribe(move |event: &Event<'_>| {
        if event.kind == EventKind::Task {
            assert_eq!(
                (event.model, event.operation, event.rows),
                (None, None, None)
            );
            assert_eq!((event.statement, event.place, event.times), (None, None, 1));
            let name = event.name.map(str::to_owned);
            let attempt = (event.engine, name, outcome(event));
            seen.lock().unwrap().push(attempt);
        }
    });
    let worker = world.db.worker_on(engine).threads(1);
    let worker = worker.retry(first_pause(Duration::from_secs(60)));
    let worker = worker.on::<SendWelcome>(|task, _| match task.number {
        1 => Ok(()),
        2 => Err("not yet".into()),
        _ => panic!("never"),
    });
    let report = worker.run_until_idle().unwrap();
    assert_eq!((report.completed, report.retried, report.failed), (1, 2, 1));
    drop(subscription);
    let attempt =
        |name: &str, outcome: &str| (engine.name(), Some(name.to_owned()), outcome.to_owned());
    let without = "this worker has no handler for tasks of type `Other` (last: false)";
    assert_eq!(
        *attempts.lock().unwrap(),
        [
            attempt("send-welcome", "done"),
            attempt("send-welcome", "not yet (last: false)"),
            attempt("send-welcome", "the handler panicked: never (last: true)"),
            attempt("Other", without),
        ]
    );
}
