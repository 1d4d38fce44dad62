//! MON-03: `bindery status`.

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use serde_json::Value;

use super::support::{Project, holds};

const CONFIG: &str = r#"url = "${DEFAULT_URL}"

[engines]
lite = "sqlite://lite.db"
shop_m = "${SHOP_M_URL}"

[engines.gone]
url = "postgres://ann:hunter2@127.0.0.1:1/shop"
connect-timeout = "2s"

[atomic.checkout]
engines = ["default", "lite", "shop_m"]
"#;

/// As a program leaves it that was killed: its name, and no decision.
const HOME: &str = "\
CREATE TABLE _bindery_coordinators (coordinator VARCHAR(64) NOT NULL PRIMARY KEY, started_ms BIGINT NOT NULL);
CREATE TABLE _bindery_decisions (transaction_id VARCHAR(64) NOT NULL PRIMARY KEY, decision CHAR(1) NOT NULL,
  coordinator VARCHAR(64) NOT NULL, branches TEXT NOT NULL, created_ms BIGINT NOT NULL);
INSERT INTO _bindery_coordinators VALUES ('lost.lite', 0);";

fn project(postgres: &FreshDatabase, mysql: &FreshDatabase) -> Project {
    let project = Project::new(&[("bindery.toml", CONFIG)])
        .with("DEFAULT_URL", &postgres.url())
        .with("SHOP_M_URL", &mysql.url());
    for engine in ["default", "lite", "shop_m"] {
        let folder = format!("migrations/{engine}");
        std::fs::create_dir_all(project.path(&folder)).expect("the folder can be made");
        for (version, table) in [(1, "notes"), (2, "tags")] {
            project.write(
                &format!("{folder}/{version}_{table}.sql"),
                format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY);\n"),
            );
        }
    }
    project.sqlite("lite.db", HOME);
    project
}

/// The rows of an engine in a section.
pub(super) fn rows<'v>(document: &'v Value, engine: &str, section: &str) -> Vec<&'v Value> {
    let engines = document.as_array().expect("a list").iter();
    let found = engines
        .filter(|one| one["engine"] == engine)
        .flat_map(|one| one["rows"].as_array().expect("a list"));
    found.filter(|row| row["section"] == section).collect()
}

