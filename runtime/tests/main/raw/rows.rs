//! Values bound and rows read.

use bindery::{Connection, ErrorKind, Sql};

use super::{assembled, by, sql};
use crate::sample::engine::{Any, B, Default};
use crate::sample::{Blog, Everything, NewBlog, Tables, at, blog, embedded, on_each_database};

on_each_database! {
    qry_02_rows_are_read_into_models_tuples_and_values;
    qry_02_columns_are_found_by_name_and_checked;
    qry_02_every_value_is_bound;
    qry_10_hostile_text_changes_nothing_but_the_value;
    rows_that_are_changed_are_counted;
    one_row_is_exactly_one;
    a_text_that_is_put_together_runs_and_is_not_kept;
    a_kept_statement_follows_its_table;
}

fn fill<E: Everything>(c: &mut Connection<E>) {
    for (title, stars) in [("one", 1), ("two", 2), ("three", 3)] {
        let insert = sql(
            c,
            "INSERT INTO blogs (title, content, stars) VALUES (?, ?, ?)",
        );
        assert_eq!(c.execute(insert, (title, None::<&str>, stars)).unwrap(), 1);
    }
}

/// Covers QRY-02.
fn qry_02_rows_are_read_into_models_tuples_and_values<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let at_least = sql(c, "SELECT * FROM blogs WHERE stars >= ? ORDER BY stars");
    let blogs: Vec<Blog<E>> = c.query_as(at_least, (2,)).unwrap();
    let all = c.blogs().order_by(blog::stars.asc()).all();
    assert_eq!(blogs, all.unwrap()[1..]);

    let pairs = c.query_as::<(String, i64)>("SELECT title, stars FROM blogs ORDER BY stars", ());
    let expected = [("one", 1), ("two", 2), ("three", 3)];
    let expected = expected.map(|(title, stars)| (title.to_owned(), stars));
    assert_eq!(pairs.unwrap(), expected);

    let of = sql(
        c,
        "SELECT title FROM blogs WHERE stars IN (?, ?, ?) ORDER BY stars DESC",
    );
    assert_eq!(
        c.query_as::<String>(of, [1, 3, 7]).unwrap(),
        ["three", "one"]
    );
    let stars = vec![1_i64, 3, 7];
    assert_eq!(c.query_as::<String>(of, &stars).unwrap().len(), 2);
    assert_eq!(c.query_as::<String>(of, &stars[..]).unwrap().len(), 2);

    let count: i64 = c.query_scalar("SELECT count(*) FROM blogs", ()).unwrap();
    let none: Option<String> = c
        .query_scalar("SELECT max(content) FROM blogs", ())
        .unwrap();
    assert_eq!((count, none), (3, None));

    c.transaction(|tx| {
        assert_eq!(tx.execute("DELETE FROM blogs", ())?, 3);
        assert_eq!(tx.query_scalar::<i64>("SELECT count(*) FROM blogs", ())?, 0);
        Err::<(), _>(bindery::Error::new(ErrorKind::NotFound))
    })
    .unwrap_err();
    assert_eq!(c.blogs().count().unwrap(), 3, "it was in the transaction");
}

fn qry_02_columns_are_found_by_name_and_checked<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let other_order = "SELECT stars, content, id, title FROM blogs ORDER BY stars";
    let blogs: Vec<Blog<E>> = c.query_as(other_order, ()).unwrap();
    assert_eq!((blogs[2].title.as_str(), blogs[2].stars), ("three", 3));

    let message = |c: &mut Connection<E>, text: &'static str| {
        let error = c.query_as::<Blog<E>>(text, ()).unwrap_err();
        (error.kind().clone(), error.to_string())
    };
    let name = c.engine().name();
    let (kind, text) = message(c, "SELECT id, title, content FROM blogs");
    assert!(matches!(kind, ErrorKind::WrongColumns { .. }), "{text}");
    let expected = "the columns of the query are not those of `Blog`: there is no column `stars`";
    assert_eq!(text, format!("engine `{name}`: query: {expected}"));
    let (_, text) = message(c, "SELECT id, title, content, stars, 1 AS more FROM blogs");
    assert!(text.ends_with("it has no column `more`"), "{text}");
    let (_, text) = message(c, "SELECT id, title AS content, content, stars FROM blogs");
    assert!(
        text.ends_with("there is no column `title`, and it has no column `content`"),
        "{text}"
    );

    let (kind, text) = message(c, "SELECT id, stars AS title, content, stars FROM blogs");
    assert!(matches!(kind, ErrorKind::Decode { .. }), "{text}");
    assert!(
        text.ends_with("column `title` of `Blog` is no text"),
        "{text}"
    );
    let (_, text) = message(c, "SELECT content, stars, id, content AS title FROM blogs");
    assert!(
        text.ends_with("column `title` of `Blog` is NULL, and no text"),
        "{text}"
    );

    let two = c.query_as::<(i64, String)>("SELECT id, title, stars FROM blogs", ());
    let text = two.unwrap_err().to_string();
    assert!(
        text.ends_with("those of `a row of 2 columns`: it has no column `stars`"),
        "{text}"
    );

    // Nothing was done where the columns do not fit.
    let insert = by(
        c,
        "INSERT INTO blogs (title) VALUES ('x') RETURNING id",
        "INSERT INTO blogs (title) VALUES ('x') RETURNING id",
        "SELECT id FROM blogs",
    );
    let error = c.query_as::<Blog<E>>(insert, ()).unwrap_err();
    assert_eq!(error.applied(), bindery::error::Applied::No);
    assert_eq!(c.blogs().count().unwrap(), 3);
}

