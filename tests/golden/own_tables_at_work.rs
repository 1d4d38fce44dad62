//! Databases that one account migrates, and a program uses by another account, which has no right to make, change or drop anything:
//! with `schema-check = "strict"`, tasks, events, atomic groups, sagas and syncs.

use std::collections::BTreeMap;
use std::time::Duration;

use bindery::__private::Program;
use bindery::atomic::RecoverOptions;
use bindery::config::SchemaCheck;
use bindery::generic::GeneratedDatabases;
use bindery::migrate::{
    EngineMigrations, MigrateReport, Migration, Migrations, Script, ScriptStatement,
};
use bindery::outbox::{Task, TaskQueue};
use bindery::saga::Saga;
use bindery::{Config, EngineOptions, ErrorKind, Sql};
use bindery_testkit::{FreshDatabase, Server, Watchdog};
use serde::{Deserialize, Serialize};

use crate::own_tables::{Databases, NewNote, NewOrder, NewUser, Note, Tables as _, User, engine};

#[derive(Debug, Clone, Serialize, Deserialize, Task)]
struct Greet {
    id: i64,
}

const OWN_OF_DEFAULT: [&str; 10] = [
    "_bindery_outbox",
    "_bindery_schedules",
    "_bindery_events",
    "_bindery_inbox",
    "_bindery_versions",
    "_bindery_messages",
    "_bindery_coordinators",
    "_bindery_decisions",
    "_bindery_sagas",
    "_bindery_saga_steps",
];

const OWN_OF_M: [&str; 12] = [
    "_bindery_outbox",
    "_bindery_schedules",
    "_bindery_events",
    "_bindery_inbox",
    "_bindery_versions",
    "_bindery_messages",
    "_bindery_coordinators",
    "_bindery_decisions",
    "_bindery_sync",
    "_bindery_sync_runs",
    "_bindery_sync_rejects",
    "_bindery_saga_marks",
];

const OWN_OF_LITE: [&str; 8] = [
    "_bindery_outbox",
    "_bindery_schedules",
    "_bindery_events",
    "_bindery_sync",
    "_bindery_sync_runs",
    "_bindery_sync_rejects",
    "_bindery_sagas",
    "_bindery_saga_steps",
];

/// Tables that a program only reads.
const ONLY_READ: [&str; 2] = ["_bindery_schema", "_bindery_migrations"];

/// One migration for each engine, which makes the tables of the schema and nothing of bindery's own.
fn chain(program: &'static Program) -> Migrations {
    let engines = program.engines.iter().enumerate().map(|(at, engine)| {
        let tables = program.tables_of(at);
        let statements = tables.flat_map(|table| table.create.iter().chain(table.link.iter()));
        let statements: Vec<_> = statements
            .zip(1..)
            .map(|(sql, line)| ScriptStatement::new(sql, line))
            .collect();
        let script = Script::new(statements.leak(), false);
        let migrations = vec![Migration::new("1", "tables", "aa", script, None)];
        EngineMigrations::new(engine.name(), migrations.leak())
    });
    Migrations::new(engines.collect::<Vec<_>>().leak())
}

/// Servers that keep what they promise, and the files.
struct World {
    postgres: FreshDatabase,
    mariadb: FreshDatabase,
    folder: tempfile::TempDir,
    _servers: [Server; 2],
}

impl World {
    fn start() -> Option<Self> {
        let servers = [
            Server::postgres().durable(true).start_or_skip()?,
            Server::mysql().durable(true).start_or_skip()?,
        ];
        let fresh = |server: &Server| server.fresh_database().expect("a database");
        Some(Self {
            postgres: fresh(&servers[0]),
            mariadb: fresh(&servers[1]),
            folder: tempfile::tempdir().expect("a folder"),
            _servers: servers,
        })
    }

    fn open(&self, postgres: &str, mariadb: &str, check: SchemaCheck) -> Databases {
        let file = |name: &str| format!("sqlite://{}", self.folder.path().join(name).display());
        let options = |url: &str| EngineOptions::url(url).schema_check(check);
        let config = Config::new()
            .engine("default", options(postgres))
            .engine("m", options(mariadb).resolve_commits(true))
            .engine("lite", options(&file("lite.db")))
            .engine("plain", options(&file("plain.db")));
        Databases::with_config(&config).expect("it is configured")
    }

    /// By the account that owns everything.
    fn owner(&self) -> Databases {
        let check = SchemaCheck::Error;
        self.open(&self.postgres.url(), &self.mariadb.url(), check)
    }