#[test]
fn mon_03_status_shows_what_waits_while_an_engine_is_down() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let project = project(&postgres, &mysql);
    project
        .run("migrate run --engine default --engine lite")
        .good();
    let prepared = "BEGIN; INSERT INTO notes VALUES (1); PREPARE TRANSACTION 'bnd1:lost.lite:k9-1:checkout.default.0'";
    postgres.run_script(prepared).expect("it is prepared");
    let xa = "'bnd1:lost.lite:k9-2','checkout.shop_m.0',0x626e6431";
    let script = format!(
        "CREATE TABLE held (id INTEGER PRIMARY KEY); XA START {xa}; INSERT INTO held VALUES (1); XA END {xa}; XA PREPARE {xa}"
    );
    mysql.run_script(&script).expect("it is prepared");

    let outcome = project.run("status --format json --max-age 3600");
    let shown = outcome.json();
    let human = project.run("status --max-age 3600");
    let well = project.run("status --engine lite");
    let many = project.run("status --engine shop_m --max-pending 2 --format json");
    let few = project.run("status --engine lite --engine default --max-age 3600");
    let old = project.run("status --engine default --max-age 0");
    postgres
        .run_script("ROLLBACK PREPARED 'bnd1:lost.lite:k9-1:checkout.default.0'")
        .expect("it is there");
    mysql
        .run_script(&format!("XA ROLLBACK {xa}"))
        .expect("it is there");

    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_eq!(rows(&many.json(), "shop_m", "migrations")[0]["level"], "ok");
    let pending = rows(&shown, "shop_m", "migrations");
    assert_eq!(
        (&pending[0]["level"], &pending[0]["count"]),
        (&"warning".into(), &2.into())
    );
    // MySQL and MariaDB say no age; the name of the other says that it was begun in 1970.
    for (engine, transaction, level) in [
        ("default", "bnd1:lost.lite:k9-1", "warning"),
        ("shop_m", "bnd1:lost.lite:k9-2", "error"),
    ] {
        let doubtful = rows(&shown, engine, "atomic groups");
        assert_eq!(doubtful.len(), 1, "{shown:#}");
        assert_eq!(doubtful[0]["level"], level);
        let text = doubtful[0]["text"].as_str().expect("a sentence");
        holds(text, &["group `checkout`", transaction]);
    }
    assert!(rows(&shown, "default", "atomic groups")[0]["oldest_ms"].is_u64());
    let gone = rows(&shown, "gone", "connection");
    assert_eq!(gone[0]["level"], "error");
    let levels = [0, 1, 2, 3].map(|at| shown[at]["level"].as_str().expect("a word"));
    assert_eq!(levels, ["warning", "error", "ok", "error"]);

    holds(
        &human.results,
        &[
            "ok         migrations on default: 2 applied, 0 pending\n",
            "warning    migrations on shop_m: 0 applied, 2 pending\n           `bindery migrate run --engine shop_m`\n",
            "error      connection on gone: ",
            "           `bindery recover`\n",
            "ok         migrations on lite: 2 applied, 0 pending\n",
        ],
    );
    assert!(
        !human.results.contains("hunter2") && human.messages.is_empty(),
        "{human:#?}"
    );
    assert_eq!(
        (well.code, few.code, old.code),
        (Some(0), Some(1), Some(2)),
        "{well:#?} {few:#?} {old:#?}"
    );
    holds(
        &old.results,
        &["error      atomic groups on default: group `checkout`"],
    );
}

/// The homes know what an engine that is down has to commit when it is back.
#[test]
fn atom_07_status_lists_what_is_decided_while_its_engine_is_down() {
    const CONFIG: &str = r#"
[engines.lite]
url = "sqlite://lite.db"

[engines.gone]
url = "postgres://ann:hunter2@127.0.0.1:1/shop"
connect-timeout = "2s"

[atomic.checkout]
engines = ["lite", "gone"]
"#;
    let project = Project::new(&[("bindery.toml", CONFIG)]);
    project.sqlite("lite.db", HOME);
    let nothing = project.run("status --engine gone --format json").json();
    assert!(
        rows(&nothing, "gone", "atomic groups").is_empty(),
        "{nothing:#}"
    );
    let decide = |number: u32, decision: &str, branch: &str| {
        format!(
            "INSERT INTO _bindery_decisions VALUES ('bnd1:lost.lite:k1-{number}', '{decision}', 'lost.lite', '{branch}', \
             CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 90000);"
        )
    };
    project.sqlite(
        "lite.db",
        &[
            decide(1, "C", "checkout.gone.1f@123"),
            decide(2, "C", "checkout.other.1f"),
            decide(3, "A", "checkout.gone.1f"),
        ]
        .concat(),
    );

    let outcome = project.run("status --format json --max-age 3600");
    let shown = outcome.json();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_eq!(rows(&shown, "gone", "connection")[0]["level"], "error");
    let awaited = rows(&shown, "gone", "atomic groups");
    assert_eq!(awaited.len(), 1, "{shown:#}");
    assert_eq!(
        (&awaited[0]["level"], &awaited[0]["count"]),
        (&"warning".into(), &1.into())
    );
    assert!(
        awaited[0]["oldest_ms"]
            .as_u64()
            .is_some_and(|age| age >= 89_000),
        "{shown:#}"
    );
    holds(
        awaited[0]["text"].as_str().expect("a sentence"),
        &[
            "group `checkout`, transaction bnd1:lost.lite:k1-1: ",
            "will be committed when its engine can be reached, unless it is",
        ],
    );
    project.sqlite("lite.db", &decide(4, "C", "checkout.gone.20"));
    let late = project.run("status --engine gone --max-age 60").results;
    holds(
        &late,
        &[
            "error      atomic groups on gone: group `checkout`, 2 transactions: ",
            ", the oldest ",
        ],
    );

    let recovery = project.run("recover --dry-run --format json");
    assert_eq!(recovery.code, Some(1), "{recovery:#?}");
    let listed = recovery.json();
    assert_eq!(listed.as_array().expect("a list").len(), 3, "{listed:#}");
    assert_eq!(listed[2]["reason"], "unavailable", "{listed:#}");
    assert_eq!(
        (&listed[0]["engine"], &listed[0]["in_doubt"]),
        (&"gone".into(), &true.into())
    );
    assert!(!recovery.messages.contains("hunter2"), "{recovery:#?}");

    // Decisions are kept for a time, and most of these the engine has carried out: they are no list of what is in doubt.
    let listed = project.run("recover --dry-run").results;
    holds(
        &listed,
        &["gone: group `checkout`, 2 decisions, the oldest "],
    );
    assert!(!listed.contains("k1-1"), "{listed}");
}

