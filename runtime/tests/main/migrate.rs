//! Migrations that a program brings along: `db.migrate(…)` on all of its engines.

use std::thread;

use bindery::error::MigrationError;
use bindery::migrate::{
    EngineMigrations, MigrateOptions, Migration, MigrationState, Migrations, Migrator, Script,
    ScriptStatement,
};
use bindery::{Config, ErrorKind, Registry};
use bindery_testkit::FreshDatabase;

use crate::sample::engine::{Default, Mysql, Postgres};
use crate::sample::program;

const CREATE: ScriptStatement = ScriptStatement::new(
    "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, x VARCHAR(9))",
    1,
);
const INSERT: ScriptStatement = ScriptStatement::new("INSERT INTO notes (id) VALUES (1)", 2);
const MORE: ScriptStatement = ScriptStatement::new("ALTER TABLE notes ADD COLUMN y BIGINT", 1);
const FAILS: ScriptStatement = ScriptStatement::new("ALTER TABLE nothing ADD COLUMN y BIGINT", 7);

const fn first(up: Script) -> Migration {
    Migration::new("1", "notes", "aa", up, None)
}

const fn second(name: &'static str, up: Script) -> Migration {
    Migration::new("2", name, "bb", up, None)
}

const NOTES: &[Migration] = &[
    first(Script::new(const { &[CREATE, INSERT] }, false)),
    second("more", Script::new(const { &[MORE] }, false)),
];
const BROKEN: &[Migration] = &[
    first(Script::new(const { &[CREATE] }, false)),
    second("broken", Script::new(const { &[FAILS] }, false)),
];
const ALL: Migrations = Migrations::new(&[
    EngineMigrations::new("default", NOTES),
    EngineMigrations::new("x_mysql", NOTES),
    EngineMigrations::new("x_postgres", NOTES),
]);
const ENGINES: [&str; 3] = ["default", "x_mysql", "x_postgres"];

/// A program with an engine on each database.
struct Bench {
    db: Registry,
    _servers: [FreshDatabase; 2],
    _folder: tempfile::TempDir,
}

fn bench() -> Option<Bench> {
    let servers = [
        bindery_testkit::fresh_mysql()?,
        bindery_testkit::fresh_postgres()?,
    ];
    let folder = tempfile::tempdir().unwrap();
    let config = [
        ("b", ":memory:".to_owned()),
        (
            "default",
            format!("sqlite://{}/a.db", folder.path().display()),
        ),
        ("test", ":memory:".to_owned()),
        ("x_mysql", servers[0].url()),
        ("x_postgres", servers[1].url()),
        ("y_mariadb", "mysql://nobody@127.0.0.1:1/nothing".to_owned()),
    ];
    let config = config
        .into_iter()
        .fold(Config::new(), |config, (name, url)| {
            config.engine(name, url)
        });
    Some(Bench {
        db: Registry::with_config(program(), &config).unwrap(),
        _servers: servers,
        _folder: folder,
    })
}

#[test]
fn the_migrations_of_a_program_are_applied_on_every_engine() {
    let Some(bench) = bench() else { return };
    let error = bench.db.ensure_migrated(ALL).unwrap_err();
    assert_eq!(
        error.to_string(),
        "engine `default`: migrating: not applied: 1, 2"
    );
    let report = bench.db.migrate(ALL).unwrap();
    let engines: Vec<_> = report.engines().iter().map(|one| one.engine).collect();
    assert_eq!(engines, ENGINES);
    for engine in ENGINES {
        let applied: Vec<_> = report
            .applied_on(engine)
            .iter()
            .map(|one| one.version)
            .collect();
        assert_eq!(applied, ["1", "2"], "{engine}");
    }
    assert!(!report.is_unchanged());
    assert!(bench.db.migrate(ALL).unwrap().is_unchanged());
    bench.db.ensure_migrated(ALL).unwrap();
    for (engine, status) in bench.db.migration_status(ALL).unwrap() {
        let applied = status
            .iter()
            .filter(|one| one.state == MigrationState::Applied);
        assert_eq!(applied.count(), 2, "{engine}");
    }
}

