//! Errors of raw statements: what they report, and what they keep to themselves.

use std::time::{Duration, Instant};

use bindery::error::{Applied, Operation};
use bindery::{Connection, Dialect, EngineOptions, ErrorKind, StaticEngine};

use super::{assembled, by, sql};
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, on_each_database, with};

on_each_database! {
    err_02_a_wrong_statement_is_told_with_the_databases_words;
    err_02_no_value_is_in_an_error;
    err_02_a_row_that_is_not_read_leaves_no_doubt_in_a_transaction;
    err_02_a_text_without_a_statement_is_refused_and_loses_nothing;
    err_02_values_that_do_not_fit_the_placeholders_are_told_as_that;
}

const SECRET: &str = "top-secret-9137";

/// Covers ERR-02.
fn err_02_a_wrong_statement_is_told_with_the_databases_words<E: Everything>(c: &mut Connection<E>) {
    let name = c.engine().name();
    let error = c
        .query_as::<i64>("SELECT title FORM blogs", ())
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Syntax, "{error:?}");
    assert_eq!(
        (error.engine(), error.operation()),
        (Some(name), Some(Operation::Query))
    );
    assert_eq!(error.applied(), Applied::No);
    let told = format!("{error:?}");
    let words = by(
        c,
        "near \"blogs\": syntax error (at character 19)",
        "code 42601: syntax error at or near \"blogs\" (at character 19)",
        "near 'blogs' at line 1",
    );
    assert!(told.contains(words), "{told}");
    let position = match c.dialect() {
        Dialect::Sqlite | Dialect::Postgres => Some(19),
        Dialect::Mysql => None,
    };
    assert_eq!(error.position(), position);

    let error = c
        .execute(sql(c, "UPDATE blogs SET starz = ?"), (1,))
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::SchemaMismatch, "{error:?}");
    assert!(format!("{error:?}").contains("starz"), "{error:?}");
    assert_eq!(error.operation(), Some(Operation::Execute));

    let error = c
        .execute_batch("SELECT 1; SELECT title FORM blogs")
        .unwrap_err();
    assert_eq!(error.operation(), Some(Operation::ExecuteBatch));
    assert!(format!("{error:?}").contains("blogs"), "{error:?}");
}

fn err_02_no_value_is_in_an_error<E: Everything>(c: &mut Connection<E>) {
    c.execute_batch("CREATE TABLE secrets (a VARCHAR(40) NOT NULL PRIMARY KEY, b INTEGER NOT NULL CHECK (b > 0))")
        .unwrap();
    let insert = sql(c, "INSERT INTO secrets VALUES (?, ?)");
    c.execute(insert, (SECRET, 1)).unwrap();
    let pasted = format!("SELECT '{SECRET}' FORM blogs");
    let literal = format!("INSERT INTO secrets VALUES ('{SECRET}', 1)");
    let errors = [
        c.execute(insert, (SECRET, 1)).unwrap_err(),
        c.execute(insert, (SECRET, 0)).unwrap_err(),
        c.execute(insert, (None::<String>, 1)).unwrap_err(),
        c.execute_batch(assembled(&literal)).unwrap_err(),
        c.execute(assembled(&pasted), ()).unwrap_err(),
        c.execute_batch(assembled(&pasted)).unwrap_err(),
        c.query_as::<i64>("SELECT a FROM secrets", ()).unwrap_err(),
        c.query_as::<(i64, i64)>(assembled(&format!("SELECT '{SECRET}'")), ())
            .unwrap_err(),
        c.query_as::<(i64,)>(assembled(&format!("SELECT 1, '{SECRET}'")), ())
            .unwrap_err(),
    ];
    for error in errors {
        let told = format!("{error} {error:?} {:#?}", error.kind());
        assert!(!told.contains(SECRET), "{told}");
        assert_eq!(error.engine(), Some(c.engine().name()));
    }
    c.execute("DROP TABLE secrets", ()).unwrap();
}

fn err_02_a_row_that_is_not_read_leaves_no_doubt_in_a_transaction<E: Everything>(
    c: &mut Connection<E>,
) {
    c.blogs().insert(NewBlog::new("one")).unwrap();
    let read = "SELECT title FROM blogs";
    let mut tx = c.begin().unwrap();
    let error = tx.query_as::<i64>(read, ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { .. }));
    assert_eq!(error.applied(), Applied::No);
    let error = tx.query_as::<String>(read, ()).unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::TransactionAborted,
        "it may have written"
    );
    drop(tx);
    let returning = by(
        c,
        "INSERT INTO blogs (title) VALUES ('two') RETURNING title",
        "INSERT INTO blogs (title) VALUES ('two') RETURNING title",
        read,
    );
    let error = c.query_as::<i64>(returning, ()).unwrap_err();
    assert_ne!(error.applied(), Applied::No, "{error:?}");
}

