//! The text of an error, its place, and the values it does not show.

use std::error::Error as _;
use std::time::Duration;

use bindery::error::TimeoutPhase;
use bindery::{Connection, EngineOptions, ErrorKind};
use bindery_testkit::{FreshDatabase, Watchdog};

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, NewMember, Tables, at, members, on_each_database, with};

const PATIENCE: Duration = Duration::from_secs(120);

on_each_database! {
    debug_reads_like_display_with_its_causes;
    a_connection_whose_transaction_was_forgotten_is_refused;
    reading_all_rows_ends_within_its_time;
    err_01_a_violation_is_the_models_own_key;
}

/// `main` prints a `Result` by `Debug`.
///
/// Covers ERR-02.
fn debug_reads_like_display_with_its_causes<E: Everything>(c: &mut Connection<E>) {
    let new = || NewMember::new(1, "ann@example.org");
    c.members().insert(new()).unwrap();
    let error = c.members().insert(new()).unwrap_err();
    let cause = error.source().expect("what the database said");
    let expected = format!("{error}\n  caused by: {cause}");
    assert_eq!(format!("{error:?}"), expected);
    assert_eq!(format!("{error:#?}"), expected);
    let missing = c.members().get(bindery::Key::new(77)).unwrap_err();
    assert_eq!(format!("{missing:?}"), missing.to_string());
}

/// The constraint is the model's own, whatever the database calls it.
///
/// Covers ERR-01 on SQLite, PostgreSQL, MariaDB.
fn err_01_a_violation_is_the_models_own_key<E: Everything>(c: &mut Connection<E>) {
    let new = |id: i64, user: i64, email: &str| NewMember {
        id: Some(id),
        ..NewMember::new(user, email)
    };
    c.members().insert(new(1, 1, "ann@example.org")).unwrap();
    for (row, key) in [
        (new(1, 2, "bob@example.org"), members::PRIMARY_KEY),
        (new(2, 1, "bob@example.org"), members::USER_ID),
        (new(2, 2, "ann@example.org"), members::EMAIL),
    ] {
        for outcome in [
            c.members().insert(row.clone()).map(drop),
            c.members().insert_many([row.clone()]).map(drop),
            c.transaction(|tx| tx.members().insert(row.clone()).map(drop)),
        ] {
            let error = outcome.unwrap_err();
            assert!(
                error.is_unique_violation() && error.constraint() == key,
                "{error}"
            );
            assert_eq!(
                (error.table(), error.column()),
                (Some("members"), key.columns.first().copied())
            );
            assert!(error.server_message().is_some(), "{error}");
        }
    }
}

/// Covers TX-7.
fn a_connection_whose_transaction_was_forgotten_is_refused<E: Everything>(c: &mut Connection<E>) {
    let mut outer = c.begin().unwrap();
    outer.blogs().insert(NewBlog::new("kept")).unwrap();
    let mut inner = outer.begin().unwrap();
    inner.blogs().insert(NewBlog::new("lost")).unwrap();
    std::mem::forget(inner);
    outer.blogs().insert(NewBlog::new("never")).unwrap_err();
    outer.blogs().count().unwrap_err();
    outer.transaction(|tx| tx.blogs().count()).unwrap_err();
    outer.commit().unwrap();
    assert_eq!(c.blogs().count().unwrap(), 1);
}

fn a_forgotten_transaction<E: Everything>(engine: E, url: &str) {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    let mut c = db.connect(engine).unwrap();
    let mut tx = c.begin().unwrap();
    tx.blogs()
        .insert(NewBlog::new("in the transaction"))
        .unwrap();
    std::mem::forget(tx);
    assert!(c.in_transaction());
    let refused = [
        c.blogs().insert(NewBlog::new("after it")).map(drop),
        c.blogs().insert_many([NewBlog::new("after it")]).map(drop),
        c.blogs().count().map(drop),
        c.blogs().iter().map(drop),
        c.transaction(|tx| tx.blogs().count()).map(drop),
        c.begin().map(drop),
        c.check(),
    ];
    for outcome in refused {
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains("mem::forget"), "{error}");
        assert_eq!(error.engine(), Some(engine.name()), "{error}");
    }
    drop(c);
    assert_eq!(db.engine(engine.name()).unwrap().pool.open, 0);
    assert_eq!(db.connect(engine).unwrap().blogs().count().unwrap(), 0);
}

/// Covers TX-7.
#[test]
fn tx_7_a_forgotten_transaction_takes_nothing_more() {
    let _watchdog = Watchdog::start("tx_7_a_forgotten_transaction_takes_nothing_more", PATIENCE);
    a_forgotten_transaction(Default, &file(&tempfile::tempdir().unwrap()));
    if let Some(database) = bindery_testkit::fresh_postgres() {
        a_forgotten_transaction(Postgres, &database.url());
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        a_forgotten_transaction(Mysql, &database.url());
    }
}

