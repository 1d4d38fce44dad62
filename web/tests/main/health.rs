//! Health and readiness, also of a database that is down or silent, under many probes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery::EngineOptions;
use bindery_testkit::{Fault, FaultProxy};
use bindery_web::Readiness;

use crate::app::{CONNECTIONS, TestEngine, on_mysql, on_postgres, run, serve};
use crate::http::{get, post};
use crate::wiki::engine;

#[test]
fn an_engine_that_is_down_is_not_ready_and_the_program_is_healthy() {
    let Some(place) = on_postgres() else { return };
    run("health", place, |place: Arc<TestEngine>| async move {
        let app = serve(place.open(), place.engine, |app| app).await;
        assert_eq!(get(app.address, "/healthz").await.status, 200);
        let answer = get(app.address, "/readyz").await;
        assert_eq!(answer.status, 503);
        assert!(answer.head.contains("cache-control: no-store"));
        // Only PostgreSQL and the file in memory are there, and no tables are.
        let lines: Vec<&str> = answer.body.lines().collect();
        assert_eq!(lines[0], "not ready", "{}", answer.body);
        let unreachable = |engine: &str| {
            let line = lines.iter().find(|line| line.starts_with(engine));
            line.is_some_and(|line| line.contains("cannot be reached"))
        };
        assert!(
            unreachable("default:") && unreachable("proper:"),
            "{lines:?}"
        );
        assert!(!answer.body.contains("ready\np"), "{}", answer.body);
    });
}

/// A hundred probes at a time, again and again, of a server that takes connections and is silent.
async fn a_silent_server_is_not_ready_and_is_probed_once(place: Arc<TestEngine>) {
    let server = place.server.as_ref().unwrap();
    let proxy = FaultProxy::start(&server.url()).unwrap();
    let through = TestEngine {
        engine: place.engine,
        options: EngineOptions::url(proxy.url()),
        server: None,
    };
    let db = through.open();
    let limit = Duration::from_millis(300);
    let readiness = Readiness::new(&db).limit(limit);
    proxy.set(Fault::Stall);
    for _ in 0..3 {
        let started = Instant::now();
        let probes = (0..100).map(|_| {
            let readiness = readiness.clone();
            tokio::spawn(async move { readiness.is_ready().await })
        });
        for probe in probes.collect::<Vec<_>>() {
            assert!(!probe.await.unwrap());
        }
        assert!(started.elapsed() < limit * 10, "{:?}", started.elapsed());
    }
    let checks = proxy.accepted();
    assert!(checks <= 3, "{checks} for 300 probes");
}

#[test]
fn a_silent_postgres_is_probed_once() {
    let Some(place) = on_postgres() else { return };
    run(
        "silent PostgreSQL",
        place,
        a_silent_server_is_not_ready_and_is_probed_once,
    );
}

#[test]
fn a_silent_mysql_is_probed_once() {
    let Some(place) = on_mysql() else { return };
    run(
        "silent MySQL",
        place,
        a_silent_server_is_not_ready_and_is_probed_once,
    );
}

/// Requests that wait for a silent engine keep no worker of another: a route that needs that one alone is answered meanwhile.
///
/// Covers ERR-03.
async fn routes_of_another_engine_are_answered_beside_a_silent_one(place: Arc<TestEngine>) {
    let proxy = FaultProxy::start(&place.server.as_ref().unwrap().url()).unwrap();
    let through = TestEngine {
        engine: place.engine,
        options: EngineOptions::url(proxy.url()),
        server: None,
    };
    let silent = through.serve().await;
    let other = serve(silent.db.clone(), engine::Any::Lite, |app| app).await;
    let made = other.db.run(|db| db.create_missing_on(engine::Lite));
    made.await.unwrap();
    proxy.set(Fault::Stall);
    let address = silent.address;
    let requests = (0..4 * CONNECTIONS).map(|number| {
        tokio::spawn(async move { post(address, &format!("/pages/{number}/201")).await })
    });
    let requests: Vec<_> = requests.collect();
    while silent.pool().waiting == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for number in 0..100 {
        let answer = post(other.address, &format!("/pages/{number}/201")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    assert!(requests.iter().any(|request| !request.is_finished()));
    proxy.heal();
    for request in requests {
        request.await.unwrap();
    }
}

#[test]
fn err_03_routes_are_answered_beside_a_silent_postgres() {
    let Some(place) = on_postgres() else { return };
    run(
        "beside a silent PostgreSQL",
        place,
        routes_of_another_engine_are_answered_beside_a_silent_one,
    );
}

#[test]
fn err_03_routes_are_answered_beside_a_silent_mysql() {
    let Some(place) = on_mysql() else { return };
    run(
        "beside a silent MySQL",
        place,
        routes_of_another_engine_are_answered_beside_a_silent_one,
    );
}
