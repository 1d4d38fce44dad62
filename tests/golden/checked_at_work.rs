//! Queries of files at work on all databases; their code is that of the case `checked`.

use bindery::raw::{self, Executor};
use bindery::types::NaiveDate;
use bindery::{Connection, ErrorKind, Hosts, StaticEngine};

use crate::checked::enums::State;
use crate::checked::queries::{dialects, forms, posts};
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

/// Rows of models within rows, also where an outer join has none.
fn embedded<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    c.authors().insert(NewAuthor::new(9, "Cyd"))?;
    let found = forms::authors_and_posts(c)?;
    let seen: Vec<_> = found
        .iter()
        .map(|row| {
            let title = row.p.as_ref().map(|post| post.title.as_str());
            (row.a.name.as_str(), title, row.shown.as_str())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("Ann", Some("Rust"), "Rust"),
            ("Ann", Some(":title"), ":title"),
            ("Bob", Some("ruby"), "ruby"),
            ("Cyd", None, "Cyd"),
        ]
    );
    let post = c.posts().find(PostId::new(1))?;
    assert_eq!(found[0].p, post);
    let one = forms::post_of_author(c, "ruby")?.expect("it is there");
    assert_eq!((one.posts.stars, one.name.as_str()), (1, "Bob"));
    c.authors().delete(AuthorId::new(9))?;
    Ok(())
}

/// Each combination of parts, against the rows themselves.
fn parts<E: Both>(c: &mut Connection<E>) -> bindery::Result<()> {
    let all = [("Rust", 5_i64, 1), (":title", 3, 3)];
    for title in [None, Some("Rust"), Some("none")] {
        for ids in [None, Some([].as_slice()), Some(&[1, 2]), Some(&[3])] {
            for best_first in [false, true] {
                let found = forms::search(c, 1, title, 1, ids, best_first)?;
                let found: Vec<i64> = found.iter().map(|row| row.id).collect();
                let mut wanted: Vec<_> = all
                    .into_iter()
                    .filter(|(own, ..)| title.is_none_or(|title| title == *own))
                    .filter(|(.., id)| ids.is_none_or(|ids| ids.contains(id)))
                    .collect();
                wanted.sort_by_key(|(_, stars, id)| if best_first { -stars } else { *id });
                let wanted: Vec<i64> = wanted.into_iter().map(|(.., id)| id).collect();
                assert_eq!(found, wanted, "{title:?} {ids:?} {best_first}");
            }
        }
    }
    assert_eq!(forms::most(c)?, 5);
    Ok(())
}

/// Rows are pulled, and the connection goes on where not all of them were read.
fn pulled<E: Both>(db: &Databases, c: &mut Connection<E>) -> bindery::Result<()> {
    let titles = |rows: raw::QueryRows<'_, E, forms::Titles>| {
        rows.map(|row| row.map(|row| row.title))
            .collect::<bindery::Result<Vec<String>>>()
    };
    assert_eq!(titles(forms::titles(c, 0)?)?, ["Rust", "ruby", ":title"]);
    assert!(forms::titles(c, 9)?.next().is_none());
    let first = forms::titles(c, 2)?.next().expect("it is there")?;
    assert_eq!(first.title, "Rust");
    c.transaction(|tx| {
        let mut rows = forms::titles(tx, 0)?;
        let first = rows.next().expect("it is there")?;
        drop(rows);
        posts::rename(tx, &first.title, 1)?;
        Ok(())
    })?;
    let mut on = db.sql_on(c.engine());
    assert_eq!(titles(forms::titles(&mut on, 2)?)?.len(), 2);
    let late = forms::titles(c, 0)?
        .within(std::time::Duration::ZERO)
        .next();
    assert!(late.is_some_and(|row| row.is_err_and(|error| error.is_timeout())));
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
        embedded(c)?;
        parts(c)?;
        pulled(db, c)?;
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
