//! Many clients at a time, also while the server crashes or its network is slow: every response is true.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bindery::EngineOptions;
use bindery_testkit::{Direction, Fault, FaultProxy, Server, ServerOptions, Shutdown};

use crate::app::{
    App, CONNECTIONS, PATIENCE, TestEngine, on_each_place, on_mysql, on_postgres, run,
};
use crate::http::{post, send};
use crate::wiki::engine;

const CLIENTS: usize = 64;
const REQUESTS: usize = 12;

on_each_place! {
    sixty_four_clients_each_have_their_own_session;
}

/// Some requests succeed, some fail, some panic, and some clients go away.
async fn sixty_four_clients_each_have_their_own_session(place: Arc<TestEngine>) {
    let app = place.serve().await;
    let clients = (0..CLIENTS).map(|client| tokio::spawn(requests(app.address, client)));
    let mut expected = BTreeSet::new();
    for client in clients.collect::<Vec<_>>() {
        expected.extend(client.await.unwrap());
    }
    app.is_released().await;
    let stored = app.stored().await;
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), expected);
    let pool = app.pool();
    assert!(pool.open <= CONNECTIONS as usize, "{pool:?}");
}

/// The paths that are stored by what one client does.
async fn requests(address: SocketAddr, client: usize) -> Vec<String> {
    let mut stored = Vec::new();
    for number in 0..REQUESTS {
        let name = format!("{client}-{number}");
        match number % 6 {
            0 => drop(send(address, "POST", &format!("/waits/{name}")).await),
            1 => {
                let path = format!("/panic/{name}");
                assert_eq!(send(address, "POST", &path).await.answer().await, None);
            }
            2 => assert_eq!(post(address, &format!("/two/{name}/409")).await.status, 409),
            _ => {
                let answer = post(address, &format!("/two/{name}/201")).await;
                assert_eq!(answer.status, 201, "{answer:?}");
                stored.extend([name.clone(), format!("{name}-2")]);
            }
        }
    }
    stored
}

/// A response to one request for `name` while the server crashes.
struct Seen {
    name: String,
    status: u16,
}

/// Sends requests until the flag is set.
async fn until_stopped(address: SocketAddr, client: usize, stop: Arc<AtomicBool>) -> Vec<Seen> {
    let mut seen = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let name = format!("{client}-{}", seen.len());
        let answer = post(address, &format!("/pages/{name}/201")).await;
        let status = answer.status;
        assert!([201, 500, 503].contains(&status), "{answer:?}");
        seen.push(Seen { name, status });
        if status != 201 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    seen
}

/// The service under load, while `disturb` does something to the server.
async fn under_load<T>(app: &App, disturb: impl Future<Output = T>) -> T {
    let stop = Arc::new(AtomicBool::new(false));
    let clients = (0..CLIENTS).map(|client| {
        let stop = Arc::clone(&stop);
        tokio::spawn(until_stopped(app.address, client, stop))
    });
    let clients: Vec<_> = clients.collect();
    let disturbed = disturb.await;
    stop.store(true, Ordering::SeqCst);
    let mut seen = Vec::new();
    for client in clients {
        seen.extend(client.await.unwrap());
    }
    app.is_released().await;
    responses_are_true(app, &seen).await;
    disturbed
}

/// 201 is stored, 503 is not; 500 is what was lost while it was committed.
async fn responses_are_true(app: &App, seen: &[Seen]) {
    let stored: BTreeSet<String> = app.stored().await.into_iter().collect();
    let with = |status| seen.iter().filter(move |one| one.status == status);
    assert!(with(201).count() > CLIENTS, "the service was at work");
    assert!(with(503).count() > 0, "the server was away");
    for one in with(201) {
        assert!(
            stored.contains(&one.name),
            "{} was reported as stored",
            one.name
        );
    }
    for one in with(503) {
        assert!(
            !stored.contains(&one.name),
            "{} was reported as not stored",
            one.name
        );
    }
    let known: BTreeSet<&str> = seen.iter().map(|one| one.name.as_str()).collect();
    let of_clients = |name: &&String| name.starts_with(|first: char| first.is_ascii_digit());
    let mut unknown = stored.iter().filter(of_clients);
    assert_eq!(unknown.find(|name| !known.contains(name.as_str())), None);
}

