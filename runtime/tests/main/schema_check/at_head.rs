//! A program that demands its last migration: nothing is done on an engine that lacks it.

use std::sync::LazyLock;

use bindery::__private::{EngineInfo, Program};
use bindery::config::SchemaCheck;
use bindery::drift::SchemaDrift;
use bindery::migrate::{Migration, Migrator, Script, ScriptStatement};
use bindery::{EngineOptions, ErrorKind, Registry};

use super::{TestDatabase, check_of, file};
use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::{Everything, NewBlog, Tables, program, program_with};

/// The program of a build with `schema-check = "at-head"`, whose last migration is the one below.
static AT_HEAD: LazyLock<Program> = LazyLock::new(|| {
    let engines = program().engines.iter().map(|engine| EngineInfo {
        head: Some("2".into()),
        ..engine.clone()
    });
    Program {
        engines: engines.collect(),
        ..program().clone()
    }
});

const fn migration(version: &'static str, statement: &'static [ScriptStatement]) -> Migration {
    Migration::new(version, "notes", "aa", Script::new(statement, false), None)
}

const MIGRATIONS: &[Migration] = &[
    migration(
        "1",
        const {
            &[ScriptStatement::new(
                "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)",
                1,
            )]
        },
    ),
    migration(
        "2",
        const {
            &[ScriptStatement::new(
                "ALTER TABLE notes ADD COLUMN x BIGINT",
                1,
            )]
        },
    ),
];

fn refused<T>(outcome: bindery::Result<T>) -> SchemaDrift {
    match outcome.map(drop).unwrap_err().kind() {
        ErrorKind::SchemaDrift(drift) => drift.clone(),
        kind => panic!("{kind:?}"),
    }
}

fn migrate<E: Everything>(db: &Registry, engine: E, migrations: &'static [Migration]) {
    let migrator = Migrator::new(db, engine, migrations);
    migrator.run(&mut |_| ()).unwrap();
}

/// Both for statements and for `check`, until the migration is there: then without a restart.
///
/// Covers GEN-8.
#[test]
fn gen_8_a_program_can_demand_its_last_migration() {
    fn check<E: Everything>(engine: E, place: &TestDatabase, _: &str) {
        let name = engine.name();
        let options = EngineOptions::url(place.url()).schema_check(SchemaCheck::AtHead);
        let db = program_with(&AT_HEAD, name, options);
        db.create_missing_on(engine).unwrap();
        let demand = |db: &Registry| {
            let mut c = db.connect(engine).unwrap();
            let reading = refused(c.blogs().count());
            assert_eq!(refused(c.blogs().insert(NewBlog::new("x"))), reading);
            assert_eq!(refused(check_of(db, engine)), reading);
            let pending = reading.pending.as_ref().expect("a migration");
            assert_eq!((pending.engine, pending.version), (name, Some("2")));
            assert!(reading.tables.is_empty() && reading.made_for.is_none());
            let help = format!("apply it with `bindery migrate run --engine {name}`");
            assert!(reading.to_string().ends_with(&help), "{reading}");
        };
        demand(&db);
        migrate(&db, engine, &MIGRATIONS[..1]);
        demand(&db);
        migrate(&db, engine, MIGRATIONS);
        check_of(&db, engine).unwrap();
        let mut c = db.connect(engine).unwrap();
        c.blogs().insert(NewBlog::new("x")).unwrap();
        assert_eq!(c.blogs().count().unwrap(), 1);
    }
    on_each!(check);
}

/// One that was begun and not ended is none.
#[test]
fn a_migration_that_is_half_done_is_not_applied() {
    fn check<E: Everything>(engine: E, place: &TestDatabase, _: &str) {
        let options = EngineOptions::url(place.url()).schema_check(SchemaCheck::AtHead);
        let db = program_with(&AT_HEAD, engine.name(), options);
        db.create_missing_on(engine).unwrap();
        migrate(&db, engine, MIGRATIONS);
        place.run("UPDATE _bindery_migrations SET stage = 'applying' WHERE version = '2'");
        let mut c = db.connect(engine).unwrap();
        assert!(refused(c.blogs().count()).pending.is_some());
    }
    on_each!(check);
}
