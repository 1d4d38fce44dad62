//! Servers that go down and come back, under the eyes of a pool.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::{EngineOptions, Registry};
use bindery_testkit::{Server, ServerOptions, SetOnDrop, Shutdown, Watchdog};

use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, with};

const PATIENCE: Duration = Duration::from_secs(300);
const CONNECTIONS: usize = 8;
/// The promise is two seconds after the server accepts again; four times that, as the machine may be busy.
const HEALED: Duration = Duration::from_secs(8);
/// Between two attempts to reach a server that is down.
const PAUSE: Duration = Duration::from_millis(5);
/// How many times each server goes down, unless `BINDERY_RESTARTS` says otherwise.
const ROUNDS: usize = 4;

/// The observations of one thread.
#[derive(std::default::Default)]
struct Seen {
    done: AtomicUsize,
    /// A connection was there, and was dead.
    failed: AtomicUsize,
}

fn work<E: Everything>(db: &Registry, engine: E, seen: &Seen, end: &AtomicBool) {
    while !end.load(Ordering::Relaxed) {
        let Ok(mut c) = db.connect(engine) else {
            thread::sleep(PAUSE);
            continue;
        };
        let counted = match c.blogs().count() {
            Ok(_) => &seen.done,
            Err(_) => &seen.failed,
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// Each thread has done something that began after now.
fn wait_for_each(seen: &[Seen]) {
    let before: Vec<_> = seen
        .iter()
        .map(|seen| seen.done.load(Ordering::Relaxed))
        .collect();
    for (seen, before) in seen.iter().zip(before) {
        while seen.done.load(Ordering::Relaxed) < before + 2 {
            thread::yield_now();
        }
    }
}

/// The server goes down under eight threads at work: no more fails than was under way.
fn under_way<E: Everything>(db: &Registry, engine: E, server: &mut Server, how: Shutdown) {
    let end = AtomicBool::new(false);
    let seen: [Seen; CONNECTIONS] = std::array::from_fn(|_| Seen::default());
    thread::scope(|scope| {
        let _over = SetOnDrop(&end);
        for seen in &seen {
            scope.spawn(|| work(db, engine, seen, &end));
        }
        wait_for_each(&seen);
        server.go_down(how);
        server.come_back().unwrap();
        let back = Instant::now();
        wait_for_each(&seen);
        let took = back.elapsed();
        assert!(took < HEALED, "{how:?}: {took:?}");
    });
    let failed = seen.iter().map(|seen| seen.failed.load(Ordering::Relaxed));
    let failed: usize = failed.sum();
    assert!(failed <= CONNECTIONS, "{how:?}: {failed} failed");
}

/// The server goes down while all connections are idle: no caller notices.
fn idle<E: Everything>(db: &Registry, engine: E, server: &mut Server, how: Shutdown) {
    let all: [_; CONNECTIONS] = std::array::from_fn(|_| db.connect(engine).unwrap());
    drop(all);
    let before = db.engine(engine.name()).unwrap().pool;
    assert_eq!(before.idle, CONNECTIONS);
    server.go_down(how);
    server.come_back().unwrap();
    let together = Barrier::new(CONNECTIONS);
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let connected = db.connect(engine);
                // Every thread arrives here, so that a failure is reported and not waited for.
                together.wait();
                connected.unwrap().blogs().count().unwrap();
            });
        }
    });
    let after = db.engine(engine.name()).unwrap().pool;
    let replaced = before.created + CONNECTIONS as u64;
    assert_eq!((after.created, after.open), (replaced, CONNECTIONS));
}

fn restarts<E: Everything>(engine: E, options: ServerOptions) {
    let Some(mut server) = options.durable(true).start_or_skip() else {
        return;
    };
    let url = server.database("shop").unwrap();
    let options = EngineOptions::url(url).max_connections(CONNECTIONS as u32);
    let db = with(engine.name(), options.acquire_timeout(HEALED));
    db.create_missing_on(engine).unwrap();
    let kept = db
        .connect(engine)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("kept"));
    let rounds = std::env::var("BINDERY_RESTARTS").ok();
    let rounds = rounds.map_or(ROUNDS, |text| text.parse().expect("a number of rounds"));
    for round in 0..rounds {
        match round % 4 {
            0 => under_way(&db, engine, &mut server, Shutdown::Crash),
            1 => idle(&db, engine, &mut server, Shutdown::Orderly),
            2 => under_way(&db, engine, &mut server, Shutdown::Orderly),
            _ => idle(&db, engine, &mut server, Shutdown::Crash),
        }
    }
    let id = kept.unwrap().id;
    assert_eq!(
        db.connect(engine).unwrap().blogs().get(id).unwrap().title,
        "kept"
    );
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!(pool.created - pool.closed, pool.open as u64, "{pool:?}");
}

/// Covers POOL-2, POOL-03 on PostgreSQL.
#[test]
fn pool_2_restarts_of_postgres() {
    let _watchdog = Watchdog::start("pool_2_restarts_of_postgres", PATIENCE);
    if bindery_testkit::postgres_url().is_some() {
        restarts(Postgres, Server::postgres());
    }
}

/// Covers POOL-2, POOL-03 on MariaDB.
#[test]
fn pool_2_restarts_of_mariadb() {
    let _watchdog = Watchdog::start("pool_2_restarts_of_mariadb", PATIENCE);
    if bindery_testkit::mysql_url().is_some() {
        restarts(Mysql, Server::mysql());
    }
}
