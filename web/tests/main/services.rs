//! Services of tower's within the layer, without axum: one that fails, and a session over two engines.

use std::io::Write;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};

use axum::http::{Request, Response, StatusCode};
use bindery::{Config, EngineOptions, SessionOptions};
use bindery_web::SessionLayer;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber;

use crate::app::{Session, TestEngine, on_each_place, on_postgres, patient, run};
use crate::wiki::{Databases, NewPage, Tables, engine};

on_each_place! {
    an_error_of_the_service_within_rolls_back;
}

type Handled = Pin<Box<dyn Future<Output = Result<Response<String>, Broken>> + Send>>;

/// The error of a service that has no response.
#[derive(Debug, PartialEq)]
struct Broken;

/// Handles requests by a function.
#[derive(Clone)]
struct Inner(Arc<dyn Fn(Session) -> Handled + Send + Sync>);

impl Inner {
    fn new<F>(handle: impl Fn(Session) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<StatusCode, Broken>> + Send + 'static,
    {
        Self(Arc::new(move |session| {
            let handled = handle(session);
            Box::pin(async move {
                let mut response = Response::new(String::new());
                *response.status_mut() = handled.await?;
                Ok(response)
            })
        }))
    }
}

impl Service<Request<()>> for Inner {
    type Response = Response<String>;
    type Error = Broken;
    type Future = Handled;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Handled {
        (self.0)(Session::of_request(request.extensions()).unwrap())
    }
}

async fn an_error_of_the_service_within_rolls_back(place: Arc<TestEngine>) {
    let app = place.serve().await;
    let engine = app.engine;
    for (outcome, stored) in [(Err(Broken), 0), (Ok(StatusCode::CREATED), 1)] {
        let expected = outcome.is_ok();
        let outcome = Arc::new(outcome);
        let inner = Inner::new(move |session| {
            let outcome = Arc::clone(&outcome);
            async move {
                let inserted = session.run(move |s| {
                    s.on(engine)?.pages().insert(NewPage::new("a"))?;
                    Ok(())
                });
                inserted.await.unwrap();
                outcome
                    .as_ref()
                    .as_ref()
                    .map(|status| *status)
                    .map_err(|_| Broken)
            }
        });
        let mut service = SessionLayer::new(&app.db).layer(inner);
        let answer = service.call(Request::new(())).await;
        assert_eq!(answer.map(|answer| answer.status()).is_ok(), expected);
        app.is_released().await;
        assert_eq!(app.stored().await.len(), stored);
    }
}

/// The log of a request.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A table whose foreign key is checked by the COMMIT.
const DEFERRED: &str = "CREATE TABLE checked (id INTEGER PRIMARY KEY, \
    other INTEGER REFERENCES checked (id) DEFERRABLE INITIALLY DEFERRED)";

/// A request writes to SQLite and PostgreSQL, whose COMMIT fails: a response of 500, and the report of both in the log.
///
/// Covers TX-06 on PostgreSQL.
#[test]
fn tx_06_a_request_that_is_committed_in_part_is_an_error() {
    let Some(place) = on_postgres() else { return };
    run(
        "a request that is committed in part",
        place,
        async |place| {
            let folder = tempfile::tempdir().unwrap();
            let lite = patient(EngineOptions::sqlite(folder.path().join("lite.db")));
            let config = Config::new()
                .engine("default", EngineOptions::url("mariadb://x@127.0.0.1:1/x"))
                .engine("proper", EngineOptions::url("mysql://x@127.0.0.1:1/x"))
                .engine("lite", lite)
                .engine("p", place.options.clone());
            let db = Databases::with_config(&config).unwrap();
            let made = db.run(|db| {
                db.create_missing_on(engine::Lite)?;
                db.create_missing_on(engine::P)?;
                db.sql_on(engine::P).execute_batch(DEFERRED)
            });
            made.await.unwrap();
            is_committed_in_part(&db, [engine::Any::Lite, engine::Any::P], 1).await;
            is_committed_in_part(&db, [engine::Any::P, engine::Any::Lite], 0).await;
        },
    );
}

/// While one subscriber is alone, tracing-core 0.1.36 turns an event off for all threads where a thread without a subscriber
/// reaches it first (`Rebuilder::JustOne` in its `callsite.rs`); with a second one, each subscriber decides.
static SECOND_SUBSCRIBER: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));

/// Sends a request; `stored` of its two writes is kept.
async fn is_committed_in_part(db: &Databases, order: [engine::Any; 2], stored: u64) {
    LazyLock::force(&SECOND_SUBSCRIBER);
    let inner = Inner::new(move |session| async move {
        let written = session.run(move |s| {
            let path = format!("{order:?}");
            s.lite()?.pages().insert(NewPage::new(path.clone()))?;
            s.p()?.pages().insert(NewPage::new(path))?;
            let violation = "INSERT INTO checked (id, other) VALUES (1, 2)";
            s.p()?.execute(violation, ())?;
            Ok(())
        });
        written.await.unwrap();
        Ok(StatusCode::CREATED)
    });
    let before = db.run(|db| db.lite()?.pages().count()).await.unwrap();
    let options = SessionOptions::request().order(order);
    let mut service = SessionLayer::new(db).options(options).layer(inner);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let answer = service
        .call(Request::new(()))
        .with_subscriber(subscriber.finish());
    let answer = answer.await.unwrap();
    assert_eq!(
        (answer.status(), answer.body().as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    );
    let after = db.run(|db| Ok((db.lite()?.pages().count()?, db.p()?.pages().count()?)));
    assert_eq!(after.await.unwrap(), (before + stored, 0));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let report = log.lines().find(|line| line.contains("report="));
    let report = report.unwrap_or_else(|| panic!("the report is in the log: {log}"));
    assert!(
        report.contains("`lite`") && report.contains("`p`"),
        "{report}"
    );
    assert_eq!(
        report.contains("did not end alike"),
        stored == 1,
        "{report}"
    );
    assert!(log.contains("a request failed in its database"), "{log}");
}
