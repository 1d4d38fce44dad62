//! Operators that one dialect has, where the engine is known and where it is chosen at run time.

use bindery::types::{BigDecimal, JsonValue, Uuid};
use bindery::{Config, ErrorKind};
use bindery_testkit::{Product, fresh_mysql, fresh_postgres, mysql_flavour};

use crate::bench::Bench;
use crate::mixed::{self, NewArray, NewSample, array, sample};
use crate::queries::*;
use crate::queries_at_work::small;
use crate::query_rows as rows;

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
        drop(m);
        words_are_searched(&db)?;
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

/// MariaDB, by a `FULLTEXT` index that is there before the rows; case counts, as columns of tables of several dialects compare bytes.
fn words_are_searched(db: &Databases) -> bindery::Result<()> {
    let mut m = db.default()?;
    m.posts().all_rows().delete()?;
    m.execute("CREATE FULLTEXT INDEX posts_title ON posts (title)", ())?;
    let author = m.users().all()?[0].id;
    for title in ["rust by example", "Rust", "the book"] {
        m.posts().insert(rows::post(author, title, 1))?;
    }
    let titles = |m: &mut bindery::Connection<engine::Default>, words: &str| {
        let found = m.posts().filter(post::title.matches_words(words));
        found.order_by(post::title.asc()).select(post::title).all()
    };
    assert_eq!(titles(&mut m, "rust")?, ["rust by example"]);
    assert_eq!(titles(&mut m, "Rust")?, ["Rust"]);
    assert_eq!(
        titles(&mut m, "rust book")?,
        ["rust by example", "the book"]
    );
    assert_eq!(titles(&mut m, "RUST")?, [""; 0]);
    Ok(())
}

fn sample_of(name: &str, document: &str) -> NewSample {
    let document: JsonValue = document.parse().expect("it is JSON");
    let amount = BigDecimal::from(1);
    NewSample::new(sample::Required {
        small: 1,
        medium: 2,
        big: 3,
        single: 1.0,
        double: 1.0,
        amount,
        code: "code".into(),
        name: name.into(),
        token: Uuid::nil(),
        feeling: mixed::enums::Mood::Sad,
    })
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
    let new = NewArray::new(array::Required {
        numbers,
        raw: vec![1],
        price: BigDecimal::from(1),
        sample_id: one.id,
    })
    .words(words);
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

/// The same documents on each database, and what is at their paths.
#[test]
fn values_at_paths_of_json_are_the_same_on_all_databases() -> bindery::Result<()> {
    use bindery::{Connection, StaticEngine};
    use mixed::Tables as _;

    fn show<E>(c: &mut Connection<E>) -> bindery::Result<()>
    where
        E: StaticEngine + bindery::Hosts<mixed::model::Sample>,
    {
        let one = r#"{"a": {"b c": ["x", 7, true, null, "null", {"k": "é"}]}, "n": 12, "A": "up"}"#;
        c.samples().insert(sample_of("one", one))?;
        c.samples()
            .insert(sample_of("two", r#"{"a": [{"k": "in an array"}], "n": 5}"#))?;
        let at = |path: &str| sample::document.json_text(path);
        let values = c.samples().order_by(sample::name.asc());
        let values = values.select((
            at("a.\"b c\"[0]"),
            at("a.\"b c\"[1]"),
            at("a.\"b c\"[2]"),
            at("a.\"b c\"[3]"),
        ));
        let some = |text: &str| Some(text.to_owned());
        let nothing = (None, None, None, None);
        assert_eq!(
            values.all()?,
            [(some("x"), some("7"), some("true"), None), nothing]
        );
        let names = |c: &mut Connection<E>, condition| {
            c.samples()
                .filter(condition)
                .order_by(sample::name.asc())
                .select(sample::name)
                .all()
        };
        assert_eq!(names(c, at("a.\"b c\"[4]").eq("null"))?, ["one"], "a text");
        assert_eq!(names(c, at("a.\"b c\"[5].k").eq("é"))?, ["one"]);
        assert_eq!(names(c, at("A").eq("UP"))?, [""; 0], "case counts");
        assert_eq!(
            names(c, at("a.k").is_not_null())?,
            [""; 0],
            "an array has no keys"
        );
        assert_eq!(names(c, at("a[0].k").starts_with("in"))?, ["two"]);
        assert_eq!(names(c, at("nothing").is_null())?, ["one", "two"]);
        let sorted = c
            .samples()
            .order_by(at("n").asc())
            .select(sample::name)
            .all()?;
        assert_eq!(sorted, ["one", "two"], "as texts: 12 is before 5");
        let error = c
            .samples()
            .filter(at("a.*").eq("x"))
            .count()
            .expect_err("no such path");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        Ok(())
    }

    let (postgres, mysql) = (fresh_postgres(), fresh_mysql());
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = |database: &Option<bindery_testkit::FreshDatabase>, absent: &str| {
        let url = database.as_ref().map(|database| database.url().to_string());
        url.unwrap_or(absent.to_owned())
    };
    let config = Config::new()
        .engine(
            "default",
            url(&postgres, "postgres://nobody@localhost/nothing"),
        )
        .engine("m", url(&mysql, "mysql://nobody@localhost/nothing"))
        .engine(
            "lite",
            format!("sqlite://{}", folder.path().join("lite.db").display()),
        );
    let db = mixed::Databases::with_config(&config)?;
    db.create_missing_on(mixed::engine::Lite)?;
    show(&mut db.lite()?)?;
    if postgres.is_some() {
        db.create_missing_on(mixed::engine::Default)?;
        show(&mut db.default()?)?;
    }
    if mysql.is_some() && mysql_flavour() == Product::MariaDb {
        db.create_missing_on(mixed::engine::M)?;
        show(&mut db.m()?)?;
    }
    Ok(())
}
