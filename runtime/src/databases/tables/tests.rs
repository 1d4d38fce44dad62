//! Tables that refer to each other, and another that refers to them, on SQLite.

use std::borrow::Cow;

use super::*;
use crate::error::ErrorKind;
use bindery_core::dialect::Dialect;
use bindery_core::program::{EngineInfo, List, ModelInfo, Program};

macro_rules! table {
    ($name:literal, $other:literal) => {
        TableDdl::new(
            $name,
            &[concat!(
                "CREATE TABLE ",
                $name,
                " (id INTEGER PRIMARY KEY, other REFERENCES ",
                $other,
                ")"
            )],
            &[],
            &[concat!("DROP TABLE ", $name)],
        )
    };
}

/// A program of one model.
fn program(name: &'static str, tables: Vec<TableDdl>) -> &'static Program {
    Box::leak(Box::new(Program {
        engines: vec![EngineInfo::new("default", Dialect::Sqlite)].into(),
        models: List::owned([ModelInfo {
            name: Cow::Borrowed(name),
            engines: List::Static(&["default"]),
            tables: tables.into(),
            ..ModelInfo::NONE
        }]),
        configured: false,
    }))
}

/// Both tables with rows that refer to each other.
fn circle() -> Registry {
    let circle = vec![table!("one", "two"), table!("two", "one")];
    let db = Registry::in_memory(program("Circle", circle)).unwrap();
    db.create_missing().unwrap();
    let rows = "BEGIN; PRAGMA defer_foreign_keys = ON; \
         INSERT INTO one VALUES (1, 2); INSERT INTO two VALUES (2, 1); COMMIT";
    run(&db, rows);
    db
}

fn run(db: &Registry, sql: &str) {
    let mut link = db.engines[0].pool.acquire().unwrap();
    link.ready().unwrap().batch(sql).unwrap();
}

#[test]
fn a_circle_is_dropped_with_its_rows() {
    let db = circle();
    assert_eq!(
        db.drop_all().unwrap(),
        [("default", "two"), ("default", "one")]
    );
    assert_eq!(db.create_missing().unwrap().created.len(), 2);
}

#[test]
fn what_others_refer_to_is_not_dropped() {
    let db = circle();
    run(
        &db,
        "CREATE TABLE mine (one REFERENCES one); INSERT INTO mine VALUES (1)",
    );
    let error = db.drop_all().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::ForeignKeyViolation(_)),
        "{error:?}"
    );
    assert_eq!(
        (error.engine(), error.operation()),
        (Some("default"), Some(Operation::Drop))
    );
    assert_eq!(db.create_missing().unwrap().existing.len(), 2);
    run(&db, "DROP TABLE mine");
    assert_eq!(db.drop_all().unwrap().len(), 2);
}

#[test]
fn a_table_that_cannot_be_made_whole_is_not_made() {
    let broken = TableDdl::new(
        "broken",
        &[
            "CREATE TABLE broken (id INTEGER)",
            "CREATE INDEX i ON broken (nothing)",
        ],
        &[],
        &[],
    );
    let db = Registry::in_memory(program("Broken", vec![broken])).unwrap();
    for _ in 0..2 {
        let error = db.create_missing().unwrap_err();
        assert_eq!(error.operation(), Some(Operation::Create), "{error:?}");
    }
    run(&db, "CREATE TABLE broken (id INTEGER)");
}

/// Of four hundred tables one must be named.
#[test]
fn a_table_that_cannot_be_created_is_named() {
    let broken = TableDdl::new("half", &["CREATE TABLE half ("], &[], &[]);
    let db = Registry::in_memory(program("Half", vec![broken])).unwrap();
    let error = db.create_missing().unwrap_err();
    assert_eq!(
        (error.engine(), error.model(), error.operation()),
        (Some("default"), Some("half"), Some(Operation::Create))
    );
}
