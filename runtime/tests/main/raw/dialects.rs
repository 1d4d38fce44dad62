//! QRY-02 as a whole: a text for each dialect, literals and operators that look like placeholders, each on the engine it
//! names.

use bindery::raw::EachDialect;
use bindery::{Connection, Dialect, Engine, ErrorKind, Registry, Sql};

use super::{by, sql};
use crate::sample::engine::{Any, B, Default, Mariadb, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, at, embedded, fresh_mariadb, on_each_database};

on_each_database! {
    qry_02_the_branch_of_the_dialect_runs;
    qry_02_literals_that_look_like_placeholders_survive;
    qry_02_a_value_is_bound_whatever_it_holds;
}

/// Titles of blogs whose content has this tag: by containment on PostgreSQL, whose operator `?` stays one.
const TAGGED: EachDialect = Sql::by_dialect()
    .postgres(
        "SELECT title FROM blogs WHERE content::jsonb @> jsonb_build_object('tag', $1::text) \
         AND content::jsonb ? 'tag' ORDER BY id",
    )
    .mysql(
        "SELECT title FROM blogs WHERE JSON_UNQUOTE(JSON_EXTRACT(content, '$.tag')) = ? ORDER BY id",
    )
    .otherwise("SELECT title FROM blogs WHERE json_extract(content, '$.tag') = ? ORDER BY id");

fn tagged<E: Engine>(c: &mut Connection<E>, tag: &str) -> bindery::Result<Vec<String>> {
    c.query_as(TAGGED, (tag,))
}

fn blog(title: &str, content: &str) -> NewBlog {
    NewBlog::new(title).content(content.to_owned())
}

fn fill<E: Everything>(c: &mut Connection<E>) {
    let rows = [
        blog("one", r#"{"tag": "rust", "more": 1}"#),
        blog("two", r#"{"tag": "it's"}"#),
        blog("three", r#"{"other": "rust"}"#),
    ];
    c.blogs().insert_many(rows).unwrap();
}

/// Covers QRY-02.
fn qry_02_the_branch_of_the_dialect_runs<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    assert_eq!(tagged(c, "rust").unwrap(), ["one"]);
    assert_eq!(tagged(c, "it's").unwrap(), ["two"]);
    assert_eq!(E::DIALECT, Some(c.dialect()), "constant and at run time");
    let which = Sql::by_dialect()
        .sqlite("SELECT 'sqlite'")
        .postgres("SELECT 'postgres'")
        .otherwise("SELECT 'mysql'");
    let answered: String = c.query_scalar(which, ()).unwrap();
    assert_eq!(answered, by(c, "sqlite", "postgres", "mysql"));
}

/// Covers QRY-02.
fn qry_02_literals_that_look_like_placeholders_survive<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let text = sql(c, "SELECT title FROM blogs WHERE stars < ? AND title <> ");
    let rest = "'?' /* ? $1 ' */ AND title <> '$1' AND title NOT LIKE '100%' -- it's ? $1 %s\n ORDER BY id";
    let text: &'static str = Box::leak(format!("{text}{rest}").into_boxed_str());
    let titles = c.query_as::<String>(text, (7,)).unwrap();
    assert_eq!(titles, ["one", "two", "three"]);
    let literals = "SELECT '?', '$1', '%', '%s', '-- no comment', ':name', '{}', '\"'";
    type Literals = (
        String,
        String,
        String,
        String,
        String,
        String,
        String,
        String,
    );
    let found: Literals = c.query_row(literals, ()).unwrap();
    let found = [
        found.0, found.1, found.2, found.3, found.4, found.5, found.6, found.7,
    ];
    assert_eq!(
        found,
        ["?", "$1", "%", "%s", "-- no comment", ":name", "{}", "\""]
    );
    // A remainder is no placeholder.
    let remainder: i64 = c.query_scalar("SELECT 7 % 4", ()).unwrap();
    assert_eq!(remainder, 3);
}

/// Covers QRY-02.
fn qry_02_a_value_is_bound_whatever_it_holds<E: Everything>(c: &mut Connection<E>) {
    let update = sql(c, "UPDATE blogs SET content = ? WHERE title = ?");
    for hostile in [
        "?",
        "'?'",
        "$1",
        "%",
        "-- ",
        "/*",
        "'); DROP TABLE blogs; --",
        "\\",
        "\\'",
    ] {
        c.blogs().insert(NewBlog::new(hostile)).unwrap();
        assert_eq!(
            c.execute(update, (hostile, hostile)).unwrap(),
            1,
            "{hostile}"
        );
    }
    let same = "SELECT count(*) FROM blogs WHERE title = content";
    assert_eq!(c.query_scalar::<i64>(same, ()).unwrap(), 9);
}

/// Raw SQL goes to the engine that it names, not to `default`, also where the engine is chosen at run time.
fn on_its_engine<E: Everything>(engine: E, any: Any, db: &Registry) {
    db.create_missing_on(engine).unwrap();
    fill(&mut db.connect(engine).unwrap());
    let count = "SELECT count(*) FROM blogs";
    assert_eq!(db.sql_on(engine).query_scalar::<i64>(count, ()).unwrap(), 3);
    assert_eq!(db.sql_on(any).query_scalar::<i64>(count, ()).unwrap(), 3);
    assert_eq!(db.sql_on(B).query_scalar::<i64>(count, ()).unwrap(), 0);
    assert_eq!(
        tagged(&mut db.connect(any).unwrap(), "rust").unwrap(),
        ["one"]
    );
    assert_eq!(
        (<Any as Engine>::DIALECT, any.dialect()),
        (None, engine.dialect())
    );
    // A text for another dialect than that of the engine chosen is refused before a connection is taken.
    let others = [
        (
            Dialect::Sqlite,
            db.sql_on(any).execute(Sql::sqlite("SELECT 1"), ()),
        ),
        (
            Dialect::Postgres,
            db.sql_on(any).execute(Sql::postgres("SELECT 1"), ()),
        ),
        (
            Dialect::Mysql,
            db.sql_on(any).execute(Sql::mysql("SELECT 1"), ()),
        ),
    ];
    for (dialect, outcome) in others {
        if dialect == engine.dialect() {
            assert_eq!(outcome.unwrap(), 0);
        } else {
            let error = outcome.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        }
    }
}

/// Covers QRY-02.
#[test]
fn qry_02_raw_sql_runs_on_the_engine_that_it_names() {
    let db = embedded();
    on_its_engine(Default, Any::Default, &db);
    let opened = |name, url: &str| {
        let db = at(name, url);
        db.create_missing_on(B).unwrap();
        db
    };
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        on_its_engine(
            Postgres,
            Any::XPostgres,
            &opened("x_postgres", &fresh.url()),
        );
    }
    if let Some(fresh) = bindery_testkit::fresh_mysql() {
        on_its_engine(Mysql, Any::XMysql, &opened("x_mysql", &fresh.url()));
    }
    if let Some(fresh) = fresh_mariadb() {
        on_its_engine(Mariadb, Any::YMariadb, &opened("y_mariadb", &fresh.url()));
    }
}
