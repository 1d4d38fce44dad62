//! The service that the tests send requests to, on one of the engines, and the databases it runs on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bindery::{Config, Engine, EngineOptions, ErrorKind, SessionOptions, Sql};
use bindery_testkit::{FreshDatabase, Product, Watchdog};
use bindery_web::{DbError, DbSession, Readiness, SessionLayer, healthz};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::wiki::{Databases, NewPage, Tables, engine, page};

pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
pub(crate) const CONNECTIONS: u32 = 8;

pub(crate) type Session = DbSession<Databases>;

/// A running service.
pub(crate) struct App {
    pub(crate) db: Databases,
    pub(crate) engine: engine::Any,
    pub(crate) address: SocketAddr,
    /// A handler has come to where it waits for ever.
    pub(crate) waits: Arc<Notify>,
}

#[derive(Clone)]
struct Served {
    db: Databases,
    engine: engine::Any,
    waits: Arc<Notify>,
}

/// An engine and where its database is.
pub(crate) struct TestEngine {
    pub(crate) engine: engine::Any,
    pub(crate) options: EngineOptions,
    pub(crate) server: Option<FreshDatabase>,
}

impl TestEngine {
    /// All engines, of which only the one that is tested can be reached.
    pub(crate) fn open(&self) -> Databases {
        let elsewhere = [
            ("default", "mariadb://x@127.0.0.1:1/x"),
            ("lite", "sqlite::memory:"),
            ("p", "postgres://x@127.0.0.1:1/x"),
            ("proper", "mysql://x@127.0.0.1:1/x"),
        ];
        let config = elsewhere
            .into_iter()
            .fold(Config::new(), |config, (name, url)| {
                let options = if name == self.engine.name() {
                    self.options.clone().max_connections(CONNECTIONS)
                } else {
                    EngineOptions::url(url).max_connections(1)
                };
                config.engine(name, options)
            });
        Databases::with_config(&config).unwrap()
    }

    /// With its tables, behind a service.
    pub(crate) async fn serve(&self) -> App {
        let (db, engine) = (self.open(), self.engine);
        db.run(move |db| db.create_missing_on(engine))
            .await
            .unwrap();
        serve(db, engine, |app| app).await
    }
}

/// Starts the service; `around` adds layers outside of the one with sessions.
pub(crate) async fn serve(
    db: Databases,
    engine: engine::Any,
    around: impl FnOnce(Router) -> Router,
) -> App {
    let waits = Arc::new(Notify::new());
    let served = Served {
        db: db.clone(),
        engine,
        waits: Arc::clone(&waits),
    };
    let app = around(routes(&served));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    App {
        db,
        engine,
        address,
        waits,
    }
}

fn routes(served: &Served) -> Router {
    let limit = SessionOptions::new().deadline(PATIENCE);
    Router::new()
        .route("/nothing", get(async || "nothing"))
        .route("/pages/{name}/{status}", post(add))
        .route("/two/{name}/{status}", post(add_two))
        .route("/hooked/{name}", post(refused_by_a_hook))
        .route("/counted-by-a-hook/{name}", post(counted_by_a_hook))
        .route("/panic/{name}", post(panic_in_handler))
        .route("/panic-in-work/{name}", post(panic_in_work))
        .route("/cancelled/{name}", post(cancelled_work))
        .route("/waits/{name}", post(wait_for_ever))
        .route("/works/{name}", post(work_for_ever))
        .route("/outlived/{name}", post(outlived))
        .route("/pages/{name}", get(find))
        .route("/searched/{text}", get(search).delete(delete_found))
        .route(
            "/replaced/{name}",
            post(add_one).layer(middleware::map_response(async |_: Response| {
                StatusCode::IM_A_TEAPOT
            })),
        )
        .layer(SessionLayer::new(&served.db).options(limit))
        .route("/outside", get(async |_: Session| "never"))
        .route("/healthz", get(healthz))
        .route_service("/readyz", Readiness::new(&served.db).with_details())
        .with_state(served.clone())
}

async fn insert(
    session: &Session,
    engine: engine::Any,
    name: String,
) -> Result<(), bindery::Error> {
    let inserted = session.run(move |s| {
        s.on(engine)?.pages().insert(NewPage::new(name))?;
        Ok(())
    });
    inserted.await
}

