//! Metrics, as Prometheus scrapes them.

use std::collections::BTreeMap;
use std::time::Duration;

use bindery::error::Applied;
use bindery::generic::GeneratedDatabases as _;
use bindery::{EngineOptions, ErrorKind, Registry, SessionOptions};
use bindery_testkit::{Direction, Fault, FaultProxy};
use metrics::with_local_recorder;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::sample::engine::{Any, B, Default, Mysql, Postgres};
use crate::sample::{
    Databases, Everything, NewBlog, NewMember, Tables, at, embedded, on_each_database, with,
};

on_each_database! { by run_at_url:
    mon_01_statements_are_timed_by_engine_operation_and_model;
    mon_01_transactions_have_an_outcome;
    mon_01_connections_of_a_pool_are_counted_by_state;
    mon_01_a_caller_that_waits_for_a_connection_and_gets_it_is_counted;
}

/// As `docs/observability.md` has it.
pub(crate) fn recorder() -> PrometheusRecorder {
    let buckets = [
        0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0,
    ];
    let builder = PrometheusBuilder::new().with_recommended_naming(true);
    builder.set_buckets(&buckets).unwrap().build_recorder()
}

fn with_tables<E: Everything>(engine: E, url: &str) -> Registry {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    db
}

/// The labels of a series with their values.
pub(super) type Labels = BTreeMap<String, String>;

/// The series of a scrape: name, labels, value.
pub(super) fn scrape(recorder: &PrometheusRecorder) -> Vec<(String, Labels, f64)> {
    let text = recorder.handle().render();
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(sample).collect()
}

fn sample(line: &str) -> (String, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.trim_end_matches('}').split("\",");
    let labels = labels.filter_map(|label| label.split_once("=\""));
    let labels =
        labels.map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned()));
    (name.to_owned(), labels.collect(), value.parse().unwrap())
}

/// The sum of a metric over the series with these labels.
pub(crate) fn sum(recorder: &PrometheusRecorder, name: &str, wanted: &[(&str, &str)]) -> f64 {
    let series = scrape(recorder);
    let of_name = series.iter().filter(|(other, _, _)| other == name);
    let matching = of_name.filter(|(_, labels, _)| {
        wanted
            .iter()
            .all(|(name, value)| labels.get(*name).is_some_and(|other| other == value))
    });
    matching.map(|(_, _, value)| value).sum()
}

/// Covers MON-01.
fn mon_01_statements_are_timed_by_engine_operation_and_model<E: Everything>(engine: E, url: &str) {
    let db = with_tables(engine, url);
    const SECRET: &str = "s3cr3t-canary";
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let mut connection = db.connect(engine).unwrap();
        let new = || NewMember::new(1, SECRET);
        connection.members().insert(new()).unwrap();
        connection.members().insert(new()).unwrap_err();
        connection
            .blogs()
            .insert_many(["a", "b"].map(NewBlog::new))
            .unwrap();
        assert_eq!(connection.blogs().all().unwrap().len(), 2);
    });
    let duration = "db_client_operation_duration_seconds_count";
    let engine = ("bindery_engine", engine.name());
    let operations = |wanted: &[(&str, &str)]| {
        let wanted: Vec<_> = wanted.iter().copied().chain([engine]).collect();
        sum(&recorder, duration, &wanted)
    };
    let of_members = ("bindery_model", "Member");
    assert_eq!(
        operations(&[of_members, ("error_type", "unique_violation")]),
        1.0
    );
    assert_eq!(
        operations(&[of_members, ("db_operation_name", "INSERT")]),
        2.0
    );
    let of_blogs = [("bindery_model", "Blog"), ("db_collection_name", "blogs")];
    let batch = ("db_operation_name", "BATCH INSERT");
    assert_eq!(operations(&[of_blogs[0], of_blogs[1], batch]), 1.0);
    let read = ("db_operation_name", "SELECT");
    assert_eq!(operations(&[of_blogs[0], of_blogs[1], read]), 1.0);
    let system = ("db_system_name", super::spans::system(engine.1));
    assert_eq!(operations(&[system]), operations(&[]));
    let rows = "db_client_response_returned_rows_sum";
    assert_eq!(sum(&recorder, rows, &[of_blogs[0], engine]), 2.0);
    let written = |model| {
        sum(
            &recorder,
            "bindery_rows_written_total",
            &[
                engine,
                ("bindery_model", model),
                ("bindery_event", "insert"),
            ],
        )
    };
    assert_eq!((written("Member"), written("Blog")), (1.0, 2.0));
    let text = recorder.handle().render();
    assert!(!text.contains(SECRET), "{text}");
}

