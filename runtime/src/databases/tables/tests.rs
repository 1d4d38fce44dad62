//! Tables that refer to each other, and another that refers to them, on SQLite.

use super::*;
use crate::error::ErrorKind;
use crate::link::program::{EngineInfo, ModelInfo, Program};
use bindery_core::dialect::Dialect;

macro_rules! table {
    ($name:literal, $other:literal) => {
        TableDdl {
            engine: 0,
            schema: None,
            table: $name,
            create: &[concat!(
                "CREATE TABLE ",
                $name,
                " (id INTEGER PRIMARY KEY, other REFERENCES ",
                $other,
                ")"
            )],
            link: &[],
            drop: &[concat!("DROP TABLE ", $name)],
        }
    };
}

static PROGRAM: Program = Program {
    engines: &[EngineInfo {
        name: "default",
        dialect: Dialect::Sqlite,
        flavour: None,
        outbox: false,
        inbox: false,
        keeps: &[],
        head: None,
    }],
    models: &[&ModelInfo {
        name: "Circle",
        schema: None,
        table: "one",
        is_view: false,
        columns: &["id", "other"],
        kinds: "",
        rules: 0,
        constraints: &[],
        constraint_names: "",
        engines: &["default"],
        tables: &[table!("one", "two"), table!("two", "one")],
    }],
    configured: false,
};

/// Both tables with rows that refer to each other.
fn circle() -> Registry {
    let db = Registry::in_memory(&PROGRAM).unwrap();
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
    static BROKEN: Program = Program {
        engines: PROGRAM.engines,
        models: &[&ModelInfo {
            name: "Broken",
            schema: None,
            table: "broken",
            is_view: false,
            columns: &["id"],
            kinds: "",
            rules: 0,
            constraints: &[],
            constraint_names: "",
            engines: &["default"],
            tables: &[TableDdl {
                engine: 0,
                schema: None,
                table: "broken",
                create: &[
                    "CREATE TABLE broken (id INTEGER)",
                    "CREATE INDEX i ON broken (nothing)",
                ],
                link: &[],
                drop: &[],
            }],
        }],
        configured: false,
    };
    let db = Registry::in_memory(&BROKEN).unwrap();
    for _ in 0..2 {
        let error = db.create_missing().unwrap_err();
        assert_eq!(error.operation(), Some(Operation::Create), "{error:?}");
    }
    run(&db, "CREATE TABLE broken (id INTEGER)");
}

/// Of four hundred tables one must be named.
#[test]
fn a_table_that_cannot_be_created_is_named() {
    static BROKEN: Program = Program {
        engines: PROGRAM.engines,
        models: &[&ModelInfo {
            name: "Half",
            schema: None,
            table: "half",
            is_view: false,
            columns: &["id"],
            kinds: "",
            rules: 0,
            constraints: &[],
            constraint_names: "",
            engines: &["default"],
            tables: &[TableDdl {
                engine: 0,
                schema: None,
                table: "half",
                create: &["CREATE TABLE half ("],
                link: &[],
                drop: &[],
            }],
        }],
        configured: false,
    };
    let db = Registry::in_memory(&BROKEN).unwrap();
    let error = db.create_missing().unwrap_err();
    assert_eq!(
        (error.engine(), error.model(), error.operation()),
        (Some("default"), Some("half"), Some(Operation::Create))
    );
}