async fn add(
    State(served): State<Served>,
    session: Session,
    Path((name, status)): Path<(String, u16)>,
) -> Result<Response, DbError> {
    insert(&session, served.engine, name).await?;
    Ok(StatusCode::from_u16(status).unwrap().into_response())
}

async fn add_one(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name).await?;
    Ok(StatusCode::CREATED)
}

/// Two calls of one session: the second sees what the first has written.
async fn add_two(
    State(served): State<Served>,
    session: Session,
    Path((name, status)): Path<(String, u16)>,
) -> Result<Response, DbError> {
    let engine = served.engine;
    insert(&session, engine, name.clone()).await?;
    tokio::task::yield_now().await;
    let again = session.run(move |s| {
        let c = s.on(engine)?;
        let paths = c.pages().all()?.into_iter().map(|page| page.path);
        assert_eq!(paths.filter(|path| *path == name).count(), 1);
        c.pages().insert(NewPage::new(format!("{name}-2")))?;
        Ok(())
    });
    again.await?;
    Ok(StatusCode::from_u16(status).unwrap().into_response())
}

async fn refused_by_a_hook(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name).await?;
    let hooked = session.run(|s| {
        s.before_commit(|_| Err(bindery::Error::new(ErrorKind::Conflict)));
        Ok(())
    });
    hooked.await?;
    Ok(StatusCode::CREATED)
}

/// A statement of the session's end.
async fn counted_by_a_hook(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    let engine = served.engine;
    insert(&session, engine, name).await?;
    let hooked = session.run(move |s| {
        s.before_commit(move |s| s.connection(engine)?.pages().count().map(drop));
        Ok(())
    });
    hooked.await?;
    Ok(StatusCode::CREATED)
}

async fn panic_in_handler(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> StatusCode {
    insert(&session, served.engine, name).await.unwrap();
    std::panic::resume_unwind(Box::new("in the handler"))
}

async fn panic_in_work(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name).await?;
    let work = session
        .run(|_| -> bindery::Result<()> { std::panic::resume_unwind(Box::new("in the work")) });
    work.await?;
    Ok(StatusCode::CREATED)
}

/// Work that is given up in the middle, by a handler that reports success all the same.
async fn cancelled_work(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name).await?;
    let endless = endless(&session, served.engine);
    let outcome = tokio::time::timeout(Duration::from_millis(100), endless).await;
    assert!(outcome.is_err());
    Ok(StatusCode::CREATED)
}

async fn endless(session: &Session, engine: engine::Any) -> Result<i64, bindery::Error> {
    let sql = match engine {
        engine::Any::P => "SELECT 1 FROM pg_sleep(1000)",
        engine::Any::Default | engine::Any::Proper => "SELECT SLEEP(1000)",
        engine::Any::Lite => {
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        }
    };
    let work = session.run(move |s| s.on(engine)?.query_scalar::<i64>(Sql::assembled(sql), ()));
    work.await
}

async fn wait_for_ever(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> StatusCode {
    insert(&session, served.engine, name).await.unwrap();
    served.waits.notify_one();
    std::future::pending().await
}

async fn work_for_ever(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name).await?;
    served.waits.notify_one();
    endless(&session, served.engine).await?;
    Ok(StatusCode::CREATED)
}

/// A task that goes on with the session of a request that is over.
async fn outlived(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<StatusCode, DbError> {
    insert(&session, served.engine, name.clone()).await?;
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let late = insert(&session, served.engine, format!("{name}-late")).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::Cancelled);
        served.waits.notify_one();
    });
    Ok(StatusCode::CREATED)
}

async fn find(
    State(served): State<Served>,
    session: Session,
    Path(name): Path<String>,
) -> Result<String, DbError> {
    let engine = served.engine;
    let page = session.run(move |s| {
        let pages = s.on(engine)?.pages().all()?;
        let found = pages.into_iter().find(|page| page.path == name);
        found.ok_or_else(|| bindery::Error::new(ErrorKind::NotFound))
    });
    Ok(page.await?.path)
}