/// Looking does not make the file of an SQLite engine.
#[test]
fn mon_03_status_changes_nothing() {
    let project = Project::blogs();
    let outcome = project.run("status");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "error      connection on b: there is no file",
            "`bindery create --engine b`",
        ],
    );
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
    project.run("create --all").good();
    assert_eq!(
        project.run("status").good(),
        "ok         b: nothing waits\nok         default: nothing waits\n"
    );
}

/// By both drivers, for an engine and for a replica.
#[test]
fn mon_03_a_host_whose_name_is_not_found_is_named() {
    let config = "[engines.a]\nurl = 'postgres://ann@no-such-host.invalid/shop'\n[engines.m]\nurl = 'mysql://ann@no-such-host.invalid/shop'\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", "")]);
    for command in ["status", "doctor"] {
        let outcome = project.run(command);
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
        for engine in ["a", "m"] {
            let line = format!(
                "error      connection on {engine}: engine `{engine}`: connecting: the name `no-such-host.invalid` of the database's host was not found"
            );
            holds(
                &outcome.results,
                &[&line, "`getent hosts no-such-host.invalid`"],
            );
        }
    }
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    for (url, scheme) in [(postgres.url(), "postgres"), (mysql.url(), "mysql")] {
        let replica = format!(
            "replicas = [{{ name = 'r', url = '{scheme}://ann@no-such-host.invalid/shop' }}]"
        );
        let config = format!("[engines.default]\nurl = \"${{SHOP_URL}}\"\n{replica}\n");
        let project = Project::new(&[("bindery.toml", &config)]).with("SHOP_URL", &url);
        let shown = project.run("status").results;
        let line = "error      replica on default: `r` is down; nothing goes there: ";
        holds(
            &shown,
            &[
                line,
                "the name `no-such-host.invalid` of the database's host was not found",
            ],
        );
    }
}

#[test]
fn mon_03_status_says_how_far_replicas_are_behind() {
    let config = "[engines.default]\nurl = 'sqlite://a.db'\nreplicas = [{ name = 'copy', url = 'sqlite://a.db' }, \
        { name = 'lost', url = 'sqlite://no/such/folder/a.db' }]\n";
    let project = Project::new(&[("bindery.toml", config)]);
    project.sqlite("a.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    let outcome = project.run("status");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    holds(
        &outcome.results,
        &[
            "ok         replica on default: `copy` is serving; nothing goes there: `reads` of the engine is `primary`\n",
            "error      replica on default: `lost` is down; nothing goes there: ",
            "           reads go to `default` itself in any case\n",
        ],
    );
    project.write("bindery.toml", format!("{config}reads = 'replicas'\n"));
    let outcome = project.run("status");
    holds(
        &outcome.results,
        &[
            "ok         replica on default: `copy` is serving; reads go there\n",
            "error      replica on default: `lost` is down; nothing goes there: ",
            "           reads go to other replicas meanwhile, or to `default` itself\n",
        ],
    );
}

