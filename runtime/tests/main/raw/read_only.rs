//! Transactions that only read: writes of every kind are refused before they are sent, and by the database, too.

use bindery::{
    Column, Connection, Engine as _, Error, ErrorKind, Registry, Result, StaticEngine,
    TransactionOptions,
};

use super::{by, sql};
use crate::sample::engine::{B, Default, Mariadb, Mysql, Postgres};
use crate::sample::{
    BlogPatch, Everything, MemberQueries, NewBlog, NewMember, Tables, at, blog, embedded,
    fresh_mariadb, model, on_each_database,
};

on_each_database! {
    sel_06_writes_are_refused_before_they_are_sent;
    sel_06_raw_writes_are_refused_before_they_are_sent;
    sel_06_statements_that_read_pass;
    sel_06_the_database_refuses_what_a_function_writes;
}

fn reading<E: Everything, T>(
    c: &mut Connection<E>,
    work: impl FnOnce(&mut Connection<E>) -> Result<T>,
) -> Result<T> {
    let options = TransactionOptions::new().read_only();
    c.transaction_with(options, |tx| work(tx))
}

/// The database was not reached: it would have given its code.
fn ensure_refused<E: Everything>(error: &Error, what: &str) {
    assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{what}: {error:?}");
    assert_eq!(error.code(), None, "{what}: {error:?}");
    assert_eq!(error.engine(), Some(E::default().name()), "{what}");
}