async fn wait_for_success(app: &App, name: &str) {
    let since = Instant::now();
    for number in 0.. {
        let answer = post(app.address, &format!("/pages/{name}-{number}/200")).await;
        if answer.status == 200 {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The server crashes in the middle of the load and comes back.
fn a_server_is_killed(name: &'static str, engine: engine::Any, options: ServerOptions) {
    let Some(server) = options.durable(true).start_or_skip() else {
        return;
    };
    let database = server.fresh_database().unwrap();
    let options = EngineOptions::url(database.url()).acquire_timeout(Duration::from_secs(2));
    let place = TestEngine {
        engine,
        options,
        server: None,
    };
    run(name, place, async |place| {
        let app = place.serve().await;
        let disturb = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let server = killed(server).await;
            wait_for_success(&app, "after").await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            server
        };
        let _server = under_load(&app, disturb).await;
    });
}

/// Blocks while it starts again, elsewhere than on the runtime.
async fn killed(mut server: Server) -> Server {
    let killed = tokio::task::spawn_blocking(move || {
        server.go_down(Shutdown::Crash);
        std::thread::sleep(Duration::from_millis(500));
        server.come_back().unwrap();
        server
    });
    killed.await.unwrap()
}

#[test]
fn postgres_is_killed_under_load() {
    a_server_is_killed("killed PostgreSQL", engine::Any::P, Server::postgres());
}

#[test]
fn mysql_is_killed_under_load() {
    let engine = on_mysql().map(|place| place.engine);
    let Some(engine) = engine else { return };
    a_server_is_killed("killed MySQL", engine, Server::mysql());
}

/// A server that falls silent, then is slow: requests end in time, and what they say is true.
async fn a_slow_server(place: Arc<TestEngine>) {
    let proxy = FaultProxy::start(&place.server.as_ref().unwrap().url()).unwrap();
    let limit = Duration::from_secs(1);
    let options = EngineOptions::url(proxy.url())
        .acquire_timeout(limit)
        .connect_timeout(limit)
        .statement_timeout(limit);
    let through = TestEngine {
        engine: place.engine,
        options,
        server: None,
    };
    let app = through.serve().await;
    let disturb = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        proxy.set(Fault::Stall);
        let started = Instant::now();
        let answer = post(app.address, "/pages/silent/200").await;
        assert_ne!(answer.status, 200);
        assert!(started.elapsed() < limit * 10, "{:?}", started.elapsed());
        proxy.set(Fault::Delay(Duration::from_millis(5)));
        wait_for_success(&app, "slow").await;
        proxy.heal();
        wait_for_success(&app, "healed").await;
    };
    under_load(&app, disturb).await;
}

#[test]
fn a_slow_postgres_under_load() {
    let Some(place) = on_postgres() else { return };
    run("slow PostgreSQL", place, a_slow_server);
}

#[test]
fn a_slow_mysql_under_load() {
    let Some(place) = on_mysql() else { return };
    run("slow MySQL", place, a_slow_server);
}

/// The connection is lost before the COMMIT arrives: the client has an error, and nothing is stored.
async fn a_commit_that_does_not_arrive(place: Arc<TestEngine>) {
    let proxy = FaultProxy::start(&place.server.as_ref().unwrap().url()).unwrap();
    let through = TestEngine {
        engine: place.engine,
        options: EngineOptions::url(proxy.url()),
        server: None,
    };
    let app = through.serve().await;
    proxy.set(Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: b"COMMIT".to_vec(),
    });
    assert_eq!(post(app.address, "/pages/a/201").await.status, 500);
    proxy.heal();
    app.is_released().await;
    assert_eq!(app.stored().await, [] as [String; 0]);
    assert_eq!(post(app.address, "/pages/a/201").await.status, 201);
}

#[test]
fn a_commit_that_does_not_arrive_at_postgres() {
    let Some(place) = on_postgres() else { return };
    run("COMMIT to PostgreSQL", place, a_commit_that_does_not_arrive);
}

#[test]
fn a_commit_that_does_not_arrive_at_mysql() {
    let Some(place) = on_mysql() else { return };
    run("COMMIT to MySQL", place, a_commit_that_does_not_arrive);
}