/// The table of sagas with one that waits for its engine, one that waits for a person, and one that is over.
fn sagas(dialect: bindery::Dialect) -> String {
    let mut script = bindery::saga::table_sql(dialect, true).join(";\n");
    for (id, state) in [(1, "pending"), (2, "parked_back"), (3, "completed")] {
        script += &format!(
            ";\nINSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, \
             epoch, due_ms, created_ms, changed_ms) VALUES ('sign_up', '{id}', '{id}', 'a,b', 'null', '{state}', 1, 1, 1, 0, 0, 1, 0, 0, 0)"
        );
    }
    script
}

#[test]
fn saga_03_status_lists_sagas_with_a_pending_compensation() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let project = project(&postgres, &mysql);
    let script = |dialect| sagas(dialect);
    project.sqlite("lite.db", &script(bindery::Dialect::Sqlite));
    let server = postgres.run_script(&script(bindery::Dialect::Postgres));
    server.expect("the tables are made");
    let server = mysql.run_script(&script(bindery::Dialect::Mysql));
    server.expect("the tables are made");
    let outcome = project.run("status --format json");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let shown = outcome.json();
    for engine in ["default", "lite", "shop_m"] {
        let found = rows(&shown, engine, "sagas");
        assert_eq!(found.len(), 1, "{shown:#}");
        assert_eq!(found[0]["level"], "error");
        assert_eq!(found[0]["count"], 2);
        assert!(found[0]["oldest_ms"].is_u64());
        let text = "`sign_up`: 1 with a compensation pending, 1 parked";
        assert_eq!(found[0]["text"], text, "{engine}");
    }
}

/// A sync that runs no more is a warning with its age, whatever its last run did.
#[test]
fn mon_03_a_sync_that_has_not_run_for_long_is_a_warning() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\n-- @sync from default to b\n\
         CREATE TABLE users (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.run("sync --quiet").good();
    project.run("status --engine b").good();
    project.sqlite(
        "b.db",
        "UPDATE _bindery_sync_runs SET started_ms = started_ms - 2 * 3600 * 1000",
    );
    let outcome = project.run("status --engine b --format json");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let document: Value = serde_json::from_str(&outcome.results).expect("JSON");
    let row = rows(&document, "b", "syncs")[0];
    assert_eq!(row["level"], "warning", "{row}");
    assert!(row["oldest_ms"].as_u64() >= Some(7_200_000), "{row}");
    project.run("status --engine b --max-sync-age 10000").good();
}

/// Which engine keeps the runs of syncs is written in the schema, not in the configuration.
#[test]
fn mon_03_missing_tables_of_a_sync_are_a_warning() {
    let config = "url = \"sqlite://default.db\"\n\n[engines]\nb = \"sqlite://b.db\"\n";
    let schema = "-- @engines default, b\n-- @sync from default to b\n\
         CREATE TABLE users (id INTEGER PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create --all").good();
    project.sqlite("b.db", "DROP TABLE _bindery_sync_runs");
    let outcome = project.run("status --engine b --format json");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let document: Value = serde_json::from_str(&outcome.results).expect("JSON");
    let row = rows(&document, "b", "own tables")[0];
    assert_eq!(row["text"], "`_bindery_sync_runs` not there", "{row}");
    project.run("status --engine default").good();
}

const WAITING: &str = r#"[engines.default]
url = "sqlite://default.db"
outbox = true

[engines.b]
url = "sqlite://b.db"
inbox = true

[engines.gone]
url = "postgres://ann:hunter2@127.0.0.1:1/shop"
connect-timeout = "2s"
"#;

