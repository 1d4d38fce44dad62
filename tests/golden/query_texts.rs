//! Searches in texts that have the character NUL, and for it: by the whole text and the whole pattern, on all three databases.
//! PostgreSQL has no such text, so nothing is found there.

use bindery::{Condition, Connection, ErrorKind, StaticEngine};
use serde_json::json;

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{self as rows, titles};

const TEXTS: [&str; 9] = ["", "a", "b", "a\0b", "\0", "b\0", "\0a", "ab", "é\0é"];

/// A search, and what Rust says about it.
type Search<E> = (Condition<model::Post, E>, fn(&str) -> bool);

fn searches<E: Everything>() -> Vec<Search<E>> {
    let title = post::title;
    vec![
        (title.contains("\0"), |text| text.contains('\0')),
        (title.contains("b"), |text| text.contains('b')),
        (title.contains("a\0b"), |text| text.contains("a\0b")),
        (title.contains(""), |_| true),
        (!title.contains("b"), |text| !text.contains('b')),
        (!title.contains("\0"), |text| !text.contains('\0')),
        (title.starts_with("\0"), |text| text.starts_with('\0')),
        (title.starts_with("a\0"), |text| text.starts_with("a\0")),
        (title.starts_with("a"), |text| text.starts_with('a')),
        (title.ends_with("\0"), |text| text.ends_with('\0')),
        (title.ends_with("b"), |text| text.ends_with('b')),
        (!title.ends_with("b"), |text| !text.ends_with('b')),
        (title.ends_with("é"), |text| text.ends_with('é')),
        (title.ends_with(""), |_| true),
        (title.like("a"), |text| text == "a"),
        (title.like("a%"), |text| text.starts_with('a')),
        (title.like("%\0"), |text| text.ends_with('\0')),
        (title.like("_\0_"), |text| text == "a\0b" || text == "é\0é"),
        (!title.like("%\0%"), |text| !text.contains('\0')),
        (title.length().eq(3), |text| text.chars().count() == 3),
        (title.length().ge(1), |text| !text.is_empty()),
        (title.lower().contains("\0"), |text| text.contains('\0')),
        (title.upper().starts_with("A\0"), |text| {
            text.starts_with("a\0")
        }),
        (title.trim().ends_with("\0"), |text| text.ends_with('\0')),
        (title.concat("!").ends_with("b!"), |text| {
            text.ends_with('b')
        }),
        (title.concat("!").length().eq(4), |text| {
            text.chars().count() == 3
        }),
        (title.concat("!").like("%\0_!"), |text| {
            text.chars().rev().nth(1) == Some('\0')
        }),
    ]
}

#[test]
fn a_nul_is_a_character_like_any_other_in_a_search() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let mut there = Vec::new();
        for text in TEXTS {
            match c.posts().insert(rows::post(ann.id, text, 1)) {
                Ok(_) => there.push(text),
                Err(error) => {
                    let is_refused = matches!(error.kind(), ErrorKind::UnsupportedValue(_));
                    assert!(is_refused && text.contains('\0'), "{error}");
                }
            }
        }
        for (at, (condition, expected)) in searches::<E>().into_iter().enumerate() {
            let found = c.posts().filter(condition).order_by(post::id.asc()).all()?;
            let expected: Vec<&str> = there
                .iter()
                .copied()
                .filter(|text| expected(text))
                .collect();
            assert_eq!(titles(found), expected, "search {at}");
        }
        // No body is there: neither the condition nor its opposite holds.
        for condition in [post::body.contains("\0"), !post::body.ends_with("\0")] {
            assert_eq!(c.posts().filter(condition).count()?, 0);
        }
        let with_nul = there.iter().filter(|text| text.contains('\0')).count();
        let deleted = c.posts().delete_where(post::title.contains("\0"))?;
        assert_eq!(deleted, with_nul as u64);
        assert_eq!(c.posts().count()?, (there.len() - with_nul) as u64);
        Ok(())
    }
    on_each!(show)
}

/// Longer than the pattern of a `LIKE` or `GLOB` of SQLite may be.
#[test]
fn a_long_text_is_looked_for_in_a_longer_one() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let long = "b".repeat(100_000);
        c.posts()
            .insert(rows::post(ann.id, "long", 1).body(format!("a{long}c")))?;
        let pattern = format!("%{long}_");
        for condition in [
            post::body.contains(&long),
            post::body.starts_with(format!("a{long}")),
            post::body.ends_with(format!("{long}c")),
            post::body.like(&pattern),
        ] {
            assert_eq!(c.posts().filter(condition).count()?, 1);
        }
        Ok(())
    }
    on_each!(show)
}

#[test]
fn a_nul_within_json_is_a_character_of_its_text() -> bindery::Result<()> {
    use crate::assigned::*;
    use bindery::Hosts;
    fn show<E: StaticEngine + Hosts<model::Reading>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let new = NewReading::new("with").doc(json!({ "a": "x\0y" }));
        let is_there = match c.readings().insert(new) {
            Ok(_) => 1,
            Err(_) => 0,
        };
        c.readings()
            .insert(NewReading::new("without").doc(json!({ "a": "xy" })))?;
        let json_text = || reading::doc.json_text("a");
        for (condition, expected) in [
            (json_text().contains("\0"), is_there),
            (json_text().ends_with("y"), 1 + is_there),
            (json_text().like("x"), 0),
            (json_text().length().eq(3), is_there),
        ] {
            assert_eq!(c.readings().filter(condition).count()?, expected);
        }
        let path = reading::doc.json_text("a\0").is_null();
        let error = c.readings().filter(path).count().expect_err("no path");
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        Ok(())
    }
    let bench = crate::bench::Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&mut db.p()?)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&mut db.default()?)?;
    }
    Ok(())
}