/// Covers ERR-02.
fn err_02_a_text_without_a_statement_is_refused_and_loses_nothing<E: Everything>(
    c: &mut Connection<E>,
) {
    let none = ErrorKind::Unsupported("the text has no statement");
    for text in ["", ";", " ;; ", "-- x", "/* x */"] {
        let session = c.query_scalar::<i64>(session_number(c), ()).unwrap();
        for error in [
            c.execute(assembled(text), ()).unwrap_err(),
            c.query_as::<i64>(assembled(text), ()).unwrap_err(),
        ] {
            assert_eq!(error.kind(), &none, "{text:?}: {error:?}");
            assert_eq!(error.applied(), Applied::No, "{text:?}");
        }
        c.execute_batch(assembled(text)).unwrap();
        c.execute_batch(assembled(&format!("SELECT 1; {text}")))
            .unwrap();
        c.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("kept"))?;
            assert_eq!(tx.execute(assembled(text), ()).unwrap_err().kind(), &none);
            tx.execute_batch(assembled(text))?;
            tx.blogs().count()
        })
        .unwrap();
        let after = c.query_scalar::<i64>(session_number(c), ()).unwrap();
        assert_eq!(session, after, "{text:?}: the connection is the same");
    }
    assert_eq!(c.execute("", ()).unwrap_err().kind(), &none);
    assert_eq!(c.execute("", ()).unwrap_err().kind(), &none, "kept");
    assert_eq!(c.blogs().count().unwrap(), 5);
    // A transaction that begins with such a text.
    c.transaction(|tx| {
        assert_eq!(tx.execute(";", ()).unwrap_err().kind(), &none);
        tx.blogs().count()
    })
    .unwrap();
}

fn session_number<E: Everything>(c: &Connection<E>) -> &'static str {
    by(
        c,
        "SELECT 1",
        "SELECT pg_backend_pid()::bigint",
        "SELECT CAST(CONNECTION_ID() AS SIGNED)",
    )
}

/// Covers ERR-02.
fn err_02_values_that_do_not_fit_the_placeholders_are_told_as_that<E: Everything>(
    c: &mut Connection<E>,
) {
    let update = sql(c, "UPDATE blogs SET stars = ? WHERE title = ?");
    let errors = [
        (
            c.execute(update, (1,)).unwrap_err(),
            "1 value was given for 2 placeholders",
        ),
        (
            c.execute(update, (1, "a", 2)).unwrap_err(),
            "3 values were given for 2 placeholders",
        ),
        (
            c.query_as::<i64>("SELECT stars FROM blogs", (1,))
                .unwrap_err(),
            "1 value was given for 0 placeholders",
        ),
    ];
    for (error, words) in errors {
        assert_eq!(error.kind(), &ErrorKind::WrongParameters(words.to_owned()));
        assert_eq!(error.applied(), Applied::No);
        assert!(error.to_string().contains(words), "{error}");
    }
    let mistyped = c.execute(update, (SECRET, "a"));
    match c.dialect() {
        Dialect::Postgres => {
            let error = mistyped.unwrap_err();
            let words = "text was given where the database has `int8`";
            assert_eq!(error.kind(), &ErrorKind::WrongParameters(words.to_owned()));
            assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
        }
        // They look at a value when there is a row to put it into.
        Dialect::Sqlite | Dialect::Mysql => assert_eq!(mistyped.unwrap(), 0),
    }
    // It is the caller's mistake: the transaction goes on.
    c.transaction(|tx| {
        tx.blogs().insert(NewBlog::new("kept"))?;
        assert!(tx.execute(update, (1,)).is_err());
        tx.execute(update, (1, "kept"))
    })
    .unwrap();
}

fn takes_too_long<E: StaticEngine + Everything>(engine: E, url: &str, endless: &'static str) {
    let options = EngineOptions::url(url).statement_timeout(Duration::from_millis(200));
    let db = with(engine.name(), options);
    let mut c = db.connect(engine).unwrap();
    let started = Instant::now();
    for error in [
        c.query_as::<Option<String>>(endless, ()).unwrap_err(),
        c.execute(assembled(endless), ()).unwrap_err(),
        c.execute_batch(endless).unwrap_err(),
    ] {
        assert!(error.is_timeout(), "{error:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(
        c.query_scalar::<i64>("SELECT 1", ()).unwrap(),
        1,
        "it is there again"
    );
}

#[test]
fn a_raw_statement_ends_in_time() {
    const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT CAST(count(*) AS TEXT) FROM n";
    takes_too_long(Default, ":memory:", ENDLESS);
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        takes_too_long(Postgres, &fresh.url(), "SELECT pg_sleep(60)::text");
    }
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        takes_too_long(
            Mysql,
            &fresh.url(),
            "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c",
        );
    }
}