fn file(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}/errors.db", folder.path().display())
}

/// A file that holds something else will hold it when it is tried again, too.
#[test]
fn a_file_that_is_no_database_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("errors.db"),
        "no database ".repeat(1_000),
    )
    .unwrap();
    let db = at("default", &file(&folder));
    let error = db.connect(Default).map(drop).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Corrupt, "{error:?}");
    assert_eq!(error.code(), Some("26"));
    assert!(!error.is_retryable(), "{error:?}");
}

/// Each row comes in time, and all of them do not.
///
/// Covers TX-4.
fn reading_all_rows_ends_within_its_time<E: Everything>(c: &mut Connection<E>) {
    c.blogs()
        .insert_many((0..5_000).map(|_| NewBlog::new("x".repeat(100))))
        .unwrap();
    let rows = c.blogs().iter().unwrap().within(PATIENCE);
    assert_eq!(rows.map(Result::unwrap).count(), 5_000);
    let limit = Duration::from_millis(300);
    let mut rows = c.blogs().iter().unwrap().within(limit);
    rows.next().unwrap().unwrap();
    std::thread::sleep(limit);
    let error = rows.next().unwrap().unwrap_err();
    assert!(error.is_timeout() && !error.is_retryable(), "{error}");
    assert!(rows.next().is_none());
    drop(rows);
    // Whatever is done next has its own time, and sees no row of these.
    assert_eq!(c.blogs().count().unwrap(), 5_000);
    assert_eq!(c.blogs().iter().unwrap().count(), 5_000);
}

const LIMIT: Duration = Duration::from_millis(1_200);

/// Every statement of a call is done within the limit, and the call is not.
fn a_call_of_several_statements<E: Everything>(engine: E, url: &str) {
    at(engine.name(), url).create_missing_on(engine).unwrap();
    let db = with(
        engine.name(),
        EngineOptions::url(url).statement_timeout(LIMIT),
    );
    let mut c = db.connect(engine).unwrap();
    let member = |number: i64| NewMember::new(number, format!("{number}@example.org"));
    // More than go with one statement; in the midst of them time passes.
    let slow = (0..10_000).map(|number| {
        if number == 5_000 {
            std::thread::sleep(LIMIT * 2);
        }
        member(number)
    });
    let timeout = ErrorKind::Timeout {
        phase: TimeoutPhase::Statement,
    };
    let error = c.members().insert_many(slow).unwrap_err();
    assert_eq!(*error.kind(), timeout, "{error:?}");
    drop(c);
    let mut c = db.connect(engine).unwrap();
    assert_eq!(c.members().count().unwrap(), 0);
    // The call that has ended has no effect on the next one.
    assert_eq!(c.members().insert_many((0..3).map(member)).unwrap(), 3);
    std::thread::sleep(LIMIT * 2);
    assert_eq!(c.members().insert_many((3..6).map(member)).unwrap(), 3);
}

/// Covers TX-4.
#[test]
fn tx_4_a_deadline_spans_a_call_of_several_statements() {
    let _watchdog = Watchdog::start("tx_4_a_deadline_spans_a_call", PATIENCE);
    a_call_of_several_statements(Default, &file(&tempfile::tempdir().unwrap()));
    if let Some(database) = bindery_testkit::fresh_postgres() {
        a_call_of_several_statements(Postgres, &database.url());
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        a_call_of_several_statements(Mysql, &database.url());
    }
}

/// The other server's port, connected to with another's protocol.
fn asked_for_the_wrong_one<E: Everything>(engine: E, port_of: &FreshDatabase, found: &str) {
    let (_, place) = port_of
        .url()
        .rsplit_once('@')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let scheme = if engine.name() == "x_postgres" {
        "postgres"
    } else {
        "mysql"
    };
    let url = format!("{scheme}://ann:secret@{place}");
    let limit = Duration::from_secs(20);
    let options = EngineOptions::url(&url)
        .connect_timeout(limit)
        .acquire_timeout(limit);
    let error = with(engine.name(), options)
        .connect(engine)
        .map(drop)
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains(found), "{error}");
    assert!(!error.is_retryable());
}

/// Covers CON-09 on PostgreSQL, MariaDB.
#[test]
fn con_09_the_port_of_another_product_says_which() {
    let (Some(postgres), Some(mysql)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ) else {
        return;
    };
    asked_for_the_wrong_one(Postgres, &mysql, "found M");
    asked_for_the_wrong_one(Mysql, &postgres, "found PostgreSQL");
}
