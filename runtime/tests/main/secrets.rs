//! Nothing that is shown holds a password or a value: errors with all their sources, panics, settings, pools.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery::{Connection, EngineOptions, ErrorKind, Operation, Registry};

use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{Everything, NewMember, Tables, on_each_database, with};

const CANARY: &str = "s3cr3t-canary";

fn assert_silent(shown: &str) {
    assert!(!shown.contains(CANARY), "{shown}");
}

/// The error, its sources, and the panic of whoever unwraps it.
fn shown<T: std::fmt::Debug>(outcome: bindery::Result<T>) -> String {
    let error = outcome.as_ref().expect_err("it fails");
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        shown.push_str(&format!("{error} {error:?}"));
        source = error.source();
    }
    let panic = catch_unwind(AssertUnwindSafe(|| outcome.unwrap())).expect_err("it panics");
    shown + panic.downcast_ref::<String>().expect("a text")
}

fn settings(db: &Registry) -> String {
    format!("{db:?} {:?}", db.engines())
}

/// Covers POOL-13 on PostgreSQL, MariaDB.
#[test]
fn pool_13_passwords_are_never_shown() {
    let of = |scheme: &str, at: &str| format!("{scheme}://ann:{CANARY}@{at}/shop");
    for (scheme, at, engine) in [
        ("postgres", "127.0.0.1:1".to_owned(), "x_postgres"),
        ("mysql", "127.0.0.1:1".to_owned(), "x_mysql"),
        (
            "postgres",
            place(bindery_testkit::postgres_url()),
            "x_postgres",
        ),
        ("mysql", place(bindery_testkit::mysql_url()), "x_mysql"),
    ] {
        let options = EngineOptions::url(of(scheme, &at));
        assert_silent(&format!("{options:?}"));
        let db = with(engine, options);
        assert_silent(&settings(&db));
        let refused = if engine == "x_postgres" {
            shown(db.connect(Postgres).map(drop))
        } else {
            shown(db.connect(Mysql).map(drop))
        };
        assert_silent(&refused);
        assert_silent(&settings(&db));
        assert_silent(&shown(EngineOptionsError::of(&of(scheme, "h:99999")).0));
    }
}

/// The error of a URL that cannot be used.
struct EngineOptionsError(bindery::Result<Registry>);

impl EngineOptionsError {
    fn of(url: &str) -> Self {
        let config = bindery::Config::new().engine("default", url);
        Self(Registry::with_config(&crate::sample::EMBEDDED, &config))
    }
}

/// Where a server is, or where none is.
fn place(url: Option<String>) -> String {
    let nowhere = || "127.0.0.1:2".to_owned();
    url.map_or_else(nowhere, |url| {
        let (_, rest) = url.rsplit_once('@').expect("an account in the URL");
        rest.split('/').next().expect("a host").to_owned()
    })
}

on_each_database! {
    tx_18_values_are_never_shown;
}

/// Covers TX-18 on SQLite, PostgreSQL, MariaDB.
fn tx_18_values_are_never_shown<E: Everything>(c: &mut Connection<E>) {
    let new = || NewMember::new(1, CANARY);
    c.members().insert(new()).unwrap();
    let outcome = c.members().insert(new()).map(drop);
    let error = outcome.as_ref().unwrap_err();
    let ErrorKind::UniqueViolation(of) = error.kind() else {
        panic!("{error:?}");
    };
    // What it carries instead.
    assert!(of.name.is_some() || of.column.is_some(), "{of:?}");
    assert!(error.code().is_some());
    assert_eq!(error.engine(), Some(c.engine().name()));
    assert_eq!(error.model(), Some("Member"));
    assert_eq!(error.operation(), Some(Operation::Insert));
    assert_silent(&shown(outcome));
    assert_silent(&shown(c.members().insert_many([new(), new()])));
    let failed = c.transaction(|tx| tx.members().insert(new()).map(drop));
    assert_silent(&shown(failed));
}