    /// By accounts that may read and write rows of the tables there are, and of those that are only read may read them.
    fn limited(&self) -> Databases {
        let (postgres, mariadb) = (&self.postgres, &self.mariadb);
        let run = |database: &FreshDatabase, sql: String| {
            database
                .run_script(&sql)
                .unwrap_or_else(|why| panic!("{why} in {sql}"));
        };
        let name = postgres.name();
        run(
            postgres,
            format!(
                "CREATE ROLE limited LOGIN PASSWORD 'limited'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
                 REVOKE TEMPORARY ON DATABASE \"{name}\" FROM PUBLIC"
            ),
        );
        run(
            mariadb,
            "CREATE USER limited@'%' IDENTIFIED BY 'limited'".to_owned(),
        );
        let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        for table in postgres.answer(tables).expect("tables").lines() {
            run(
                postgres,
                format!("GRANT {} ON {table} TO limited", rights_on(table)),
            );
        }
        for table in mariadb.answer("SHOW TABLES").expect("tables").lines() {
            let place = format!("`{}`.`{table}`", mariadb.name());
            run(
                mariadb,
                format!("GRANT {} ON {place} TO limited@'%'", rights_on(table)),
            );
        }
        let check = SchemaCheck::Strict;
        self.open(&limited(&postgres.url()), &limited(&mariadb.url()), check)
    }
}

fn rights_on(table: &str) -> &'static str {
    match table {
        _ if ONLY_READ.contains(&table) => "SELECT",
        // What readers of recorded changes look for before they read.
        "notes" => "SELECT, INSERT, UPDATE, DELETE, TRIGGER",
        _ => "SELECT, INSERT, UPDATE, DELETE",
    }
}

/// The same place for the account `limited`.
fn limited(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (_, place) = rest.split_once('@').expect("with an account");
    format!("{scheme}://limited:limited@{place}")
}

fn own_tables<'r>(report: &'r MigrateReport, engine: &str) -> &'r [&'static str] {
    let mut engines = report.engines().iter();
    let found = engines.find(|one| one.engine == engine);
    &found.expect("it is reported").own_tables
}

fn migrated(world: &World) -> Databases {
    let owner = world.owner();
    let migrations = chain(Databases::program());
    let report = owner.migrate(migrations).expect("it is migrated");
    assert_eq!(own_tables(&report, "default"), OWN_OF_DEFAULT);
    assert_eq!(own_tables(&report, "m"), OWN_OF_M);
    assert_eq!(own_tables(&report, "lite"), OWN_OF_LITE);
    assert_eq!(own_tables(&report, "plain"), [""; 0]);
    assert!(
        owner
            .migrate(migrations)
            .expect("nothing is pending")
            .is_unchanged()
    );
    let made = owner.create_missing().expect("nothing is missing");
    assert_eq!(made.created, []);
    world.limited()
}

#[test]
fn an_account_that_may_only_write_rows_runs_a_migrated_program() {
    let _watchdog = Watchdog::start(
        "an account that may only write rows",
        Duration::from_mins(5),
    );
    let Some(world) = World::start() else { return };
    let db = migrated(&world);
    for (engine, outcome) in db.check() {
        outcome.unwrap_or_else(|error| panic!("{engine}: {error}"));
    }
    nothing_is_made(&db);
    // What programs do that bring their migrations along.
    let migrations = chain(Databases::program());
    assert!(
        db.migrate(migrations)
            .expect("nothing is pending")
            .is_unchanged()
    );
    db.ensure_migrated(migrations).expect("all are applied");
    assert_eq!(db.create_missing().expect("nothing is missing").created, []);

    let user = NewUser::new(1, "ann");
    db.plain().unwrap().users().insert(user).unwrap();
    all_is_done(&db);
}

/// Whatever needs tables of bindery's own, on each of the three databases.
fn all_is_done(db: &Databases) {
    groups_commit(db);
    tasks_run(db);
    a_saga_ends(db);
    rows_are_copied(db);
}

/// As the account is not allowed to.
fn nothing_is_made(db: &Databases) {
    for engine in [engine::Any::Default, engine::Any::M] {
        for sql in [
            "CREATE TABLE mine (id BIGINT)",
            "ALTER TABLE users ADD COLUMN x BIGINT",
            "DROP TABLE users",
        ] {
            let outcome = db.sql_on(engine).execute(Sql::assembled(sql), ());
            let error = outcome.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::PermissionDenied, "{sql}: {error}");
        }
    }
}

/// With home on PostgreSQL and on MariaDB, with a row that has an event, and a task on both.
fn groups_commit(db: &Databases) {
    let home_m = db.checkout(|tx| {
        tx.default()?.orders().insert(NewOrder::new("pen"))?;
        tx.m()?.orders().insert(NewOrder::new("pen"))?;
        tx.default()?.tasks().push(Greet { id: 1 })?;
        tx.m()?.tasks().push(Greet { id: 2 }).map(drop)
    });
    home_m.stored().expect("it is committed");
    let home_p = db.transfer(|tx| {
        tx.default()?.orders().insert(NewOrder::new("ink"))?;
        tx.m()?.orders().insert(NewOrder::new("ink")).map(drop)
    });
    home_p.stored().expect("it is committed");
    let report = db.recover_with(&RecoverOptions::new().older_than(Duration::ZERO));
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(db.m().unwrap().orders().count().unwrap(), 2);
}

