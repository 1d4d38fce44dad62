//! The tables of bindery's own: `create`, `migrate run`, `validate`, `doctor` and `status` agree on which an engine needs.

use bindery_testkit::{FreshDatabase, Server};

use super::migrated::Migrated;
use super::support::{Project, holds};

const SCHEMA: &str = "-- @dialect sqlite\n\nCREATE TABLE notes (id BIGINT PRIMARY KEY, line VARCHAR(80) NOT NULL);\n";
const LATER: &str = "-- @dialect sqlite\n\nCREATE TABLE notes (id BIGINT PRIMARY KEY, line VARCHAR(80) NOT NULL, stars INTEGER);\n";

const ALL: [&str; 11] = [
    "_bindery_outbox",
    "_bindery_schedules",
    "_bindery_events",
    "_bindery_inbox",
    "_bindery_versions",
    "_bindery_messages",
    "_bindery_sync",
    "_bindery_sync_runs",
    "_bindery_sync_rejects",
    "_bindery_sagas",
    "_bindery_saga_steps",
];

/// A project whose first migration makes the tables of its schema; bindery's own tables are needed once they are written down.
fn migrated(migrated: &Migrated) -> &Project {
    let project = &migrated.project;
    project.write("schema.sql", SCHEMA);
    project.run("migrate add first").good();
    migrated.run("run").good();
    project
}

fn need_own_tables(project: &Project) {
    let config = std::fs::read_to_string(project.path("bindery.toml")).expect("it is there");
    let keys = "outbox = true\ninbox = true\nsagas = \"log\"\nsync-target = true\n";
    project.write("bindery.toml", format!("[engines.default]\n{config}{keys}"));
}

fn lines(word: &str) -> Vec<String> {
    let line = |table: &&str| format!("{word:<12} {table} on default\n");
    ALL.iter().map(line).collect()
}

#[test]
fn migrations_make_the_own_tables_that_an_engine_needs() {
    for test in Migrated::on_all() {
        let project = migrated(&test);
        assert!(!test.has_table("_bindery_outbox"));
        need_own_tables(project);

        // All say the same while they are missing.
        let found = project.run("validate");
        assert_eq!(found.code, Some(1), "{found:#?}");
        for table in ALL {
            let line = format!("missing    {table} on default: own table\n");
            holds(&found.results, &[&line]);
        }
        holds(
            &found.messages,
            &[
                "error: 11 differences from the schema",
                "`bindery migrate run --engine default` makes bindery's own tables",
            ],
        );
        let doctor = project.run("doctor");
        assert_eq!(doctor.code, Some(2), "{doctor:#?}");
        holds(
            &doctor.results,
            &["error      tables on default: 11 differences from the schema\n"],
        );
        let status = project.run("status");
        assert!(!status.is_good(), "{status:#?}");
        holds(
            &status.results,
            &["warning    own tables on default: `_bindery_outbox`, "],
        );
        let planned = project.run("create --dry-run").good();
        holds(
            &planned,
            &[
                "exists     notes on default\n",
                "planned    _bindery_outbox on default\n",
            ],
        );
        let due = test.run("run --dry-run").good();
        assert_eq!(due, lines("to create").concat());
        assert!(!test.has_table("_bindery_outbox"), "a dry run made it");

        // Once they are made, too.
        assert_eq!(test.run("run").good(), lines("created").concat());
        assert_eq!(test.run("run").good(), "nothing is pending on default\n");
        project.run("validate").good();
        holds(
            &project.run("doctor").good(),
            &["ok         tables on default: 1 table as the schema says\n"],
        );
        project.run("status").good();
        let created = project.run("create").good();
        assert!(!created.contains("created"), "{created}");
        holds(&created, &["exists     _bindery_saga_steps on default\n"]);
        let pulled = project.run("pull --out -").good();
        assert!(!pulled.contains("_bindery"), "{pulled}");
        let again = project.run("migrate add nothing");
        assert!(!again.results.contains("written"), "{again:#?}");
    }
}

#[test]
fn an_own_table_of_an_earlier_version_is_brought_up_to_date() {
    for test in Migrated::on_all() {
        let project = migrated(&test);
        need_own_tables(project);
        test.run("run").good();
        let sync =
            "INSERT INTO _bindery_sync (sync_name, run, batch, changed_ms) VALUES ('s', 3, 1, 0)";
        test.execute(&["ALTER TABLE _bindery_sync DROP COLUMN position", sync]);
        let line = "differs    _bindery_sync on default: own table: expected `of this version`, found `of an earlier version`\n";
        holds(&project.run("validate").results, &[line]);
        holds(
            &project.run("status").results,
            &[
                "warning    own tables on default: `_bindery_sync` of an earlier version of bindery\n",
            ],
        );
        let due = test.run("run --dry-run").good();
        assert_eq!(due, "to extend    _bindery_sync on default\n");
        let document = test.run("run --format json").json();
        assert_eq!(document[0]["own_tables"][0]["table"], "_bindery_sync");
        assert_eq!(document[0]["own_tables"][0]["state"], "extended");
        project.run("validate").good();
        assert_eq!(
            test.numbers("SELECT run FROM _bindery_sync WHERE position IS NULL"),
            [3]
        );
    }
}

/// Those that were made for the schema before go with its tables; `create` makes them anew.
#[test]
fn own_tables_are_dropped_with_those_of_the_schema() {
    for test in Migrated::on_all() {
        let project = migrated(&test);
        need_own_tables(project);
        test.run("run").good();
        let dropped = project.run("drop --yes").good();
        for table in ALL {
            holds(&dropped, &[&format!("dropped    {table} on default\n")]);
            assert!(!test.has_table(table));
        }
        assert!(test.has_table("_bindery_migrations"), "the history stays");
        project.run("reset --yes").good();
        project.run("validate").good();
        assert_eq!(test.run("run").good(), "nothing is pending on default\n");
    }
}

