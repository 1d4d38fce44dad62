//! Tables that were made for another schema than the program's, and fit all the same: two versions of a program side by
//! side.

use bindery::__private::Program;
use bindery::config::SchemaCheck;
use bindery::drift::SchemaDrift;
use bindery::{Dialect, EngineOptions, ErrorKind, Registry};

use super::{TestDatabase, file};
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{EARLIER, Everything, Logged, NewBlog, Tables, program, program_with};

const HASH: &str = "SELECT hash FROM _bindery_schema";

fn open(
    program: &'static Program,
    engine: &str,
    place: &TestDatabase,
    check: SchemaCheck,
) -> Registry {
    let options = EngineOptions::url(place.url()).schema_check(check);
    program_with(program, engine, options)
}

/// Returns the number of log lines about other schemas while an engine is used for the first time, twice.
fn told<E: Everything>(db: &Registry, engine: E) -> usize {
    let log = Logged::of(|| {
        let mut c = db.connect(engine).unwrap();
        c.blogs().count().unwrap();
        c.blogs().insert(NewBlog::new("x")).unwrap();
    });
    assert!(
        log.iter().all(|line| line.starts_with("WARN ")
            && line.contains(engine.name())
            && line.contains("made for another schema than the program's (hash ")
            && line.contains(env!("CARGO_PKG_VERSION"))),
        "{log:?}"
    );
    log.len()
}

/// For which schema a call is refused.
fn refused<T>(outcome: bindery::Result<T>) -> SchemaDrift {
    match outcome.map(drop).unwrap_err().kind() {
        ErrorKind::SchemaDrift(drift) => drift.clone(),
        kind => panic!("{kind:?}"),
    }
}

/// The older of two versions goes on where its tables fit, and both get a warning; `strict` refuses.
///
/// Covers CFG-10, GEN-8.
#[test]
fn cfg_10_two_versions_of_a_program_are_told_of_each_other() {
    fn check<E: Everything>(engine: E, place: &TestDatabase, _: &str) {
        let name = engine.name();
        let (error, strict) = (SchemaCheck::Error, SchemaCheck::Strict);
        let older = open(&EARLIER, name, place, error);
        let made = older.create_missing_on(engine).unwrap();
        assert_eq!(made.created.len(), 3);
        let first = place.ask(HASH);
        assert_eq!(told(&older, engine), 0);

        // The newer one gets a warning before it changes anything, or refused.
        let newer = open(program(), name, place, strict);
        let drift = refused(newer.create_missing_on(engine));
        let other = drift.made_for.as_ref().expect("another schema");
        assert_eq!(
            ([other.hash.clone()], other.engine),
            (first.clone().try_into().unwrap(), name)
        );
        assert_eq!(other.bindery, env!("CARGO_PKG_VERSION"));
        assert_eq!(
            other.made_at.len(),
            "2026-01-31 12:00:00".len(),
            "{other:?}"
        );
        let hint = format!("DELETE FROM _bindery_schema WHERE engine = '{name}'");
        assert!(drift.to_string().contains(&hint), "{drift}");
        assert_eq!(place.ask(HASH), first);
        let newer = open(program(), name, place, error);
        let log = Logged::of(|| {
            let made = newer.create_missing_on(engine).unwrap();
            assert_eq!((made.created.len(), made.existing.len()), (1, 3));
        });
        assert_eq!(log.len(), 1, "{log:?}");
        let second = place.ask(HASH);
        assert_ne!(second, first);
        assert_eq!(told(&newer, engine), 0);
        assert!(
            newer
                .check()
                .iter()
                .all(|(at, outcome)| *at != name || outcome.is_ok())
        );

        // The older one, started anew.
        for (check, times) in [(error, 1), (SchemaCheck::Warn, 1), (SchemaCheck::Off, 0)] {
            let older = open(&EARLIER, name, place, check);
            assert_eq!(told(&older, engine), times, "{check:?}");
            let checked = older.check().into_iter().find(|(at, _)| *at == name);
            checked.expect("the engine").1.unwrap();
        }
        let older = open(&EARLIER, name, place, strict);
        let mut c = older.connect(engine).unwrap();
        for _ in 0..2 {
            let drift = refused(c.blogs().count());
            assert!(
                drift.tables.is_empty() && drift.made_for.is_some(),
                "{drift}"
            );
            let in_transaction = c.transaction(|tx| tx.blogs().insert(NewBlog::new("no")));
            assert!(refused(in_transaction).made_for.is_some());
        }
        let checked = older.check().into_iter().find(|(at, _)| *at == name);
        assert!(refused(checked.expect("the engine").1).made_for.is_some());
        // Its hint is followed.
        place.run(&hint);
        c.blogs().count().unwrap();
        drop(c);
        assert_eq!(older.create_missing_on(engine).unwrap().existing.len(), 3);
        assert_eq!(place.ask(HASH), first);
    }
    on_each!(check);
}