fn qry_02_every_value_is_bound<E: Everything>(c: &mut Connection<E>) {
    let awkward = "'?' $1 % -- \\ \" /* */ ? 🦀";
    let insert = sql(
        c,
        "INSERT INTO blogs (title, content, stars) VALUES (?, ?, ?) -- it's a comment",
    );
    c.execute(insert, (awkward, Some(awkward.to_owned()), i64::MIN))
        .unwrap();
    let read: (String, Option<String>, i64) = c
        .query_row("SELECT title, content, stars FROM blogs", ())
        .unwrap();
    assert_eq!(
        read,
        (awkward.to_owned(), Some(awkward.to_owned()), i64::MIN)
    );

    let text = by(
        c,
        "SELECT '?' || '$1 % --' || title /* ? */ FROM blogs WHERE title = ? -- ?",
        "SELECT '?' || '$1 % --' || title /* $1 */ FROM blogs WHERE title = $1 -- $2",
        "SELECT CONCAT('?', '$1 % --', title) /* ? */ FROM blogs WHERE title = ? -- ?",
    );
    let read: String = c.query_scalar(text, (awkward,)).unwrap();
    assert_eq!(read, format!("?$1 % --{awkward}"));

    let key = c.query_as::<Blog<E>>("SELECT * FROM blogs", ()).unwrap()[0].id;
    let found = sql(c, "SELECT id FROM blogs WHERE id = ?");
    assert_eq!(c.query_scalar::<i64>(found, (key,)).unwrap(), *key.value());
    let error = c.query_scalar::<i64>(found, ()).unwrap_err();
    assert!(
        format!("{error:?}").contains("0 values were given for 1 placeholder"),
        "{error:?}"
    );
    let error = c.query_scalar::<i64>(found, (1, 2)).unwrap_err();
    assert!(
        format!("{error:?}").contains("2 values were given for 1 placeholder"),
        "{error:?}"
    );
}

/// Covers QRY-10.
fn qry_10_hostile_text_changes_nothing_but_the_value<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let hostile = "'; DELETE FROM blogs; --";
    let update = sql(c, "UPDATE blogs SET title = ? WHERE title = ?");
    assert_eq!(c.execute(update, (hostile, "one")).unwrap(), 1);
    assert_eq!(c.execute(update, (hostile, "' OR '1' = '1")).unwrap(), 0);
    let found = sql(c, "SELECT stars FROM blogs WHERE title = ?");
    assert_eq!(c.query_as::<i64>(found, (hostile,)).unwrap(), [1]);
    assert_eq!(c.blogs().count().unwrap(), 3);
    // None is a value, and never drops a condition.
    let none: Vec<i64> = c.query_as(found, (None::<String>,)).unwrap();
    assert!(none.is_empty());
}

fn rows_that_are_changed_are_counted<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    for (text, expected) in [
        ("UPDATE blogs SET stars = stars + 1 WHERE stars > 1", 2),
        ("UPDATE blogs SET stars = stars WHERE stars > 100", 0),
        ("SELECT * FROM blogs", 0),
        ("CREATE TABLE more (a INTEGER)", 0),
        ("INSERT INTO more VALUES (1), (2), (3)", 3),
        ("DELETE FROM more WHERE a < 3", 2),
        ("DROP TABLE more", 0),
    ] {
        assert_eq!(c.execute(text, ()).unwrap(), expected, "{text}");
        assert_eq!(c.execute(assembled("SELECT 1"), ()).unwrap(), 0);
    }
}

fn one_row_is_exactly_one<E: Everything>(c: &mut Connection<E>) {
    let titles = "SELECT title FROM blogs ORDER BY stars";
    let none = c.query_row::<String>(titles, ()).unwrap_err();
    assert_eq!(none.kind(), &ErrorKind::NotFound);
    assert_eq!(c.query_optional::<String>(titles, ()).unwrap(), None);
    c.blogs().insert(NewBlog::new("one")).unwrap();
    assert_eq!(c.query_row::<String>(titles, ()).unwrap(), "one");
    assert_eq!(
        c.query_optional::<(String,)>(titles, ()).unwrap(),
        Some(("one".to_owned(),))
    );
    c.blogs().insert(NewBlog::new("two")).unwrap();
    for error in [
        c.query_row::<String>(titles, ()).unwrap_err(),
        c.query_optional::<String>(titles, ()).unwrap_err(),
        c.query_scalar::<String>(titles, ()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::SeveralRows);
    }
}

