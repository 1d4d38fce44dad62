//! Queries in the program's own code at work on all databases; the schema and its code are those of the case `checked`.

use bindery::raw::Executor;
use bindery::types::NaiveDate;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::checked::enums::State;
use crate::checked::*;

/// The macros with the case's schema.
macro_rules! query {
    ($($call:tt)*) => {
        bindery::query!($($call)*, schema = "golden/checked", crate = crate::checked)
    };
}
macro_rules! query_as {
    ($($call:tt)*) => {
        bindery::query_as!($($call)*, schema = "golden/checked", crate = crate::checked)
    };
}
macro_rules! query_scalar {
    ($($call:tt)*) => {
        bindery::query_scalar!($($call)*, schema = "golden/checked", crate = crate::checked)
    };
}
macro_rules! execute {
    ($($call:tt)*) => {
        bindery::execute!($($call)*, schema = "golden/checked", crate = crate::checked)
    };
}

/// A row of the program's own; the macros' own names do not stand in its way.
#[derive(Debug, PartialEq)]
struct Row {
    id: PostNumber,
    title: String,
    published_on: Option<NaiveDate>,
}

#[derive(Debug, PartialEq)]
struct PostNumber(i64);

impl From<i64> for PostNumber {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

/// A value with fields and methods.
struct Written {
    id: i64,
    title: String,
    stars: i32,
    day: Option<NaiveDate>,
    state: State,
}

fn posts() -> [Written; 3] {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29);
    let post = |id, title: &str, stars, day, state| Written {
        id,
        title: title.to_owned(),
        stars,
        day,
        state,
    };
    [
        post(1, "Rust", 5, day, State::Published),
        post(2, "ruby", 1, None, State::Draft),
        post(3, "{title}", 3, None, State::Published),
    ]
}

/// A value that may be NULL is given with and without `Option`, in every form of a text.
fn fill<C: Executor>(on: &mut C) -> bindery::Result<()> {
    let add = "the number of rows";
    let (id, email) = (1, "ann@example.org");
    let written = execute!(
        "INSERT INTO authors (id, name, email) VALUES ({id}, {name}, {email})",
        name = "Ann"
    )
    .using(on)?;
    assert_eq!(written, 1, "{add}");
    let emails = [
        None,
        Some(String::from("bob@example.org")),
        Some(email.to_owned()),
    ];
    for (id, email) in (2..).zip(&emails) {
        let name = format!("author {id}");
        execute!("INSERT INTO authors (id, name, email) VALUES ({id}, {name}, {email})")
            .using(on)?;
    }
    let email: Option<&str> = None;
    execute!("INSERT INTO authors (id, name, email) VALUES (9, 'Eve', {email})").using(on)?;
    for post in &posts() {
        execute!(
            "INSERT INTO posts (id, author_id, title, stars, published_on, state)
             VALUES ({post.id}, {author}, {post.title.as_str()}, {post.stars}, {post.day}, {post.state})",
            author = if post.id == 2 { 2 } else { 1 }
        )
        .using(on)?;
    }
    Ok(())
}

fn rows<C: Executor>(on: &mut C) -> bindery::Result<()> {
    let least = 2;
    let found = query!(
        "SELECT id, title, published_on, state FROM posts WHERE stars > {least} ORDER BY id"
    )
    .using(on)
    .all()?;
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].id, found[0].title.as_str()), (1, "Rust"));
    assert_eq!(found[0].published_on, posts()[0].day);
    assert_eq!(
        (found[1].published_on, found[1].state),
        (None, State::Published)
    );

    let post = query!("SELECT title, stars FROM posts WHERE id = {id}", id = 2)
        .using(on)
        .one()?;
    assert_eq!((post.title.as_str(), post.stars), ("ruby", 1));
    let none = query!("SELECT title FROM posts WHERE id = {id}", id = 7)
        .using(on)
        .optional()?;
    assert_eq!(none, None);

    // One value at two places, and braces of the text itself.
    let word = "{title}".to_owned();
    let found = query!("SELECT p.id, a.email FROM posts p JOIN authors a ON a.id = p.author_id WHERE title = {word} OR title = concat({word}, '{{}}')")
        .using(on)
        .all()?;
    assert_eq!((found.len(), found[0].id), (1, 3));
    assert_eq!(found[0].email.as_deref(), Some("ann@example.org"));
    Ok(())
}

/// The number of rows is not that of the method.
fn refusals<C: Executor>(on: &mut C) {
    let error = query!("SELECT title FROM posts WHERE id = {id}", id = 7)
        .using(on)
        .one();
    let error = error.expect_err("there is none");
    assert!(matches!(error.kind(), ErrorKind::NotFound), "{error}");
    let error = query!("SELECT title FROM posts").using(on).optional();
    let error = error.expect_err("there are three");
    assert!(matches!(error.kind(), ErrorKind::SeveralRows), "{error}");
}