/// Objects that were there before are left alone; those of bindery go with its tables.
///
/// Covers GEN-8.
#[test]
fn a_database_of_others_is_not_written_to() {
    fn check<E: Everything>(engine: E, place: &TestDatabase, key: &str) {
        let db = open(&EARLIER, engine.name(), place, SchemaCheck::Strict);
        db.create_missing_on(engine).unwrap();
        assert_eq!(place.ask(HASH).len(), 1);
        assert_eq!(db.drop_tables(engine).unwrap().len(), 3);
        let tables = match db.engine(engine.name()).unwrap().dialect {
            Dialect::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            }
            Dialect::Postgres => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            Dialect::Mysql => {
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
            }
        };
        assert_eq!(place.ask(tables), [""; 0]);

        // By hand, as the program would.
        place.blogs(key, super::SOUND);
        place.run("CREATE TABLE members (id BIGINT); CREATE TABLE order_lines (id BIGINT)");
        let made = db.create_missing_on(engine).unwrap();
        assert_eq!((made.created.len(), made.existing.len()), (0, 3));
        db.connect(engine)
            .unwrap()
            .blogs()
            .insert(NewBlog::new("x"))
            .unwrap();
        assert_eq!(place.ask(tables).len(), 3);
    }
    on_each!(check);
}

/// Each engine has a row of its own, also where they share a database; what another engine hosts is nothing to it.
#[test]
fn engines_of_one_database_have_a_row_each() {
    let place = file();
    let open = |program| {
        let config = bindery::Config::new()
            .engine("default", EngineOptions::url(place.url()))
            .engine("b", EngineOptions::url(place.url()))
            .engine("test", ":memory:")
            .engine("x_mysql", "mysql://nobody@127.0.0.1:1/nothing")
            .engine("x_postgres", "postgres://nobody@127.0.0.1:1/nothing")
            .engine("y_mariadb", "mariadb://nobody@127.0.0.1:1/nothing");
        Registry::with_config(program, &config).unwrap()
    };
    let rows = || place.ask("SELECT engine || ' ' || hash FROM _bindery_schema ORDER BY engine");
    let b = crate::sample::engine::B;
    let earlier = open(&EARLIER);
    earlier.create_missing_on(Default).unwrap();
    assert_eq!(rows().len(), 1);
    // Its table is there already, and its row comes with the first look.
    earlier.create_missing_on(b).unwrap();
    let before = rows();
    assert_eq!(before.len(), 2);
    open(program()).create_missing_on(Default).unwrap();
    open(program()).create_missing_on(b).unwrap();
    let after = rows();
    assert_eq!(
        (before[0] == after[0], before[1] == after[1]),
        (true, false)
    );
    open(program()).drop_tables(b).unwrap();
    assert_eq!(rows(), [after[1].clone()]);
}

/// A row that a program may not read, or holds anything at all, does no harm.
#[test]
fn a_record_of_somebody_else_is_no_harm() {
    fn check<E: Everything>(engine: E, place: &TestDatabase, key: &str) {
        place.blogs(key, super::SOUND);
        place.run(&format!(
            "CREATE TABLE _bindery_schema (engine VARCHAR(32), hash VARCHAR(99), bindery VARCHAR(99), made_at VARCHAR(99)); \
             INSERT INTO _bindery_schema VALUES ('{}', '', 'not \n a version', 'long ago')",
            engine.name()
        ));
        let db = open(&EARLIER, engine.name(), place, SchemaCheck::Error);
        let log = Logged::of(|| {
            db.connect(engine).unwrap().blogs().count().unwrap();
        });
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(!log[0].contains('\n'), "{log:?}");
    }
    on_each!(check);
}