type Call<E> = (&'static str, fn(&mut Connection<E>) -> Result<()>);

fn calls<E: Everything>() -> Vec<Call<E>> {
    const TITLE: Column<model::Blog, String> = blog::title;
    vec![
        ("insert", |c| c.blogs().insert(NewBlog::new("a")).map(drop)),
        ("insert", |c| {
            c.blogs().insert_or_ignore(NewBlog::new("a")).map(drop)
        }),
        ("insert_many", |c| {
            c.blogs().insert_many([NewBlog::new("a")]).map(drop)
        }),
        ("upsert", |c| {
            c.members()
                .upsert_by_user_id(NewMember::new(1, "a"))
                .map(drop)
        }),
        ("update", |c| {
            let change = BlogPatch {
                stars: Some(7),
                ..BlogPatch::default()
            };
            c.blogs().update(E::default_key(), change).map(drop)
        }),
        ("save", |c| {
            let blog = c.blogs().first()?.expect("there is one");
            c.blogs().save(&blog).map(drop)
        }),
        ("delete", |c| c.blogs().delete(E::default_key()).map(drop)),
        ("delete_many", |c| {
            c.blogs().delete_many([E::default_key()]).map(drop)
        }),
        ("update", |c| {
            let all = c.blogs().filter(TITLE.eq("kept"));
            all.update(TITLE.set_to("changed")).map(drop)
        }),
        ("delete", |c| {
            c.blogs().query().all_rows().delete().map(drop)
        }),
        ("insert", |c| {
            c.transaction(|tx| tx.blogs().insert(NewBlog::new("a")).map(drop))
        }),
    ]
}

/// A key of the engine, whatever row it is of.
trait DefaultKey: StaticEngine {
    fn default_key() -> crate::sample::BlogId<Self> {
        crate::sample::BlogId::new(1)
    }
}

impl<E: StaticEngine> DefaultKey for E {}

/// Covers SEL-06.
fn sel_06_writes_are_refused_before_they_are_sent<E: Everything>(c: &mut Connection<E>) {
    c.blogs().insert(NewBlog::new("kept")).unwrap();
    for (what, call) in calls::<E>() {
        let error = reading(c, call).unwrap_err();
        ensure_refused::<E>(&error, what);
        assert!(error.to_string().contains(what), "{what}: {error}");
    }
    let titles = c.query_as::<String>("SELECT title FROM blogs", ());
    assert_eq!(titles.unwrap(), ["kept"]);
    reading(c, |_| Ok(())).unwrap();
    c.blogs().insert(NewBlog::new("after")).unwrap();
}

/// Covers SEL-06.
fn sel_06_raw_writes_are_refused_before_they_are_sent<E: Everything>(c: &mut Connection<E>) {
    let comments = "/* SELECT */ -- SELECT\n".repeat(50);
    let long = format!(
        "SELECT '{}' UNION SELECT title FROM blogs FOR UPDATE",
        "it''s a (long) -- text; ".repeat(45_000)
    );
    assert!(long.len() > 1_000_000);
    let texts = [
        "INSERT INTO blogs (title) VALUES ('raw')".to_owned(),
        format!("{comments}INSERT INTO blogs (title) VALUES ('raw')"),
        "/* a */ UPDATE blogs SET stars = 7".to_owned(),
        "DELETE FROM blogs".to_owned(),
        "WITH a AS (SELECT 1) DELETE FROM blogs".to_owned(),
        "WITH a AS (INSERT INTO blogs (title) VALUES ('raw') RETURNING id) SELECT id FROM a"
            .to_owned(),
        "SELECT title FROM blogs FOR UPDATE".to_owned(),
        "DROP TABLE blogs".to_owned(),
        by(
            c,
            "PRAGMA query_only = OFF",
            "SET TRANSACTION READ WRITE",
            "SET TRANSACTION READ WRITE",
        )
        .to_owned(),
        long,
    ];
    for text in texts {
        let what: String = text.chars().rev().take(60).collect();
        let started = std::time::Instant::now();
        let error = reading(c, |c| c.execute(super::assembled(&text), ())).unwrap_err();
        ensure_refused::<E>(&error, &what);
        assert!(started.elapsed().as_millis() < 1_000, "{what}");
        let source = std::error::Error::source(&error).expect("it has the kind");
        assert!(
            source.to_string().contains("was not sent"),
            "{what}: {source}"
        );
        let error = reading(c, |c| c.query_as::<String>(super::assembled(&text), ()));
        ensure_refused::<E>(&error.unwrap_err(), &what);
        let script = format!("SELECT 1; {text}");
        let error = reading(c, |c| c.execute_batch(super::assembled(&script)));
        ensure_refused::<E>(&error.unwrap_err(), &what);
    }
    assert_eq!(c.blogs().count().unwrap(), 0);
}

/// Covers SEL-06.
fn sel_06_statements_that_read_pass<E: Everything>(c: &mut Connection<E>) {
    c.blogs().insert(NewBlog::new("kept")).unwrap();
    let explain = by(
        c,
        "EXPLAIN QUERY PLAN SELECT title FROM blogs",
        "EXPLAIN SELECT title FROM blogs",
        "EXPLAIN SELECT title FROM blogs",
    );
    let bound = sql(
        c,
        "/* INSERT */ SELECT title FROM blogs WHERE title <> 'FOR UPDATE; DELETE FROM blogs' AND stars < ?",
    );
    reading(c, |c| {
        assert_eq!(c.query_as::<String>(bound, (7,))?, ["kept"]);
        assert_eq!(
            c.query_as::<String>(
                "WITH a AS (SELECT title FROM blogs) SELECT title FROM a",
                ()
            )?,
            ["kept"]
        );
        c.execute(explain, ())?;
        c.execute_batch("SELECT 1; SELECT 2;")?;
        assert_eq!(c.blogs().count()?, 1);
        c.transaction(|tx| tx.blogs().all().map(drop))
    })
    .unwrap();
}

/// Covers SEL-06.
fn sel_06_the_database_refuses_what_a_function_writes<E: Everything>(c: &mut Connection<E>) {
    // SQLite has no functions that write: it says that its connection only reads.
    let define = by(
        c,
        "SELECT 1",
        "CREATE FUNCTION add_one() RETURNS int LANGUAGE sql AS $$ INSERT INTO blogs (title) VALUES ('f') RETURNING 1 $$",
        "CREATE FUNCTION add_one() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO blogs (title) VALUES ('f'); RETURN 1; END",
    );
    c.execute_batch(define).unwrap();
    let call = by(
        c,
        "SELECT 1 / (query_only - 1) FROM pragma_query_only",
        "SELECT add_one()",
        "SELECT add_one()",
    );
    let outcome = reading(c, |c| c.query_scalar::<Option<i64>>(call, ()));
    match outcome {
        Ok(divided) => assert_eq!(divided, None, "1 / 0 is NULL on SQLite"),
        Err(error) => {
            assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{error:?}");
            assert!(error.code().is_some(), "{error:?}");
        }
    }
    assert_eq!(c.blogs().count().unwrap(), 0);
}

/// Functions of PostgreSQL's that write where it does not refuse them.
///
/// Covers SEL-06 on PostgreSQL.
#[test]
fn sel_06_functions_that_write_large_objects_are_refused() {
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    for resolves in [false, true] {
        let options = bindery::EngineOptions::url(fresh.url()).resolve_commits(resolves);
        let db = crate::sample::with(Postgres.name(), options);
        let mut c = db.connect(Postgres).unwrap();
        for text in [
            "SELECT lo_create(0)::text",
            "SELECT lo_from_bytea(0, 'x')::text",
            "SELECT pg_logical_emit_message(true, 'a', 'b')::text",
        ] {
            type Run = fn(&mut Connection<Postgres>, &'static str) -> Result<()>;
            let ways: [Run; 3] = [
                |c, text| c.query_as::<String>(text, ()).map(drop),
                |c, text| c.execute(text, ()).map(drop),
                |c, text| c.execute_batch(text),
            ];
            for way in ways {
                let error = reading(&mut c, |c| way(c, text)).unwrap_err();
                assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{text}: {error:?}");
                let again = reading(&mut c, |c| {
                    c.query_as::<String>("SELECT 'a'", ())?;
                    let inner = c.transaction(|tx| way(tx, text));
                    assert!(inner.is_err(), "{text}");
                    way(c, text)
                });
                assert!(again.is_err(), "{text}");
            }
        }
        let left = "SELECT count(*) FROM pg_largeobject_metadata";
        assert_eq!(c.query_scalar::<i64>(left, ()).unwrap(), 0);
        let select_number = |c: &mut Connection<Postgres>| c.query_scalar::<i64>(left, ());
        assert_eq!(reading(&mut c, select_number).unwrap(), 0);
        c.execute("SELECT lo_create(0)", ()).unwrap();
        assert_eq!(reading(&mut c, select_number).unwrap(), 1);
        c.execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", ())
            .unwrap();
    }
}

/// For engines with locks on rows.
macro_rules! locks_nothing {
    ($engine:ident, $url:expr) => {{
        let db = at($engine.name(), $url);
        db.create_missing_on($engine).unwrap();
        let mut c = db.connect($engine).unwrap();
        let error = reading(&mut c, |c| c.blogs().query().for_update().all()).unwrap_err();
        ensure_refused::<$engine>(&error, "for_update");
        c.transaction(|tx| tx.blogs().query().for_update().all())
            .unwrap();
    }};
}

/// Covers SEL-06 on PostgreSQL, MySQL, MariaDB.
#[test]
fn sel_06_rows_are_not_locked_where_nothing_is_written() {
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        locks_nothing!(Postgres, &fresh.url());
    }
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        locks_nothing!(Mysql, &fresh.url());
    }
    if let Some(fresh) = fresh_mariadb() {
        locks_nothing!(Mariadb, &fresh.url());
    }
}