fn a_text_that_is_put_together_runs_and_is_not_kept<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    for number in 0..600 {
        let text = format!(
            "SELECT title, {number} FROM blogs WHERE stars = {}",
            number % 3 + 1
        );
        let (_, read) = c.query_row::<(String, i64)>(assembled(&text), ()).unwrap();
        assert_eq!(read, number);
    }
    let prepared = by(
        c,
        "SELECT 1",
        "SELECT count(*) FROM pg_prepared_statements",
        "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.SESSION_STATUS \
         WHERE VARIABLE_NAME = 'Com_stmt_close'",
    );
    let count: i64 = c.query_scalar(prepared, ()).unwrap();
    match c.dialect() {
        bindery::Dialect::Sqlite => {}
        bindery::Dialect::Postgres => assert!(count < 20, "{count} are kept"),
        bindery::Dialect::Mysql => assert!(count >= 600, "{count} were closed"),
    }
}

fn a_kept_statement_follows_its_table<E: Everything>(c: &mut Connection<E>) {
    fill(c);
    let all = "SELECT * FROM blogs WHERE stars = 1";
    for _ in 0..3 {
        assert_eq!(c.query_as::<Blog<E>>(all, ()).unwrap().len(), 1);
    }
    c.execute("ALTER TABLE blogs ADD COLUMN more INTEGER", ())
        .unwrap();
    let error = c.query_as::<Blog<E>>(all, ()).unwrap_err().to_string();
    assert!(error.ends_with("it has no column `more`"), "{error}");
    c.execute("ALTER TABLE blogs DROP COLUMN more", ()).unwrap();
    assert_eq!(c.query_as::<Blog<E>>(all, ()).unwrap().len(), 1);
}

/// Covers BIND-03.
#[test]
fn bind_03_raw_rows_are_on_their_engine_and_nowhere_else() {
    let db = embedded();
    let insert = "INSERT INTO blogs (title) VALUES (?)";
    db.sql_on(B).execute(insert, ("b",)).unwrap();
    db.sql_on(Default).execute(insert, ("default",)).unwrap();
    db.sql_on(Any::Default).execute(insert, ("any",)).unwrap();
    let titles = "SELECT title FROM blogs ORDER BY id";
    assert_eq!(db.sql_on(B).query_as::<String>(titles, ()).unwrap(), ["b"]);
    let both = ["default", "any"];
    assert_eq!(
        db.sql_on(Default).query_as::<String>(titles, ()).unwrap(),
        both
    );
    let any: Vec<Blog<Any>> = db
        .sql_on(Any::B)
        .query_as("SELECT * FROM blogs", ())
        .unwrap();
    assert_eq!(any[0].id.engine(), Any::B);
}

#[test]
fn keys_and_models_of_another_engine_are_refused_before_anything_is_sent() {
    let db = embedded();
    let key = db
        .repository::<crate::sample::model::Blog, B>(B)
        .insert(NewBlog::new("b"))
        .unwrap()
        .id;
    let find = "SELECT id FROM blogs WHERE id = ?";
    let error = db
        .sql_on(Default)
        .query_as::<i64>(find, (key,))
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    let error = db
        .sql_on(Any::Default)
        .execute(find, (Some(key),))
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
    assert_eq!(
        db.sql_on(Any::B).query_as::<i64>(find, (key,)).unwrap(),
        [1]
    );
    let error = db
        .sql_on(Any::Test)
        .query_as::<Blog<Any>>("SELECT 1", ())
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NotHosted { .. }),
        "{error}"
    );
    type KeyOfB = crate::sample::BlogId<B>;
    let error = db
        .sql_on(Default)
        .query_as::<(KeyOfB,)>(find, (1,))
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongEngine);
}

#[test]
fn qry_02_a_text_for_each_dialect_runs_where_it_belongs() {
    let sql = Sql::by_dialect()
        .sqlite("SELECT 'sqlite'")
        .otherwise("SELECT 'others'");
    let db = embedded();
    assert_eq!(
        db.sql_on(B).query_scalar::<String>(sql, ()).unwrap(),
        "sqlite"
    );
    let one = Sql::postgres("SELECT 'postgres'");
    let error = db
        .sql_on(Any::B)
        .query_scalar::<String>(one, ())
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
    assert_eq!(
        <B as bindery::Engine>::DIALECT,
        Some(bindery::Dialect::Sqlite)
    );
    assert_eq!(<Any as bindery::Engine>::DIALECT, None);
    if let Some(fresh) = bindery_testkit::fresh_postgres() {
        let db = at("x_postgres", &fresh.url());
        let contains = Sql::by_dialect()
            .postgres("SELECT '{\"a\": {\"b\": 1}}'::jsonb @> $1")
            .otherwise("SELECT 0");
        let value =
            bindery::types::Json::<bindery::types::JsonValue>("{\"a\": {}}".parse().unwrap());
        let mut c = db.connect(crate::sample::engine::Postgres).unwrap();
        assert!(c.query_scalar::<bool>(contains, (value,)).unwrap());
        assert_eq!(
            db.sql_on(Any::XPostgres)
                .query_scalar::<String>(one, ())
                .unwrap(),
            "postgres"
        );
    }
}