/// Covers MON-01.
fn mon_01_transactions_have_an_outcome<E: Everything>(engine: E, url: &str) {
    let db = with_tables(engine, url);
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let mut connection = db.connect(engine).unwrap();
        connection.transaction(|tx| tx.blogs().count()).unwrap();
        connection.begin().unwrap().rollback().unwrap();
        std::mem::forget(connection.begin().unwrap());
    });
    let outcomes = |outcome| {
        let wanted = [
            ("bindery_engine", engine.name()),
            ("bindery_outcome", outcome),
        ];
        sum(
            &recorder,
            "bindery_transaction_duration_seconds_count",
            &wanted,
        )
    };
    assert_eq!(["committed", "rolled_back", "lost"].map(outcomes), [1.0; 3]);
}

/// Covers MON-01.
fn mon_01_connections_of_a_pool_are_counted_by_state<E: Everything>(engine: E, url: &str) {
    let recorder = recorder();
    let name = engine.name();
    let state = |state| {
        let wanted = [
            ("bindery_engine", name),
            ("db_client_connection_state", state),
        ];
        sum(&recorder, "db_client_connection_count", &wanted)
    };
    let pool_metric = |metric| {
        sum(
            &recorder,
            metric,
            &[("db_client_connection_pool_name", name)],
        )
    };
    with_local_recorder(&recorder, || {
        let options = EngineOptions::url(url).max_connections(2);
        let db = with(name, options.acquire_timeout(Duration::from_secs(3)));
        let (first, second) = (db.connect(engine).unwrap(), db.connect(engine).unwrap());
        assert_eq!((state("used"), state("idle")), (2.0, 0.0));
        std::thread::scope(|scope| {
            let waits =
                || with_local_recorder(&recorder, || drop(db.connect(engine).err().unwrap()));
            let waiting = scope.spawn(waits);
            while pool_metric("db_client_connection_pending_requests") < 1.0 {
                assert!(!waiting.is_finished());
                std::thread::yield_now();
            }
        });
        assert_eq!(pool_metric("db_client_connection_pending_requests"), 0.0);
        assert_eq!(pool_metric("db_client_connection_timeouts_total"), 1.0);
        drop(first);
        assert_eq!((state("used"), state("idle")), (1.0, 1.0));
        drop(second);
        assert_eq!((state("used"), state("idle")), (0.0, 2.0));
        assert_eq!(pool_metric("db_client_connection_max"), 2.0);
        assert_eq!(
            pool_metric("db_client_connection_wait_time_seconds_count"),
            3.0
        );
        assert_eq!(
            pool_metric("db_client_connection_create_time_seconds_count"),
            2.0
        );
        assert_eq!(
            pool_metric("db_client_connection_use_time_seconds_count"),
            2.0
        );
        drop(db);
    });
    assert_eq!(
        (state("used"), state("idle")),
        (0.0, 0.0),
        "the pool is gone"
    );
    assert_eq!(pool_metric("db_client_connection_max"), 0.0);
}

/// Covers MON-01: it is pending while it waits, and its wait is measured; it has not timed out.
fn mon_01_a_caller_that_waits_for_a_connection_and_gets_it_is_counted<E: Everything>(
    engine: E,
    url: &str,
) {
    let recorder = recorder();
    let pool_metric = |metric| {
        let pool = [("db_client_connection_pool_name", engine.name())];
        sum(&recorder, metric, &pool)
    };
    let pending = || pool_metric("db_client_connection_pending_requests");
    with_local_recorder(&recorder, || {
        let db = with(engine.name(), EngineOptions::url(url).max_connections(1));
        let first = db.connect(engine).unwrap();
        std::thread::scope(|scope| {
            let waits = || with_local_recorder(&recorder, || db.connect(engine).map(drop));
            let waiting = scope.spawn(waits);
            while pending() < 1.0 {
                assert!(!waiting.is_finished());
                std::thread::yield_now();
            }
            drop(first);
            waiting.join().unwrap().unwrap();
        });
        assert_eq!(pending(), 0.0);
        assert_eq!(pool_metric("db_client_connection_timeouts_total"), 0.0);
        assert_eq!(
            pool_metric("db_client_connection_wait_time_seconds_count"),
            2.0
        );
        assert_eq!(
            pool_metric("db_client_connection_use_time_seconds_count"),
            2.0
        );
        assert_eq!(
            pool_metric("db_client_connection_create_time_seconds_count"),
            1.0
        );
    });
}