/// The paths that have a text of the request.
async fn search(
    State(served): State<Served>,
    session: Session,
    Path(text): Path<String>,
) -> Result<String, DbError> {
    let engine = served.engine;
    let pages = session.run(move |s| {
        let pages = s.on(engine)?.pages().filter(page::path.contains(&text));
        pages.order_by(page::path.asc()).all()
    });
    let paths: Vec<String> = pages.await?.into_iter().map(|page| page.path).collect();
    Ok(paths.join(" "))
}

async fn delete_found(
    State(served): State<Served>,
    session: Session,
    Path(text): Path<String>,
) -> Result<String, DbError> {
    let engine = served.engine;
    let deleted = session.run(move |s| {
        s.on(engine)?
            .pages()
            .delete_where(page::path.contains(&text))
    });
    Ok(deleted.await?.to_string())
}

impl App {
    /// The paths that are stored, as another connection sees them.
    pub(crate) async fn stored(&self) -> Vec<String> {
        let engine = self.engine;
        let stored = self.db.run(move |db| {
            let pages = db.on(engine)?.pages().all()?;
            Ok(pages.into_iter().map(|page| page.path).collect())
        });
        let mut stored: Vec<String> = stored.await.unwrap();
        stored.sort();
        stored
    }

    pub(crate) fn pool(&self) -> bindery::status::PoolStats {
        self.db.engine(self.engine.name()).unwrap().pool
    }

    /// Waits until no request holds anything any more.
    pub(crate) async fn is_released(&self) {
        let since = Instant::now();
        loop {
            let (pool, workers) = (self.pool(), self.db.registry().worker_stats());
            let begun = workers.running + workers.blocked + workers.resting;
            let held = (pool.in_use, pool.waiting, begun, workers.waiting);
            if held == (0, 0, 0, 0) {
                return;
            }
            assert!(since.elapsed() < PATIENCE / 4, "{pool:?} {workers:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Runs a test on a place, in a runtime of its own.
pub(crate) fn run<F: Future<Output = ()>>(
    name: &'static str,
    place: TestEngine,
    test: impl FnOnce(Arc<TestEngine>) -> F,
) {
    let _watchdog = Watchdog::start(name, PATIENCE);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test(Arc::new(place)));
}

/// Nothing ends because the machine is slow.
pub(crate) fn patient(options: EngineOptions) -> EngineOptions {
    let options = options.acquire_timeout(PATIENCE).busy_timeout(PATIENCE);
    options.lock_timeout(PATIENCE).statement_timeout(None)
}

pub(crate) fn on_postgres() -> Option<TestEngine> {
    let database = bindery_testkit::fresh_postgres()?;
    Some(TestEngine {
        engine: engine::Any::P,
        options: patient(EngineOptions::url(database.url())),
        server: Some(database),
    })
}

pub(crate) fn on_mysql() -> Option<TestEngine> {
    let database = bindery_testkit::fresh_mysql()?;
    let engine = match bindery_testkit::mysql_flavour() {
        Product::MySql => engine::Any::Proper,
        Product::MariaDb | Product::Postgres => engine::Any::Default,
    };
    Some(TestEngine {
        engine,
        options: patient(EngineOptions::url(database.url())),
        server: Some(database),
    })
}

/// Runs checks on SQLite in a file, PostgreSQL and MySQL or MariaDB, a test for each.
macro_rules! on_each_place {
    ($($check:ident;)*) => {
        mod sqlite {
            $(#[test]
            fn $check() {
                let folder = tempfile::tempdir().unwrap();
                let place = crate::app::TestEngine {
                    engine: crate::wiki::engine::Any::Lite,
                    options: crate::app::patient(bindery::EngineOptions::sqlite(
                        folder.path().join("one.db"),
                    )),
                    server: None,
                };
                crate::app::run(stringify!($check), place, super::$check);
            })*
        }

        mod postgres {
            $(#[test]
            fn $check() {
                let Some(place) = crate::app::on_postgres() else { return };
                crate::app::run(stringify!($check), place, super::$check);
            })*
        }

        mod mysql {
            $(#[test]
            fn $check() {
                let Some(place) = crate::app::on_mysql() else { return };
                crate::app::run(stringify!($check), place, super::$check);
            })*
        }
    };
}

pub(crate) use on_each_place;
