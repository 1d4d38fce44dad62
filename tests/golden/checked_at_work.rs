//! Queries of files at work on all databases; their code is that of the case `checked`.

use bindery::raw::Executor;
use bindery::types::NaiveDate;
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::checked::enums::State;
use crate::checked::queries::{dialects, posts};
use crate::checked::*;

/// An engine that hosts all models but those of PostgreSQL.
trait Both: StaticEngine + Hosts<model::Author> + Hosts<model::Post> {}

impl<E: StaticEngine + Hosts<model::Author> + Hosts<model::Post>> Both for E {}

/// Two authors.
fn fill<C: Executor>(on: &mut C) -> bindery::Result<()> {
    posts::add_author(on, 1, "Ann", Some("ann@example.org"))?;
    posts::add_author(on, 2, "Bob", None)
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap year")
}

fn insert<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    let rows = [
        (1, "Rust", 5, Some(day()), State::Published),
        (2, "ruby", 1, None, State::Draft),
        (3, ":title", 3, None, State::Published),
    ];
    for (id, title, stars, published_on, state) in rows {
        let author_id = AuthorId::new(if id == 2 { 2 } else { 1 });
        let required = post::Required {
            id,
            author_id,
            title: title.into(),
            stars,
            state,
        };
        let new = NewPost::new(required);
        c.posts().insert(match published_on {
            Some(day) => new.published_on(day),
            None => new,
        })?;
    }
    Ok(())
}

fn rows<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    let found = posts::posts_of_author(c, 1)?;
    let ids: Vec<i64> = found.iter().map(|post| post.id).collect();
    assert_eq!(ids, [3, 1]);
    assert_eq!(found[1].title, "Rust");
    assert_eq!(found[1].published_on, Some(day()));
    assert_eq!(found[1].state, State::Published);

    let post = posts::post(c, 2)?;
    assert_eq!(
        (post.author_id, post.stars, post.published_on),
        (2, 1, None)
    );
    let error = posts::post(c, 4).expect_err("there is none");
    assert!(matches!(error.kind(), ErrorKind::NotFound), "{error}");

    let found = posts::post_by_title(c, "Rust", 5)?.expect("it is there");
    assert_eq!((found.id, found.author.as_str()), (1, "Ann"));
    assert_eq!(found.email.as_deref(), Some("ann@example.org"));
    assert_eq!(posts::post_by_title(c, "Rust", 6)?, None);

    assert_eq!(posts::count_of_state(c, State::Published)?, 2);
    assert_eq!(posts::most_stars(c)?, Some(5));
    Ok(())
}

fn changes<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    c.transaction(|tx| {
        assert_eq!(posts::rename(tx, "Rust 2024", 1)?, 1);
        assert_eq!(posts::rename(tx, "none", 3)?, 0, "a text is no placeholder");
        assert_eq!(posts::rename(tx, "none", 9)?, 0);
        let found = posts::authors_called(tx, "ann@example.org")?;
        assert_eq!(found.len(), 1);
        assert_eq!(posts::authors_called(tx, "Bob")?[0].email, None);
        Ok(())
    })?;
    let found = dialects::titles_like(c, "RU", 9)?;
    let mut titles: Vec<&str> = found.iter().map(|row| row.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Rust 2024", "ruby"]);
    assert_eq!(dialects::titles_like(c, "ru", 1)?.len(), 1);
    Ok(())
}

/// Lists of no value, of some, and of more than a statement has parameters.
fn lists<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    let ids =
        |found: Vec<posts::PostsWith>| found.into_iter().map(|post| post.id).collect::<Vec<_>>();
    assert!(posts::posts_with(c, &[])?.is_empty());
    assert_eq!(ids(posts::posts_with(c, &[3])?), [3]);
    let many: Vec<i64> = (2..70_002).collect();
    assert_eq!(ids(posts::posts_with(c, &many)?), [2, 3]);

    let without = |c: &mut Connection<E>, titles: &[&str]| {
        posts::posts_titled_otherwise(c, titles, 2).map(|found| found.len())
    };
    assert_eq!(without(c, &[])?, 1, "no title is one of none");
    assert_eq!(without(c, &["Rust", "'quoted' \"text\" \\ of JSON"])?, 1);
    assert_eq!(without(c, &["ruby"])?, 0);
    let owned: Vec<String> = (0..70_000)
        .map(|number| format!("title {number}"))
        .collect();
    assert_eq!(posts::posts_titled_otherwise(c, &owned, 2)?.len(), 1);
    Ok(())
}

/// Covers SQL-01, SQL-04, SQL-06.
#[test]
fn sql_01_queries_of_files_run_on_three_databases() -> bindery::Result<()> {
    fn show<E: Both>(db: &Databases, c: &mut Connection<E>) -> bindery::Result<()> {
        fill(&mut db.sql_on(c.engine()))?;
        insert(c)?;
        rows(c)?;
        lists(c)?;
        changes(c)
    }
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&db, &mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        let mut p = db.p()?;
        show(&db, &mut p)?;
        let at = bindery::types::DateTime::default();
        p.readings().insert(NewReading::new(1, at))?;
        let found = dialects::readings_since(&mut p, at, 0)?;
        assert_eq!((found.len(), found[0].post_id, found[0].at), (1, 1, at));
        assert_eq!(dialects::forget_readings(&mut p, at)?, 0);
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&db, &mut db.default()?)?;
        let found = dialects::stars_of(&mut db.default()?, "ruby", 3)?;
        let stars: Vec<i32> = found.iter().map(|row| row.stars).collect();
        assert_eq!(stars, [1, 3]);
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        show(&db, &mut db.proper()?)?;
    }
    Ok(())
}

/// Covers SQL-03.
#[test]
fn sql_03_an_engine_of_run_time_that_hosts_not_all_is_refused_before_anything_is_sent()
-> bindery::Result<()> {
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    let lite: engine::Any = "lite".parse()?;
    let at = bindery::types::DateTime::default();
    let error = dialects::readings_since(&mut db.sql_on(lite), at, 0).expect_err("not there");
    assert!(
        matches!(error.kind(), ErrorKind::NotHosted { lives_on } if *lives_on == ["p"]),
        "{error}"
    );
    assert_eq!(error.engine(), Some("lite"));
    Ok(())
}