#[test]
fn an_engine_that_fails_keeps_no_other_from_being_migrated() {
    const MIXED: Migrations = Migrations::new(&[
        EngineMigrations::new("default", BROKEN),
        EngineMigrations::new("elsewhere", NOTES),
        EngineMigrations::new("x_mysql", BROKEN),
        EngineMigrations::new("x_postgres", NOTES),
    ]);
    let Some(bench) = bench() else { return };
    let options = MigrateOptions::new().attempts(1);
    let failed = bench.db.migrate_with(MIXED, options).unwrap_err();
    let report = failed.report();
    let wrong: Vec<_> = report.failed().map(|(engine, _)| engine).collect();
    assert_eq!(wrong, ["default", "elsewhere", "x_mysql"]);
    assert_eq!(report.applied_on("x_postgres").len(), 2);
    let lines = failed.to_string();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0]
            .starts_with("engine `default`: migrating: migration 2: statement 1 (line 7) failed"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "migrating: the program has no engine `elsewhere`");
    let error = bindery::Error::from(failed);
    assert!(
        matches!(error.kind(), ErrorKind::Migration(MigrationError::Statement { version, .. }) if version == "2"),
        "{error:?}"
    );
    // Migrations that were applied before stay, and the next call goes on.
    let status = bench.db.migration_status(ALL).unwrap();
    assert_eq!(status[0].1[0].state, MigrationState::Applied);
}

/// Another session sees how far the statement at work is: blocks of an index on PostgreSQL, a share of the table that MariaDB copies.
#[test]
fn a_statement_that_takes_long_is_seen_from_beside() {
    const SLOW: ScriptStatement = ScriptStatement::new(
        "CREATE FUNCTION slow(x bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.005); RETURN x; END'",
        1,
    );
    const ROWS: ScriptStatement = ScriptStatement::new(
        "INSERT INTO notes (id, x) SELECT n, 'xxxxxxxxx' FROM generate_series(1, 400) AS n",
        2,
    );
    const INDEX: ScriptStatement = ScriptStatement::new("CREATE INDEX ON notes (slow(id))", 3);
    const OF_POSTGRES: &[Migration] = &[
        first(Script::new(const { &[CREATE, SLOW, ROWS] }, false)),
        second("index", Script::new(const { &[INDEX] }, false)),
    ];
    const MANY_ROWS: ScriptStatement = ScriptStatement::new(
        "INSERT INTO notes (id, x) SELECT seq, 'xxxxxxxxx' FROM seq_1_to_200000",
        2,
    );
    const COPY: ScriptStatement = ScriptStatement::new(
        "ALTER TABLE notes ADD COLUMN y BIGINT NOT NULL DEFAULT 7, ALGORITHM = COPY",
        3,
    );
    const OF_MYSQL: &[Migration] = &[
        first(Script::new(const { &[CREATE, MANY_ROWS] }, false)),
        second("copy", Script::new(const { &[COPY] }, false)),
    ];
    let Some(bench) = bench() else { return };
    let run_seen = |migrator: Migrator<'_, '_>, unit| {
        let mut watch = migrator.watch().unwrap().unwrap();
        assert_eq!(watch.look().unwrap(), None, "nothing is at work");
        let mut seen = Vec::new();
        thread::scope(|scope| {
            let run = scope.spawn(|| migrator.run(&mut |_| ()).map(|runs| runs.len()));
            while !run.is_finished() {
                seen.extend(watch.look().unwrap());
            }
            assert_eq!(run.join().unwrap().unwrap(), 2);
        });
        let highest = seen.iter().max_by_key(|one| one.done);
        let highest = highest.unwrap_or_else(|| panic!("{unit}: it was at work unseen"));
        assert_eq!(highest.unit, unit);
        let of = highest.of.unwrap();
        assert!(highest.done > 0 && highest.done <= of, "{seen:?}");
        assert_eq!(watch.look().unwrap(), None, "nothing is at work");
    };
    run_seen(Migrator::new(&bench.db, Postgres, OF_POSTGRES), "blocks");
    let of_mysql = Migrator::new(&bench.db, Mysql, OF_MYSQL);
    if bindery_testkit::mysql_is_galera() {
        assert!(of_mysql.watch().unwrap().is_none());
    } else {
        run_seen(of_mysql, "percent");
    }
    let of_sqlite = Migrator::new(&bench.db, Default, NOTES);
    assert!(of_sqlite.watch().unwrap().is_none());
}

/// Of ten programs that start at the same time one applies them.
#[test]
fn programs_that_start_at_the_same_time_apply_them_once() {
    let Some(bench) = bench() else { return };
    let applied = std::thread::scope(|scope| {
        let programs: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| bench.db.migrate(ALL).unwrap()))
            .collect();
        let reports = programs.into_iter().map(|one| one.join().unwrap());
        let number = |report: bindery::migrate::MigrateReport| {
            let of_each = ENGINES.map(|engine| report.applied_on(engine).len());
            of_each.iter().sum::<usize>()
        };
        reports.map(number).sum::<usize>()
    });
    assert_eq!(applied, 6);
}
