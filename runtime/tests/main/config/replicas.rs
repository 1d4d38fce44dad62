//! Replicas as they are configured: read by their names, never written, shown and closed with their engine.

use std::time::Duration;

use bindery::{EngineOptions, ErrorKind, Registry};
use bindery_testkit::{Server, Watchdog};

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, at, with};

/// Reads come from the replica, writes are refused by the database, and an unknown name is reported.
/// A database beside that of the engine, with rows of its own: what is read there was not read from the engine's.
fn reads_from_a_replica<E: Everything>(engine: E, url: &str, replica: &str) {
    let beside = at(engine.name(), replica);
    beside.create_missing_on(engine).unwrap();
    let mut beside = beside.connect(engine).unwrap();
    for title in ["one", "two"] {
        beside.blogs().insert(NewBlog::new(title)).unwrap();
    }
    let db = with_replica(engine, url, replica);
    db.create_missing_on(engine).unwrap();
    let mut own = db.connect(engine).unwrap();
    own.blogs().insert(NewBlog::new("one")).unwrap();

    refuses_writes_to_its_replica(&db, engine, 2);
    assert_eq!(own.blogs().count().unwrap(), 1);
    assert_eq!(beside.blogs().count().unwrap(), 2);
    drop(own);
    is_shown_and_closed(&db, engine);
}

fn with_replica<E: Everything>(engine: E, url: &str, replica: &str) -> Registry {
    let options = EngineOptions::url(url).replica("b1", replica);
    with(engine.name(), options.max_connections(2))
}

fn refuses_writes_to_its_replica<E: Everything>(db: &Registry, engine: E, rows: u64) {
    let mut replica = db.connect_replica(engine, "b1").unwrap();
    assert_eq!(replica.blogs().count().unwrap(), rows);
    let insert = "INSERT INTO blogs (title) VALUES ('three')";
    let refused = replica.query_as::<i64>(insert, ()).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly, "{refused:?}");
    drop(replica);
    // The connection is good for the next one.
    let mut replica = db.connect_replica(engine, "b1").unwrap();
    assert_eq!(replica.blogs().count().unwrap(), rows);
}

fn is_shown_and_closed<E: Everything>(db: &Registry, engine: E) {
    let unknown = db.connect_replica(engine, "b2").map(drop).unwrap_err();
    let text = unknown.to_string();
    assert!(
        text.contains("there is no replica `b2`; known: b1"),
        "{text}"
    );
    let status = db.engine(engine.name()).unwrap();
    assert_eq!(
        (status.replicas.len(), status.replicas[0].name.as_str()),
        (1, "b1")
    );
    assert_eq!(status.replicas[0].pool.created, 1);
    assert_eq!(status.replicas[0].server, status.server);
    db.close_within(Duration::from_secs(10)).unwrap();
    let closed = db.connect_replica(engine, "b1").map(drop).unwrap_err();
    assert_eq!(
        (closed.engine(), closed.kind()),
        (Some(engine.name()), &ErrorKind::Closed)
    );
}

#[test]
fn replicas_are_read_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("sqlite://{}/{name}.db", folder.path().display());
    reads_from_a_replica(Default, &file("own"), &file("replica"));
    if let (Some(own), Some(replica)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_postgres(),
    ) {
        reads_from_a_replica(Postgres, &own.url(), &replica.url());
    }
    if let (Some(own), Some(replica)) = (
        bindery_testkit::fresh_mysql(),
        bindery_testkit::fresh_mysql(),
    ) {
        reads_from_a_replica(Mysql, &own.url(), &replica.url());
    }
}

/// A replica as it is in earnest: what is committed comes a moment later, and the server itself takes no writes.
#[test]
fn a_standby_of_postgres_is_read_and_never_written() {
    let _watchdog = Watchdog::start("a_standby_of_postgres", Duration::from_secs(120));
    let Some(primary) = Server::postgres().start_or_skip() else {
        return;
    };
    let url = primary.database("shop").unwrap();
    let standby = primary.standby().expect("PostgreSQL has standbys");
    let standby = standby.start().expect("the standby starts");
    let copy = url.replace(
        &format!(":{}/", primary.port()),
        &format!(":{}/", standby.port()),
    );
    assert_ne!(url, copy);
    let db = with_replica(Postgres, &url, &copy);
    db.create_missing_on(Postgres).unwrap();
    let mut own = db.connect(Postgres).unwrap();
    own.blogs().insert(NewBlog::new("one")).unwrap();
    let has_come = || {
        let count = db
            .connect_replica(Postgres, "b1")
            .and_then(|mut replica| replica.blogs().count());
        count.is_ok_and(|count| count == 1)
    };
    // The table comes with the row; the watchdog ends a wait without end.
    while !has_come() {
        std::thread::sleep(Duration::from_millis(20));
    }
    refuses_writes_to_its_replica(&db, Postgres, 1);
    drop(own);
    // Nobody set this server read-only for a session: opened as an engine it refuses all the same.
    let mut direct = at("x_postgres", &copy).connect(Postgres).unwrap();
    let refused = direct.blogs().insert(NewBlog::new("two")).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly, "{refused:?}");
}