/// Rows of a table of tasks: 20 that failed, and one that waits for ten minutes.
fn tasks(table: &str) -> String {
    let now = "CAST(strftime('%s', 'now') AS INTEGER) * 1000";
    let row = |number: u32, status: &str, attempts: u32| {
        format!(
            "('{table}{number}', 'mail', '{{}}', '{status}', 0, {now} - 600000, {attempts}, 5, 0, 'no', {now} - 600000, 0)"
        )
    };
    let mut rows: Vec<String> = (0..20).map(|number| row(number, "failed", 5)).collect();
    rows.push(row(20, "pending", 0));
    format!(
        "INSERT INTO {table} (uid, task, payload, status, priority, due_at, retry_count, max_attempts, lapses, last_error, \
         created_at, requeues) VALUES {};",
        rows.join(", ")
    )
}

/// A project with tasks, events and messages that failed and wait, a sync with a rejected row that has not run for two hours, recorded
/// changes that no reader takes, and an engine that is down.
fn waiting() -> Project {
    let schema = "-- @engines default, b\n-- @capture\n-- @sync from default to b captured\n\
         CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20));\n";
    let project = Project::new(&[("bindery.toml", WAITING), ("schema.sql", schema)]);
    project.run("create --engine default --engine b").good();
    project.run("sync --quiet").good();
    let lists = [tasks("_bindery_outbox"), tasks("_bindery_events")].concat();
    project.sqlite("default.db", &lists);
    let sync = "INSERT INTO _bindery_sync_rejects SELECT sync_name, '01', '7', 'no domain', 3, 0, 0 FROM _bindery_sync_runs;\
         UPDATE _bindery_sync_runs SET started_ms = started_ms - 7200000;";
    project.sqlite("b.db", &[&tasks("_bindery_messages"), sync].concat());
    project
}

/// Covers MON-03: each part of keeping engines in step is shown with its number and age, as sentences and as data, while an engine is down.
#[test]
fn mon_03_all_that_waits_is_shown_with_its_number_and_age() {
    let project = waiting();
    let outcome = project.run("status --format json");
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let shown = outcome.json();
    for (engine, section, level, count, age_s) in [
        ("default", "tasks", "error", 21, 600),
        ("default", "events", "error", 21, 600),
        ("b", "messages", "error", 21, 600),
        ("b", "syncs", "warning", 1, 7_200),
    ] {
        let row = rows(&shown, engine, section)[0];
        assert_eq!(row["level"], level, "{row}");
        assert_eq!(row["count"], count, "{row}");
        assert!(row["oldest_ms"].as_u64() >= Some(age_s * 1_000), "{row}");
    }
    assert_eq!(rows(&shown, "gone", "connection")[0]["level"], "error");

    let levels = |words: &str| {
        let outcome = project.run(&format!("status --engine default --engine b {words}"));
        (outcome.code, outcome.results)
    };
    let (code, results) = levels("--max-age 3600");
    assert_eq!(code, Some(1), "{results}");
    holds(
        &results,
        &["warning    tasks on default: 1 pending, 0 running, 20 failed"],
    );
    let (code, results) = levels("--max-age 3600 --max-failed 20 --max-sync-age 9000");
    assert_eq!(code, Some(0), "{results}");
    holds(&results, &["ok         syncs on b: ", ", 1 row rejected"]);
}

/// Covers MON-03 on PostgreSQL, MariaDB: a server whose connections are used up is seen before none is left.
#[test]
fn mon_03_a_server_that_is_short_of_connections_is_a_warning() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let project = project(&postgres, &mysql);
    for engine in ["default", "shop_m"] {
        let words =
            format!("status --engine {engine} --max-pending 2 --format json --max-connections");
        let enough = project.run(&format!("{words} 100")).json();
        assert!(rows(&enough, engine, "connections").is_empty());
        let few = project.run(&format!("{words} 0"));
        assert_eq!(few.code, Some(1), "{few:#?}");
        assert_eq!(
            rows(&few.json(), engine, "connections")[0]["level"],
            "warning"
        );
    }
}