/// The record of the schema is what a program compares at its start.
#[test]
fn migrations_keep_the_record_of_the_schema() {
    for test in Migrated::on_all() {
        let project = &test.project;
        project.write("schema.sql", SCHEMA);
        project.run("create").good();
        project.run("migrate add first").good();
        let version = std::fs::read_dir(project.path("migrations/default")).expect("a folder");
        let first = version.map(|file| {
            file.expect("a file")
                .file_name()
                .into_string()
                .expect("ASCII")
        });
        let first = first.min().expect("a migration");
        let first = first.split_once('_').expect("a version").0.to_owned();
        test.run(&format!("baseline {first}")).good();
        let is_recorded = || {
            let document = project.run("doctor --format json").json();
            !document.to_string().contains("made for another schema")
        };
        assert!(is_recorded());
        project.write("schema.sql", LATER);
        project.run("migrate add stars").good();
        assert!(!is_recorded(), "the record is of the schema before");
        test.run("run").good();
        assert!(is_recorded());
        let rows = "SELECT COUNT(*) FROM _bindery_schema";
        assert_eq!(test.numbers(rows), [1]);

        // The tables are those of an older program, whose schema is not recorded.
        test.run("revert --yes").good();
        assert_eq!(test.numbers(rows), [0]);
        project.write("schema.sql", SCHEMA);
        let names = std::fs::read_dir(project.path("migrations/default")).expect("a folder");
        for path in names.map(|file| file.expect("a file").path()) {
            if path.to_string_lossy().contains("stars") {
                std::fs::remove_file(path).expect("it is there");
            }
        }
        test.run("run").good();
        assert_eq!(test.numbers(rows), [1]);
        assert!(is_recorded());
    }
}

/// A schema with errors, and none at all, keep no migration from being applied.
#[test]
fn migrations_run_without_a_schema() {
    for test in Migrated::on_all() {
        test.write("1_a.sql", "CREATE TABLE a (id BIGINT PRIMARY KEY);\n");
        let outcome = test.run("run");
        assert_eq!(outcome.messages, "", "{outcome:#?}");
        outcome.good();
        test.project.write(
            "schema.sql",
            "CREATE TABLE b (id BIGINT PRIMARY KEY, id BIGINT);\n",
        );
        let outcome = test.run("run");
        holds(
            &outcome.messages,
            &["note: the schema has errors", "`bindery check`"],
        );
        assert_eq!(outcome.good(), "nothing is pending on default\n");
    }
}

const GROUP: &str =
    "-- @dialect postgres\n\n-- @engines m, p\nCREATE TABLE notes (id BIGINT PRIMARY KEY);\n";

/// The account of the URL has no right to make tables.
#[test]
fn doctor_says_whether_an_atomic_group_can_keep_its_decisions() {
    let servers = (
        Server::postgres().durable(true).start_or_skip(),
        Server::mysql().durable(true).start_or_skip(),
    );
    let (Some(postgres), Some(mysql)) = servers else {
        return;
    };
    let fresh = |server: &Server| server.fresh_database().expect("a database");
    let (p, m) = (fresh(&postgres), fresh(&mysql));
    let config = |[p, m]: [String; 2]| {
        format!(
            "[engines.p]\nurl = \"{p}\"\n[engines.m]\nurl = \"{m}\"\n[atomic.shop]\nengines = [\"m\", \"p\"]\nhome = \"m\"\n"
        )
    };
    let project = Project::new(&[
        ("bindery.toml", &config([p.url(), m.url()])),
        ("schema.sql", GROUP),
    ]);
    project.run("create --engine p").good();
    m.run_script("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)")
        .expect("it is made");
    let run = |database: &FreshDatabase, sql: String| database.run_script(&sql).expect("it runs");
    run(
        &m,
        "CREATE USER limited@'%' IDENTIFIED BY 'limited'".to_owned(),
    );
    let grant = |table: &str, rights: &str| {
        run(
            &m,
            format!("GRANT {rights} ON `{}`.{table} TO limited@'%'", m.name()),
        );
    };
    grant("notes", "SELECT, INSERT, UPDATE, DELETE");
    let url = m.url();
    let (_, place) = url.split_once('@').expect("with an account");
    let limited = config([p.url(), format!("mysql://limited:limited@{place}")]);

    project.write("bindery.toml", &limited);
    let found = project.run("doctor --engine m");
    assert_eq!(found.code, Some(2), "{found:#?}");
    holds(
        &found.results,
        &[
            "error      atomic groups on m: group `shop`: engine `m`",
            "the table `_bindery_coordinators`, which keeps the decisions of atomic groups, is not there",
        ],
    );
    project.write("bindery.toml", config([p.url(), m.url()]));
    project.run("create --engine m").good();
    grant("_bindery_coordinators", "SELECT, INSERT, UPDATE, DELETE");
    grant("_bindery_decisions", "SELECT");
    project.write("bindery.toml", &limited);
    let found = project.run("doctor --engine m");
    holds(
        &found.results,
        &[
            "the table `_bindery_decisions`, which keeps the decisions of atomic groups, cannot be read and written by this account",
            "warning    privileges on m: the account lacks INSERT, UPDATE, DELETE on `_bindery_decisions`\n",
        ],
    );
    grant("_bindery_decisions", "INSERT, UPDATE, DELETE");
    let found = project.run("doctor --engine m").results;
    holds(
        &found,
        &[
            "ok         privileges on m: the account may read and write all tables\n",
            "ok         atomic groups on m: group `shop` can rely on it\n",
        ],
    );
}
