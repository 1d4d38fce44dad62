//! Operators that one dialect has, where the engine is known and where it is chosen at run time.

use bindery::types::{BigDecimal, JsonValue, Uuid};
use bindery::{Config, ErrorKind};
use bindery_testkit::{Product, fresh_mysql, fresh_postgres, mysql_flavour};

use crate::bench::Bench;
use crate::mixed::{self, NewArray, NewSample, array, sample};
use crate::queries::*;
use crate::queries_at_work::small;

#[test]
fn operators_of_one_dialect_are_there_on_its_engines() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    small(&mut db.lite()?)?;
    let mut lite = db.lite()?;
    assert_eq!(lite.posts().filter(post::title.glob("[Rr]ust")).count()?, 2);
    assert_eq!(lite.posts().filter(!post::title.glob("*0*")).count()?, 3);
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        let mut p = db.p()?;
        small(&mut p)?;
        assert_eq!(p.posts().filter(post::title.ilike("RU%")).count()?, 2);
        assert_eq!(p.posts().filter(post::title.ilike("100|%")).count()?, 1);
        assert_eq!(
            p.posts()
                .filter(post::title.matches("^[Rr]u?st$"))
                .count()?,
            2
        );
        assert_eq!(
            p.posts()
                .filter(post::title.lower().matches_words("rust"))
                .count()?,
            2
        );
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        let mut m = db.default()?;
        small(&mut m)?;
        assert_eq!(
            m.posts()
                .filter(post::title.matches("^[Rr]u?st$"))
                .count()?,
            2
        );
    }
    // Known when it is executed.
    let mut any = db.on(engine::Any::Lite)?;
    let found = any.posts().filter(post::title.glob("R*")).count()?;
    assert_eq!(found, 1);
    let error = any.posts().filter(post::title.ilike("r%")).count();
    let error = error.expect_err("SQLite has no ILIKE");
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
    Ok(())
}

fn sample_of(name: &str, document: &str) -> NewSample {
    let document: JsonValue = document.parse().expect("it is JSON");
    let amount = BigDecimal::from(1);
    NewSample::new(
        1,
        2,
        3,
        1.0,
        1.0,
        amount,
        "code",
        name,
        Uuid::nil(),
        mixed::enums::Mood::Sad,
    )
    .document(document)
}

#[test]
fn json_and_arrays_are_searched_where_the_dialect_has_them() -> bindery::Result<()> {
    let (Some(postgres), mysql) = (fresh_postgres(), fresh_mysql()) else {
        return Ok(());
    };
    let nothing = "mysql://nobody@localhost/nothing".to_owned();
    let mysql_url = mysql
        .as_ref()
        .map_or(nothing, |database| database.url().to_string());
    let config = Config::new()
        .engine("default", postgres.url())
        .engine("m", mysql_url.as_str())
        .engine("lite", "sqlite://unused.db");
    let db = mixed::Databases::with_config(&config)?;
    db.create_missing_on(mixed::engine::Default)?;
    use mixed::Tables as _;
    let mut p = db.default()?;
    let one = p
        .samples()
        .insert(sample_of("one", r#"{"a": 1, "b": [1, 2]}"#))?;
    p.samples().insert(sample_of("two", r#"{"a": 2}"#))?;
    let wanted: JsonValue = r#"{"b": [2]}"#.parse().expect("it is JSON");
    let found = p.samples().filter(sample::document.json_contains(&wanted));
    assert_eq!(found.select(sample::name).all()?, ["one"]);
    assert_eq!(
        p.samples()
            .filter(sample::document.json_has_key("b"))
            .count()?,
        1
    );
    assert_eq!(
        p.samples()
            .filter(sample::document.json_has_key("a"))
            .count()?,
        2
    );
    let numbers = vec![1, 2, 3];
    let words = vec!["x".to_owned(), "y".to_owned()];
    let new = NewArray::new(numbers, vec![1], BigDecimal::from(1), one.id).words(words);
    p.arrays().insert(new)?;
    let count = |p: &mut bindery::Connection<_>, condition| p.arrays().filter(condition).count();
    assert_eq!(count(&mut p, array::numbers.contains_all(&vec![3, 1]))?, 1);
    assert_eq!(count(&mut p, array::numbers.contains_all(&vec![3, 4]))?, 0);
    assert_eq!(count(&mut p, array::numbers.overlaps(&vec![3, 4]))?, 1);
    assert_eq!(
        count(&mut p, array::words.overlaps(&vec!["z".to_owned()]))?,
        0
    );
    if mysql.is_some() && mysql_flavour() == Product::MariaDb {
        db.create_missing_on(mixed::engine::M)?;
        let mut m = db.m()?;
        m.samples()
            .insert(sample_of("one", r#"{"a": 1, "b": [1, 2]}"#))?;
        assert_eq!(
            m.samples()
                .filter(sample::document.json_contains(&wanted))
                .count()?,
            1
        );
    }
    Ok(())
}
