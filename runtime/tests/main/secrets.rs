//! Nothing that is shown holds a password or a value: errors with all their sources, panics, settings, pools.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery::error::Operation;
use bindery::{Connection, EngineOptions, ErrorKind, Registry};
use bindery_testkit::FreshDatabase;

use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{Everything, Logged, NewMember, Tables, on_each_database, with};

const CANARY: &str = "s3cr3t-canary";

fn assert_silent(shown: &str) {
    assert!(!shown.contains(CANARY), "{shown}");
}

/// The error, its sources, and the panic of a caller that unwraps it.
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
    let url_with = |scheme: &str, at: &str| format!("{scheme}://ann:{CANARY}@{at}/shop");
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
        let options = EngineOptions::url(url_with(scheme, &at));
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
        assert_silent(&shown(
            EngineOptionsError::of(&url_with(scheme, "h:99999")).0,
        ));
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

/// Returns the address of a server, or one without a server.
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
    // It carries this instead.
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

/// The errors that triggers of the server raise, with the row's value in texts and names.
const POSTGRES_RAISES: &[&str] = &[
    "RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '42601', MESSAGE = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '57P04', MESSAGE = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '23505', MESSAGE = NEW.email, CONSTRAINT = NEW.email, TABLE = NEW.email, COLUMN = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = NEW.email, TABLE = NEW.email, DETAIL = NEW.email, HINT = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '23502', COLUMN = NEW.email, TABLE = 'members'",
    "RAISE EXCEPTION USING ERRCODE = '22001', COLUMN = NEW.email, SCHEMA = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = '23503', CONSTRAINT = NEW.email",
    "RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = NEW.email",
    "EXECUTE 'SELECT 1 FROM ' || quote_ident(NEW.email)",
];
const MYSQL_RAISES: &[&str] = &[
    "SIGNAL SQLSTATE '42S02' SET MYSQL_ERRNO = 1146, MESSAGE_TEXT = NEW.email",
    "SIGNAL SQLSTATE '42000' SET MYSQL_ERRNO = 1064, MESSAGE_TEXT = NEW.email",
    "SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1054, MESSAGE_TEXT = NEW.email, CONSTRAINT_NAME = NEW.email",
    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062, MESSAGE_TEXT = NEW.nick",
    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1452, MESSAGE_TEXT = NEW.nick",
    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1048, MESSAGE_TEXT = NEW.nick",
    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 4025, MESSAGE_TEXT = NEW.nick",
    "SIGNAL SQLSTATE '22001' SET MYSQL_ERRNO = 1406, MESSAGE_TEXT = NEW.nick",
    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.email",
];

/// Returns all output about each of these when a row with the value is inserted, the log's lines too.
fn raised<E: Everything>(engine: E, database: &FreshDatabase, raises: &[&str]) {
    let is_postgres = database.url().starts_with("postgres");
    let quoted =
        format!("(`{CANARY}`, CONSTRAINT `{CANARY}` for column '{CANARY}' for key '{CANARY}'");
    let db = crate::sample::at(engine.name(), &database.url());
    db.create_missing_on(engine).unwrap();
    for raise in raises {
        let script = if is_postgres {
            format!(
                "CREATE OR REPLACE FUNCTION spill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raise}; RETURN NEW; END $$; \
                 CREATE OR REPLACE TRIGGER spills BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION spill();"
            )
        } else {
            format!(
                "DROP TRIGGER IF EXISTS spills; CREATE TRIGGER spills BEFORE INSERT ON members FOR EACH ROW {raise};"
            )
        };
        database.run_script(&script).unwrap();
        let new = || NewMember {
            nick: Some(Some(quoted.clone())),
            ..NewMember::new(1, CANARY)
        };
        let log = Logged::of(|| {
            let mut c = db.connect(engine).unwrap();
            for outcome in [
                c.members().insert(new()).map(drop),
                c.members().insert_many([new(), new()]).map(drop),
                c.transaction(|tx| tx.members().insert(new()).map(drop)),
            ] {
                let error = outcome.as_ref().unwrap_err();
                let names = format!(
                    "{:?} {:?} {:?}",
                    error.table(),
                    error.column(),
                    error.code()
                );
                assert_silent(&names);
                assert_silent(&shown(outcome));
            }
        });
        assert_silent(&format!("{log:?}"));
    }
}

/// Covers TX-18 on PostgreSQL, MariaDB.
#[test]
fn tx_18_what_triggers_raise_is_not_shown() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        raised(Postgres, &database, POSTGRES_RAISES);
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        raised(Mysql, &database, MYSQL_RAISES);
    }
}