/// The engine and `b` in one scope.
fn both<E: Everything>(engine: E, db: &Registry) {
    db.create_missing_on(B).unwrap();
    db.connect(engine)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("here"))
        .unwrap();
    let counts = db.read_only((engine, B), |(one, b)| {
        Ok((one.blogs().count()?, b.blogs().count()?))
    });
    assert_eq!(counts.unwrap(), (1, 0));
    let error = db.read_only((engine, B), |(one, b)| {
        one.blogs().count()?;
        b.blogs().insert(NewBlog::new("b")).map(drop)
    });
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.engine()),
        (&ErrorKind::ReadOnly, Some("b"))
    );
    let error = db.read_only((B, engine), |(b, one)| {
        b.query_scalar::<i64>("SELECT count(*) FROM blogs", ())?;
        one.execute("DELETE FROM blogs", ())
    });
    ensure_refused::<E>(&error.unwrap_err(), "raw");
    let mut c = db.connect(engine).unwrap();
    c.blogs().insert(NewBlog::new("after")).unwrap();
    assert_eq!(c.blogs().count().unwrap(), 2);
}

/// Covers SEL-06.
#[test]
fn sel_06_a_scope_of_several_engines_only_reads() {
    both(Default, &embedded());
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        let db = at("x_postgres", &fresh.url());
        db.create_missing_on(Postgres).unwrap();
        both(Postgres, &db);
    }
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        let db = at("x_mysql", &fresh.url());
        db.create_missing_on(Mysql).unwrap();
        both(Mysql, &db);
    }
    if let Some(fresh) = fresh_mariadb() {
        let db = at("y_mariadb", &fresh.url());
        db.create_missing_on(Mariadb).unwrap();
        both(Mariadb, &db);
    }
}