/// Those of the groups, by workers whose effects happen once, also on the other engine.
fn tasks_run(db: &Databases) {
    let of_default = db.worker_on(engine::Default).on::<Greet>(|task, cx| {
        cx.once(engine::M, |tx| {
            tx.users()
                .insert(NewUser::new(task.id + 100, "bob"))
                .map(drop)
        })?;
        Ok(())
    });
    assert_eq!(of_default.run_until_idle().unwrap().completed, 1);
    let of_m = db.worker_on(engine::M).on::<Greet>(|_, _| Ok(()));
    assert_eq!(of_m.run_until_idle().unwrap().completed, 1);
    let mut lite = db.lite().unwrap();
    lite.transaction(|tx| tx.tasks().push(Greet { id: 3 }).map(drop))
        .unwrap();
    drop(lite);
    let of_lite = db.worker_on(engine::Lite).on::<Greet>(|_, _| Ok(()));
    assert_eq!(of_lite.run_until_idle().unwrap().completed, 1);
    for queue in [
        TaskQueue::new(db, engine::Default).summary(),
        TaskQueue::new(db, engine::M).summary(),
    ] {
        assert_eq!(queue.unwrap().pending, 0);
    }
}

fn a_saga_ends(db: &Databases) {
    let greet = Saga::<i64>::builder("greet", engine::Default)
        .step("here", engine::Default, |tx, step| {
            let user = NewUser::new(*step.input(), "cid");
            Ok(tx.users().insert(user)?.version)
        })
        .without_compensation()
        .step("there", engine::M, |tx, step| {
            tx.users().insert(NewUser::new(*step.input(), "cid"))?;
            Ok(())
        })
        .build()
        .expect("it is a saga");
    greet.create_tables(db).expect("they are there");
    greet.run(db, "1", 7).unwrap().completed().unwrap();
    let alone = Saga::<i64>::builder("alone", engine::Lite)
        .step("here", engine::Lite, |tx, step| {
            let user = NewUser::new(*step.input(), "eve");
            tx.users().insert(user)?;
            Ok(())
        })
        .without_compensation()
        .build()
        .expect("it is a saga");
    alone.run(db, "1", 70).unwrap().completed().unwrap();
}

fn rows_are_copied(db: &Databases) {
    let mut default = db.default().unwrap();
    default
        .users()
        .insert(NewUser::new(9, "dan").version(3))
        .unwrap();
    drop(default);
    assert!(
        db.syncs()
            .users_to_m()
            .overlap_by(0)
            .run()
            .unwrap()
            .is_complete()
    );
    assert_eq!(
        db.m().unwrap().users().get(9_i64.into()).unwrap().name,
        "dan"
    );
    let copied = db
        .registry()
        .sync_columns::<User<engine::Default>, User<engine::Lite>>();
    assert!(copied.full().run().unwrap().is_complete());

    db.default()
        .unwrap()
        .notes()
        .insert(NewNote::new(1, "one"))
        .unwrap();
    let notes = || {
        db.registry()
            .sync_columns::<Note<engine::Default>, Note<engine::M>>()
            .captured()
    };
    assert!(notes().run().unwrap().is_complete());
    db.default()
        .unwrap()
        .notes()
        .insert(NewNote::new(2, "two"))
        .unwrap();
    assert_eq!(notes().run().unwrap().rows.inserted, 1);
}

