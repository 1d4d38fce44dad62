//! Tables that are not as the program was compiled for, without an earlier check: errors that name the column and hold
//! no values.

use bindery::config::SchemaCheck;
use bindery::{Connection, EngineOptions, ErrorKind, StaticEngine};

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, Tables, at, with};

const CANARY: &str = "canary-51c0";
const TABLE: &str = "CREATE TABLE blogs (id BIGINT PRIMARY KEY, title VARCHAR(20), content VARCHAR(20), stars VARCHAR(20));";

fn script(row: &str) -> String {
    format!("{TABLE} INSERT INTO blogs (id, title, content, stars) VALUES {row}")
}

/// Runs a check on each database, whose table of blogs holds this row.
macro_rules! on_each {
    ($row:expr, $check:ident) => {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("drift.db");
        let raw = rusqlite::Connection::open(&file).unwrap();
        raw.execute_batch(&script($row)).unwrap();
        run(Default, &format!("sqlite://{}", file.display()), $check);
        if let Some(database) = bindery_testkit::fresh_postgres() {
            database.run_script(&script($row)).unwrap();
            run(Postgres, &database.url(), $check);
        }
        if let Some(database) = bindery_testkit::fresh_mysql() {
            database.run_script(&script($row)).unwrap();
            run(Mysql, &database.url(), $check);
        }
    };
}

fn run<E: StaticEngine>(engine: E, url: &str, check: impl FnOnce(&mut Connection<E>)) {
    let options = EngineOptions::url(url).schema_check(SchemaCheck::Off);
    check(&mut with(engine.name(), options).connect(engine).unwrap());
}

/// Returns the error of reading, which is the same for one row and for many.
fn refusal<E: Everything>(c: &mut Connection<E>) -> String {
    let errors = [
        c.blogs().first().unwrap_err(),
        c.blogs().all().unwrap_err(),
        c.blogs().iter().unwrap().next().unwrap().unwrap_err(),
    ];
    let texts = errors.map(|error| {
        assert!(
            matches!(error.kind(), ErrorKind::Decode { .. }),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
        assert!(
            error.to_string().contains(error.column().unwrap()),
            "{error}"
        );
        format!("{}: {}", error.column().unwrap(), error.kind())
    });
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
    texts[0].clone()
}

#[test]
fn null_where_the_schema_has_none_is_told_as_such() {
    fn check<E: Everything>(c: &mut Connection<E>) {
        assert_eq!(
            refusal(c),
            "title: column 2 of the row is NULL, and no text"
        );
    }
    on_each!("(1, NULL, NULL, '1')", check);
}

#[test]
fn a_column_of_another_type_is_named() {
    fn check<E: Everything>(c: &mut Connection<E>) {
        assert_eq!(refusal(c), "stars: column 4 of the row is no integer");
    }
    on_each!(&format!("(1, 'x', NULL, '{CANARY}')"), check);
}

#[test]
fn a_file_that_is_no_database_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.txt");
    std::fs::write(
        &file,
        format!("Dear {CANARY}, this is no database. ").repeat(40),
    )
    .unwrap();
    let error = at("default", &format!("sqlite://{}", file.display()))
        .connect(Default)
        .err()
        .expect("no database");
    assert_eq!(*error.kind(), ErrorKind::Corrupt);
    let why = std::error::Error::source(&error).expect("SQLite's words");
    assert!(why.to_string().contains("not a database"), "{why}");
}
