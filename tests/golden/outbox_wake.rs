//! New tasks wake workers: by a notification on PostgreSQL, by polling elsewhere and where the notification is lost.

use super::*;

/// Far longer than any test waits.
const LONG: Duration = Duration::from_secs(120);

/// A worker that has found nothing for so long that its next look is far away.
fn idle<E: Tested>(
    world: &World,
    engine: E,
    longest_poll: Duration,
) -> bindery::outbox::RunningWorker {
    let running = worker(&world.connect(), engine).longest_poll(longest_poll);
    let running = running.start().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    running
}

fn await_completed<E: Tested>(world: &World, engine: E, tasks: u64, limit: Duration) -> Duration {
    let begun = Instant::now();
    let queue = TaskQueue::new(&world.db, engine);
    while queue.completed().unwrap() < tasks {
        assert!(begun.elapsed() < limit, "{:?}", queue.summary());
        std::thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}

#[test]
fn a_notification_wakes_an_idle_worker() {
    let _watchdog = Watchdog::start("a_notification_wakes", Duration::from_secs(120));
    let Some(world) = world(&["default"]) else {
        return;
    };
    let running = idle(&world, engine::Default, LONG);
    push(&world, engine::Default, 0..1);
    await_completed(&world, engine::Default, 1, Duration::from_millis(1_500));
    // One of a transaction that is rolled back wakes no worker, and one that waits for its time does not either.
    let mut connection = world.db.connect(engine::Default).unwrap();
    let mut tx = connection.begin().unwrap();
    tx.tasks().push(SendWelcome { number: 1 }).unwrap();
    tx.rollback().unwrap();
    push(&world, engine::Default, 2..4);
    await_completed(&world, engine::Default, 3, Duration::from_millis(1_500));
    assert_eq!(running.stop().unwrap().completed, 3);
}

/// Covers OUT-5.
#[test]
fn a_task_is_not_lost_with_its_notification() {
    let _watchdog = Watchdog::start("a_notification_is_lost", Duration::from_secs(120));
    let Some(world) = world(&["default"]) else {
        return;
    };
    let running = idle(&world, engine::Default, Duration::from_secs(2));
    let ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE query = 'LISTEN \"_bindery_outbox\"' AND datname = current_database()";
    let rows = world.db.sql_on(engine::Default).execute(
        bindery::Sql::assembled(format!("CREATE TABLE ended AS {ended}")),
        (),
    );
    assert_eq!(rows.unwrap(), 1, "one session listened");
    push(&world, engine::Default, 0..1);
    await_completed(&world, engine::Default, 1, Duration::from_secs(10));
    // It listens again.
    std::thread::sleep(Duration::from_secs(1));
    let listens = "CREATE TABLE listens AS SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
    assert_eq!(execute(&world, engine::Default, listens.to_owned()), 1);
    assert_eq!(running.stop().unwrap().completed, 1);
}

#[test]
fn a_worker_that_only_polls_does_not_listen() {
    let Some(world) = world(&["default"]) else {
        return;
    };
    let worker = worker(&world.connect(), engine::Default)
        .only_polls()
        .start()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let listens = "CREATE TABLE listens AS SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()";
    assert_eq!(execute(&world, engine::Default, listens.to_owned()), 0);
    push(&world, engine::Default, 0..1);
    await_completed(&world, engine::Default, 1, Duration::from_secs(5));
    worker.stop().unwrap();
}

/// A transaction that has notified cannot be prepared. Such groups need a server that keeps what it has stored.
#[test]
fn tasks_are_pushed_in_a_branch_of_an_atomic_group() {
    let _watchdog = Watchdog::start("push_in_a_group", Duration::from_secs(300));
    let server = bindery_testkit::Server::postgres().durable(true);
    let Some(server) = server.start_or_skip() else {
        return;
    };
    let database = server.fresh_database().expect("a database");
    let mut world = world(&["lite"]).expect("it needs no server");
    world.urls.insert("default", database.url().to_owned());
    world.db = world.connect();
    world.db.create_missing_on(engine::Default).unwrap();
    let running = idle(&world, engine::Default, Duration::from_secs(2));
    let pushed = world.db.both(|tx| {
        tx.lite()?.tasks().push(SendWelcome { number: 1 })?;
        tx.default()?.tasks().push(SendWelcome { number: 2 })
    });
    assert_eq!(pushed.stored().unwrap(), Pushed::Added);
    await_completed(&world, engine::Default, 1, Duration::from_secs(10));
    assert_eq!(running.stop().unwrap().completed, 1);
    let left = TaskQueue::new(&world.db, engine::Lite).summary().unwrap();
    assert_eq!(left.pending, 1);
}
