//! Reads that go to replicas see what earlier requests of the same client have written, on standbys that really stream and are
//! held back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode};
use axum::routing::{get, post};
use bindery::EngineOptions;
use bindery::replicas::{ReadTokenKey, ReadsFrom, ReplicaState};
use bindery_testkit::{Server, ServerOptions};
use bindery_web::{DbError, DbSession, ReadYourWrites, SessionLayer};
use tokio::net::TcpListener;

use crate::app::{TestEngine, patient, run};
use crate::http::{Answer, send_with};
use crate::wiki::{Databases, NewPage, Tables, engine, model};

type Session = DbSession<Databases>;

/// Within the session of the request.
async fn add(
    State(engine): State<engine::Any>,
    session: Session,
    Path((name, status)): Path<(String, u16)>,
) -> Result<StatusCode, DbError> {
    let added = session.run(move |s| s.on(engine)?.pages().insert(NewPage::new(name)));
    added.await?;
    Ok(StatusCode::from_u16(status).unwrap())
}

/// Besides the session; the same request reads what it has written.
async fn add_directly(
    State(engine): State<engine::Any>,
    session: Session,
    Path(name): Path<String>,
) -> Result<(StatusCode, String), DbError> {
    let db = session.databases();
    let added = db.run(move |db| db.on(engine)?.pages().insert(NewPage::new(name)));
    added.await?;
    Ok((StatusCode::NOT_FOUND, pages(&session, engine).await?))
}

async fn count(State(engine): State<engine::Any>, session: Session) -> Result<String, DbError> {
    Ok(pages(&session, engine).await?)
}

/// How many there are where a read goes.
async fn pages(session: &Session, engine: engine::Any) -> bindery::Result<String> {
    let db = session.databases();
    let count = db.run(move |db| match engine {
        engine::Any::P => db
            .registry()
            .repository::<model::Page, _>(engine::P)
            .count(),
        engine::Any::Default | engine::Any::Lite | engine::Any::Proper => db
            .registry()
            .repository::<model::Page, _>(engine::Default)
            .count(),
    });
    Ok(count.await?.to_string())
}

async fn serve(db: &Databases, engine: engine::Any, how: ReadYourWrites) -> SocketAddr {
    let app = Router::new()
        .route("/add/{name}/{status}", post(add))
        .route("/directly/{name}", post(add_directly))
        .route("/count", get(count))
        .layer(SessionLayer::new(db).read_your_writes(how))
        .with_state(engine);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn call(address: SocketAddr, method: &str, path: &str, line: &str) -> Answer {
    let sent = send_with(address, method, path, line).await;
    sent.answer().await.unwrap()
}

/// Reads until the standby is where reads go, and has this number of pages.
async fn until_the_standby_has(address: SocketAddr, db: &Databases, expected: &str) {
    let since = Instant::now();
    loop {
        let checked = db
            .run(|db| Ok(db.registry().check_replicas()))
            .await
            .unwrap();
        let serves = checked
            .iter()
            .all(|(_, one)| one.state == ReplicaState::Serving);
        if serves && call(address, "GET", "/count", "").await.body == expected {
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{checked:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn key() -> ReadTokenKey {
    ReadTokenKey::new("at least 32 bytes, on every machine").unwrap()
}

/// The text of the cookie that a response sets.
fn cookie(answer: &Answer) -> Option<String> {
    let (cookie, rest) = answer.field("set-cookie")?.split_once(';')?;
    assert_eq!(rest, " path=/; max-age=86400; httponly; samesite=lax");
    Some(cookie.to_owned())
}

async fn own_writes_are_read(engine: engine::Any, place: &TestEngine, standby: &Server) {
    let db = place.open();
    let made = db.run(move |db| db.create_missing_on(engine).map(drop));
    made.await.unwrap();
    let address = serve(&db, engine, ReadYourWrites::cookie(key())).await;
    until_the_standby_has(address, &db, "0").await;
    standby.pause_replay().unwrap();

    // A request that writes sets the cookie; one that only reads does not.
    let added = call(address, "POST", "/add/a/201", "").await;
    let own = cookie(&added).expect("it has written");
    let plain = call(address, "GET", "/count", "").await;
    assert_eq!(
        (plain.body.as_str(), cookie(&plain)),
        ("0", None),
        "another client"
    );
    let line = format!("cookie: theme=dark; {own}; x=1\r\n");
    let mine = call(address, "GET", "/count", &line).await;
    assert_eq!(
        (mine.body.as_str(), cookie(&mine)),
        ("1", None),
        "its own write"
    );
    let (signed, last) = own.split_at(own.len() - 1);
    let another = if last == "0" { "1" } else { "0" };
    let forged = format!("cookie: {signed}{another}\r\n");
    for (line, expected) in [
        (forged.as_str(), "0"),
        ("cookie: bindery-reads=b1.0.00.00\r\n", "0"),
    ] {
        assert_eq!(call(address, "GET", "/count", line).await.body, expected);
    }

    // Also a write besides the session, whatever the response is; and one with what earlier requests have written.
    let direct = call(address, "POST", "/directly/b", &line).await;
    assert_eq!((direct.status, direct.body.as_str()), (404, "2"));
    let line = format!("cookie: {}\r\n", cookie(&direct).expect("it has written"));
    assert_eq!(call(address, "GET", "/count", &line).await.body, "2");
    assert_eq!(cookie(&call(address, "POST", "/add/c/503", "").await), None);

    // In a header, for programs.
    let header = HeaderName::from_static("x-reads");
    let other = serve(&db, engine, ReadYourWrites::header(key(), header)).await;
    let added = call(other, "POST", "/add/d/200", "").await;
    let line = format!(
        "x-reads: {}\r\n",
        added.field("x-reads").expect("it has written")
    );
    assert_eq!(call(other, "GET", "/count", &line).await.body, "3");
    assert_eq!(call(other, "GET", "/count", "").await.body, "0");

    standby.resume_replay().unwrap();
    until_the_standby_has(address, &db, "3").await;
}

fn on_a_cluster(name: &'static str, engine: engine::Any, options: ServerOptions) {
    let Some(primary) = options.replicated(true).durable(true).start_or_skip() else {
        return;
    };
    let url = primary.database("shop").expect("the server is empty");
    let Some(standby) = primary.standby() else {
        return;
    };
    let standby = standby.durable(true).start().expect("the standby starts");
    let options = patient(EngineOptions::url(url.as_str()))
        .reads(ReadsFrom::Replicas)
        .replica("r1", standby.same_database(&url))
        .max_replica_lag(None)
        .replica_wait(Duration::from_millis(200))
        .replica_check(Duration::from_millis(50));
    let place = TestEngine {
        engine,
        options,
        server: None,
    };
    run(name, place, |place| async move {
        own_writes_are_read(engine, &place, &standby).await;
    });
}

/// Covers SEL-07 on PostgreSQL.
#[test]
fn sel_07_a_client_reads_its_own_writes_on_postgres() {
    on_a_cluster(
        "own writes on PostgreSQL",
        engine::Any::P,
        Server::postgres(),
    );
}

/// Covers SEL-07 on MariaDB.
#[test]
fn sel_07_a_client_reads_its_own_writes_on_mariadb() {
    on_a_cluster(
        "own writes on MariaDB",
        engine::Any::Default,
        Server::mysql(),
    );
}