/// Covers MON-01: how sessions end.
#[test]
fn mon_01_sessions_have_an_outcome() {
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let db = Databases::from_registry(embedded());
        let session = |work: fn(&mut crate::sample::DatabaseSession) -> bindery::Result<()>| {
            db.try_session_with(SessionOptions::new(), work)
        };
        session(|_| Ok(())).unwrap();
        session(|s| s.connection(B)?.blogs().insert(NewBlog::new("a")).map(drop)).unwrap();
        session(|s| {
            s.connection(B)?
                .blogs()
                .find(1.into())
                .map(drop)
                .and(Err(failure()))
        })
        .unwrap_err();
        let mut left = db.begin_session_with(SessionOptions::new()).unwrap();
        left.connection(Default).unwrap();
    });
    let outcomes = |outcome| {
        let wanted = [("bindery_outcome", outcome)];
        sum(&recorder, "bindery_session_duration_seconds_count", &wanted)
    };
    assert_eq!(
        ["committed", "rolled_back"].map(outcomes),
        [1.0, 2.0],
        "one touched nothing"
    );
}

fn sessions(recorder: &PrometheusRecorder, outcome: &str) -> f64 {
    let name = "bindery_session_duration_seconds_count";
    sum(recorder, name, &[("bindery_outcome", outcome)])
}

fn transactions(recorder: &PrometheusRecorder, engine: &str, outcome: &str) -> f64 {
    let wanted = [("bindery_engine", engine), ("bindery_outcome", outcome)];
    let name = "bindery_transaction_duration_seconds_count";
    sum(recorder, name, &wanted)
}

/// Covers MON-01 on SQLite: a COMMIT that fails after another engine's.
#[test]
fn mon_01_a_commit_that_fails_and_a_split_session_are_outcomes() {
    const DEFERRED: &str = "CREATE TABLE checked (id INTEGER PRIMARY KEY, \
        other INTEGER REFERENCES checked (id) DEFERRABLE INITIALLY DEFERRED)";
    let db = Databases::from_registry(embedded());
    db.connect(Default)
        .unwrap()
        .execute_batch(DEFERRED)
        .unwrap();
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let options = SessionOptions::new().order([Any::B, Any::Default]);
        let split = db.try_session_with(options, |s| {
            s.connection(B)?.blogs().insert(NewBlog::new("kept"))?;
            let violation = "INSERT INTO checked (id, other) VALUES (1, 2)";
            s.connection(Default)?.execute(violation, ())
        });
        assert_eq!(split.unwrap_err().kind(), &ErrorKind::SessionSplit);
    });
    assert_eq!(
        (
            sessions(&recorder, "split"),
            sessions(&recorder, "committed")
        ),
        (1.0, 0.0)
    );
    assert_eq!(transactions(&recorder, "b", "committed"), 1.0);
    assert_eq!(transactions(&recorder, "default", "failed"), 1.0);
}

/// Covers MON-01 on PostgreSQL, MariaDB: a COMMIT whose answer is lost.
#[test]
fn mon_01_a_commit_that_may_be_stored_is_an_outcome() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        has_an_unknown_outcome(Postgres, &database.url());
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        has_an_unknown_outcome(Mysql, &database.url());
    }
}

fn has_an_unknown_outcome<E: Everything>(engine: E, url: &str) {
    let proxy = FaultProxy::start(url).unwrap();
    let db = with_tables(engine, proxy.url());
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let mut connection = db.connect(engine).unwrap();
        let lost = connection.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("lost"))?;
            let (direction, pattern) = (Direction::ToServer, b"COMMIT".to_vec());
            proxy.set(Fault::CutBeforePattern { direction, pattern });
            Ok(())
        });
        assert_eq!(lost.unwrap_err().applied(), Applied::Unknown);
    });
    assert_eq!(transactions(&recorder, engine.name(), "unknown"), 1.0);
}

fn failure() -> bindery::Error {
    let db = embedded();
    let mut connection = db.connect(Default).unwrap();
    connection.execute("no statement", ()).unwrap_err()
}

/// Covers MON-01: a recorder that is installed after the databases are opened is noticed.
#[test]
fn mon_01_a_recorder_that_comes_late_is_noticed() {
    let db = embedded();
    let held = db.connect(B).unwrap();
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        db.connect(B).unwrap().blogs().count().unwrap()
    });
    drop(held);
    let engine = [("bindery_engine", "b")];
    assert_eq!(
        sum(
            &recorder,
            "db_client_operation_duration_seconds_count",
            &engine
        ),
        1.0
    );
    assert_eq!(sum(&recorder, "db_client_connection_count", &engine), 2.0);
}

/// Pools of one name add up.
#[test]
fn mon_01_pools_of_one_name_add_up() {
    let recorder = recorder();
    with_local_recorder(&recorder, || {
        let (one, other) = (embedded(), embedded());
        let _held = (one.connect(B).unwrap(), other.connect(B).unwrap());
        let used = [
            ("bindery_engine", "b"),
            ("db_client_connection_state", "used"),
        ];
        assert_eq!(sum(&recorder, "db_client_connection_count", &used), 2.0);
    });
}