fn other_rows<C: Executor>(on: &mut C) -> bindery::Result<()> {
    let state = State::Published;
    let found: Vec<Row> = query_as!(
        Row,
        "SELECT id, title, published_on FROM posts WHERE state = {state} ORDER BY id DESC"
    )
    .using(on)
    .all()?;
    let expected = Row {
        id: PostNumber(3),
        title: "{title}".to_owned(),
        published_on: None,
    };
    assert_eq!(found[0], expected);
    let titles = query!("SELECT id, title FROM posts ORDER BY id").map(|row| row.title);
    assert_eq!(titles.using(on).all()?, ["Rust", "ruby", "{title}"]);

    assert_eq!(
        query_scalar!("SELECT count(*) FROM posts")
            .using(on)
            .one()?,
        3
    );
    let most: Option<i32> = query_scalar!("SELECT max(stars) FROM posts WHERE id > {id}", id = 9)
        .using(on)
        .one()?;
    assert_eq!(most, None);
    assert_eq!(
        query_scalar!("SELECT stars FROM posts ORDER BY id")
            .using(on)
            .all()?,
        [5, 1, 3]
    );
    let none = query_scalar!("SELECT stars FROM posts WHERE id = 9")
        .using(on)
        .optional()?;
    assert_eq!(none, None);
    Ok(())
}

/// Lists of no value, of some, and of more than a statement has parameters.
fn lists<C: Executor>(on: &mut C) -> bindery::Result<()> {
    let ids_among = |on: &mut C, ids: &[i64]| {
        query_scalar!("SELECT id FROM posts WHERE id IN {ids} ORDER BY id")
            .using(on)
            .all()
    };
    assert!(ids_among(on, &[])?.is_empty());
    assert_eq!(ids_among(on, &[3, 2])?, [2, 3]);
    let many: Vec<i64> = (2..70_002).collect();
    assert_eq!(ids_among(on, &many)?, [2, 3]);
    let titles = vec![
        String::from("Rust"),
        String::from("'quoted' \"text\" \\ of JSON"),
    ];
    let others = query_scalar!("SELECT id FROM posts WHERE title NOT IN {titles} ORDER BY id")
        .using(on)
        .all()?;
    assert_eq!(others, [2, 3]);
    let titles = query_scalar!(
        "SELECT title FROM posts WHERE title IN {titles}",
        titles = ["ruby"]
    )
    .using(on)
    .all()?;
    assert_eq!(titles, ["ruby"]);
    Ok(())
}

fn changes<E: StaticEngine>(c: &mut Connection<E>) -> bindery::Result<()> {
    let title = "Rust 2024";
    let kept = c.transaction(|tx| {
        let changed =
            execute!("UPDATE posts SET title = {title} WHERE id = {id}", id = 1).using(tx)?;
        assert_eq!(changed, 1);
        query_scalar!("SELECT title FROM posts WHERE id = 1")
            .using(tx)
            .one()
    })?;
    assert_eq!(kept, title);
    let gone = execute!("DELETE FROM posts WHERE stars < {least}", least = 2).using(c)?;
    assert_eq!(gone, 1);
    Ok(())
}

fn at_work<E: StaticEngine>(db: &Databases, c: &mut Connection<E>) -> bindery::Result<()> {
    let engine = c.engine();
    fill(&mut db.sql_on(engine))?;
    rows(c)?;
    rows(&mut db.sql_on(engine))?;
    refusals(&mut db.sql_on(engine));
    other_rows(c)?;
    lists(c)?;
    db.session(|s| {
        rows(&mut s.sql_on(engine))?;
        let id = 1;
        execute!("UPDATE authors SET email = NULL WHERE id = {id}").using(&mut s.sql_on(engine))?;
        let email = query_scalar!("SELECT email FROM authors WHERE id = {id}");
        assert_eq!(email.using(&mut s.sql_on(engine)).one()?, None);
        Ok(())
    })?;
    changes(c)
}

/// Covers SQL-08.
#[test]
fn sql_08_queries_in_place_run_on_three_databases() -> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    at_work(&db, &mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        at_work(&db, &mut db.p()?)?;
        let at = bindery::types::DateTime::default();
        let readings = query!(
            "SELECT post_id, at FROM readings WHERE at > CAST({at} AS timestamptz) - interval '1 day'"
        );
        assert!(readings.using(&mut db.p()?).all()?.is_empty());
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        at_work(&db, &mut db.default()?)?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        at_work(&db, &mut db.proper()?)?;
    }
    Ok(())
}

/// Covers SQL-08.
#[test]
fn sql_08_an_engine_of_run_time_that_hosts_not_all_is_refused_before_anything_is_sent()
-> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    let any: engine::Any = "lite".parse()?;
    let found = query!("SELECT id FROM posts", engines = ["lite", "p"])
        .using(&mut db.sql_on(any))
        .all()?;
    assert_eq!(found, []);
    let error =
        execute!("DELETE FROM posts", engines = ["default", "p"]).using(&mut db.sql_on(any));
    let error = error.expect_err("not there");
    assert!(
        matches!(error.kind(), ErrorKind::NotHosted { lives_on } if *lives_on == ["default", "p"]),
        "{error}"
    );
    assert_eq!(error.engine(), Some("lite"));
    Ok(())
}