/// An account that is refused says for which table, and what makes it.
#[test]
fn a_table_that_the_account_may_not_make_is_named() {
    let Some(world) = World::start() else { return };
    let owner = world.owner();
    owner
        .migrate(chain(Databases::program()))
        .expect("it is migrated");
    owner
        .sql_on(engine::M)
        .execute(Sql::assembled("DROP TABLE _bindery_decisions"), ())
        .expect("it is dropped");
    let db = world.limited();
    let refused = db.checkout(|tx| tx.m()?.orders().insert(NewOrder::new("pen")));
    let error = refused.stored().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::PermissionDenied, "{error}");
    let text = error.to_string();
    for part in ["engine `m`", "_bindery_decisions", "`bindery migrate run`"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// A database that was made for the schema before, and is migrated to that of the program.
#[test]
fn migrations_record_whose_schema_the_tables_are() {
    let Some(world) = World::start() else { return };
    let owner = world.owner();
    let migrations = chain(Databases::program());
    owner.migrate(migrations).expect("it is migrated");
    let records = |db: &Databases| {
        let sql = "SELECT engine, hash FROM _bindery_schema";
        let on = |engine| {
            db.sql_on(engine)
                .query_as::<(String, String)>(Sql::assembled(sql), ())
        };
        let engines = [
            engine::Any::Default,
            engine::Any::M,
            engine::Any::Lite,
            engine::Any::Plain,
        ];
        let rows = engines
            .into_iter()
            .flat_map(|engine| on(engine).expect("the record"));
        rows.collect::<BTreeMap<_, _>>()
    };
    let first = records(&owner);
    assert_eq!(first.len(), 4, "{first:?}");
    for engine in [
        engine::Any::Default,
        engine::Any::M,
        engine::Any::Lite,
        engine::Any::Plain,
    ] {
        let old = "UPDATE _bindery_schema SET hash = 'another'";
        owner
            .sql_on(engine)
            .execute(Sql::assembled(old), ())
            .expect("the record");
    }
    let strict = || {
        world.open(
            &world.postgres.url(),
            &world.mariadb.url(),
            SchemaCheck::Strict,
        )
    };
    let error = strict().m().unwrap().users().count().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SchemaDrift(_)), "{error}");
    strict().migrate(migrations).expect("nothing is pending");
    assert_eq!(records(&owner), first);
    strict().m().unwrap().users().count().unwrap();
}

/// The engines with tables of bindery's own, with those, and how the first version of bindery made them.
const WITH_OWN: [(engine::Any, &[&str], &str); 3] = [
    (
        engine::Any::Default,
        &OWN_OF_DEFAULT,
        include_str!("../../runtime/src/databases/kept/first/postgres.sql"),
    ),
    (
        engine::Any::M,
        &OWN_OF_M,
        include_str!("../../runtime/src/databases/kept/first/mysql.sql"),
    ),
    (
        engine::Any::Lite,
        &OWN_OF_LITE,
        include_str!("../../runtime/src/databases/kept/first/sqlite.sql"),
    ),
];

fn run(db: &Databases, engine: engine::Any, sql: &str) {
    let outcome = db.sql_on(engine).execute(Sql::assembled(sql), ());
    outcome.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A later version has run its migrations, and a program of this one goes on, or comes back.
#[test]
fn a_program_runs_over_tables_of_a_later_version() {
    let _watchdog = Watchdog::start("tables of a later version", Duration::from_mins(5));
    let Some(world) = World::start() else { return };
    let owner = world.owner();
    owner
        .migrate(chain(Databases::program()))
        .expect("it is migrated");
    for (engine, tables, _) in WITH_OWN {
        for table in tables.iter().chain(&ONLY_READ) {
            let sql = format!("ALTER TABLE {table} ADD COLUMN of_later VARCHAR(9)");
            run(&owner, engine, &sql);
        }
        run(&owner, engine, "CREATE TABLE _bindery_later (id BIGINT)");
    }
    let db = world.owner();
    let migrations = chain(Databases::program());
    assert!(
        db.migrate(migrations)
            .expect("all are there")
            .is_unchanged()
    );
    assert_eq!(db.create_missing().expect("all are there").created, []);
    all_is_done(&db);
}

/// Where the tables cannot be used as they are, that is said; then they are extended, and all goes on.
#[test]
fn a_program_runs_over_tables_of_the_first_version() {
    let _watchdog = Watchdog::start("tables of the first version", Duration::from_mins(5));
    let Some(world) = World::start() else { return };
    let owner = world.owner();
    let migrations = chain(Databases::program());
    owner.migrate(migrations).expect("it is migrated");
    for (engine, tables, first) in WITH_OWN {
        for table in tables {
            run(&owner, engine, &format!("DROP TABLE {table}"));
        }
        // Those that are not dropped are left as they are.
        for sql in first
            .lines()
            .filter(|sql| !sql.contains("_bindery_migrations"))
        {
            run(&owner, engine, sql);
        }
    }

    let db = world.owner();
    let of_m = db.worker_on(engine::M).on::<Greet>(|_, _| Ok(()));
    let refused = [
        of_m.run_until_idle().unwrap_err(),
        db.syncs().users_to_m().overlap_by(0).run().unwrap_err(),
    ];
    for error in refused {
        let text = error.to_string();
        for part in ["earlier version", "`bindery migrate run"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    let report = db.migrate(migrations).expect("they are extended");
    let tasks = ["_bindery_outbox", "_bindery_events", "_bindery_messages"];
    let extended = [tasks.as_slice(), &["_bindery_sync"]].concat();
    assert_eq!(own_tables(&report, "default"), [""; 0]);
    assert_eq!(own_tables(&report, "m"), extended);
    assert_eq!(own_tables(&report, "lite"), ["_bindery_sync"]);
    all_is_done(&db);
}
