//! CLI-03: `bindery reset` and `bindery truncate`, and engines that are protected.

use bindery_testkit::{fresh_mysql, fresh_postgres};

use crate::support::{Project, holds};

/// Two tables that refer to each other in a circle, one that refers to itself, and one that bindery leaves alone.
const SCHEMA: &str = "\
-- @dialect sqlite

-- @engines default, b
CREATE TABLE teams (
  id BIGINT PRIMARY KEY,
  lead_id BIGINT REFERENCES people (id)
);

-- @engines default, b
CREATE TABLE people (
  id BIGINT PRIMARY KEY,
  team_id BIGINT NOT NULL REFERENCES teams (id),
  boss_id BIGINT REFERENCES people (id)
);
CREATE INDEX teams_by_lead ON teams (lead_id);
CREATE INDEX people_by_team ON people (team_id);
CREATE INDEX people_by_boss ON people (boss_id);

-- @engine b
-- @unmanaged
CREATE TABLE audit (id BIGINT PRIMARY KEY);
";

const ROWS: &str = "\
INSERT INTO teams (id, lead_id) VALUES (1, NULL);
INSERT INTO people (id, team_id, boss_id) VALUES (1, 1, 1), (2, 1, 1);
UPDATE teams SET lead_id = 2;
CREATE TABLE audit (id BIGINT PRIMARY KEY);
INSERT INTO audit VALUES (7);
CREATE TABLE other (id BIGINT PRIMARY KEY);";

fn project() -> Project {
    let config = "url = 'sqlite://default.db'\n[engines]\nb = \"${B_URL:-sqlite://b.db}\"\n";
    Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)])
}

/// The rows of `people`, `teams` and `audit`.
type Count<'c> = &'c dyn Fn() -> [i64; 3];

const COUNTS: &str = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM teams), (SELECT count(*) FROM audit)";

fn in_file(project: &Project) -> [i64; 3] {
    let database = rusqlite::Connection::open(project.path("b.db")).expect("a database file");
    let counts = database.query_row(COUNTS, (), |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?])
    });
    counts.expect("numbers")
}

/// Rows that refer to each other go, and those of unmanaged tables stay.
fn empties_and_makes_anew(project: &Project, fill: &dyn Fn(), count: Count<'_>) {
    project.run("create --engine b").good();
    fill();
    assert_eq!(count(), [2, 1, 1]);
    for (command, word) in [("truncate", "emptied"), ("reset", "created")] {
        let listed = project.run(&format!("{command} --engine b --dry-run"));
        holds(
            &listed.good(),
            &["planned    teams on b\n", "planned    people on b\n"],
        );
        let refused = project.run(&format!("{command} --engine b")).failed();
        holds(&refused, &["nothing was changed", "--yes"]);
        let outcome = project.run_answering(&format!("{command} --engine b"), "no");
        holds(
            &outcome.failed(),
            &["engine `b`, ", "2 tables", "not confirmed"],
        );
        let several = project.run(&format!("{command} --yes")).failed();
        holds(&several, &["several engines", "--engine NAME"]);
        assert_eq!(count()[2], 1);
        let outcome = project.run(&format!("{command} --engine b --yes"));
        holds(&outcome.results, &[&format!("{word:<9}  people on b\n")]);
        outcome.good();
        assert_eq!(count(), [0, 0, 1]);
    }
}

#[test]
fn cli_03_truncate_and_reset_on_sqlite() {
    let project = project();
    empties_and_makes_anew(
        &project,
        &|| project.sqlite("b.db", &format!("PRAGMA foreign_keys = OFF; {ROWS}")),
        &|| in_file(&project),
    );
    assert!(project.sqlite_tables("b.db").contains(&"other".to_owned()));
    assert_eq!(project.sqlite_tables("default.db"), Vec::<String>::new());
}

#[test]
fn cli_03_truncate_and_reset_on_postgres() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let count = |table: &str| {
        let answer = database.answer(&format!("SELECT count(*) FROM {table}"));
        answer.expect("a number").trim().parse().expect("a number")
    };
    empties_and_makes_anew(
        &project().with("B_URL", &database.url()),
        &|| database.run_script(ROWS).expect("rows"),
        &|| ["people", "teams", "audit"].map(count),
    );
}

#[test]
fn cli_03_truncate_and_reset_on_mysql() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    let count = |table: &str| {
        let answer = database.answer(&format!("SELECT count(*) FROM {table}"));
        answer.expect("a number").trim().parse().expect("a number")
    };
    empties_and_makes_anew(
        &project().with("B_URL", &database.url()),
        &|| database.run_script(ROWS).expect("rows"),
        &|| ["people", "teams", "audit"].map(count),
    );
}

/// Tables that the schema does not know, with foreign keys that would delete and change their rows.
const LEFT_ALONE: &str = "\
CREATE TABLE badges (id BIGINT PRIMARY KEY, team_id BIGINT, FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE);
CREATE TABLE desks (id BIGINT PRIMARY KEY, person_id BIGINT, FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE SET NULL);
INSERT INTO badges VALUES (1, 1);
INSERT INTO desks VALUES (1, 1);";

/// Rows that refer to one that would go are left as they are, and so is everything else.
fn dangling_rows_are_refused(project: &Project, fill: &dyn Fn(), count: &dyn Fn(&str) -> i64) {
    project.run("create --engine b").good();
    fill();
    for command in ["truncate", "drop", "reset"] {
        let messages = project.run(&format!("{command} --engine b --yes")).failed();
        holds(&messages, &["engine `b`"]);
        let left = [
            "badges",
            "desks",
            "desks WHERE person_id = 1",
            "people",
            "teams",
        ]
        .map(count);
        assert_eq!(left, [1, 1, 1, 2, 1], "{command}: {messages}");
    }
}

#[test]
fn cli_03_tables_left_alone_keep_their_rows_on_sqlite() {
    let project = project();
    let rows = format!("PRAGMA foreign_keys = OFF; {ROWS} {LEFT_ALONE}");
    let count = |table: &str| {
        let database = rusqlite::Connection::open(project.path("b.db")).expect("a database file");
        let sql = format!("SELECT count(*) FROM {table}");
        let number = database.query_row(&sql, (), |row| row.get(0));
        number.expect("a number")
    };
    dangling_rows_are_refused(&project, &|| project.sqlite("b.db", &rows), &count);
    // Rows that refer to nothing are no reason to keep a table.
    project.sqlite(
        "b.db",
        "UPDATE badges SET team_id = NULL; UPDATE desks SET person_id = NULL",
    );
    project.run("drop --engine b --yes").good();
    assert_eq!(["badges", "desks"].map(count), [1, 1]);
}

#[test]
fn cli_03_tables_left_alone_keep_their_rows_on_servers() {
    for database in [fresh_postgres(), fresh_mysql()].into_iter().flatten() {
        let count = |table: &str| {
            let answer = database.answer(&format!("SELECT count(*) FROM {table}"));
            answer.expect("a number").trim().parse().expect("a number")
        };
        let rows = format!("{ROWS}\n{LEFT_ALONE}");
        dangling_rows_are_refused(
            &project().with("B_URL", &database.url()),
            &|| database.run_script(&rows).expect("rows"),
            &count,
        );
    }
}

/// A row of a table that is left alone keeps the row that it refers to.
#[test]
fn cli_03_truncate_leaves_no_row_dangling() {
    let project = project();
    project.run("create --engine b").good();
    project.sqlite(
        "b.db",
        "INSERT INTO teams VALUES (1, NULL); CREATE TABLE badges (id BIGINT, team_id BIGINT REFERENCES teams (id)); \
         INSERT INTO badges VALUES (1, 1); CREATE TABLE audit (id BIGINT PRIMARY KEY)",
    );
    project.run("truncate --engine b --yes").failed();
    assert_eq!(in_file(&project), [0, 1, 0]);
    let messages = project
        .run("truncate --engine b --table audit --yes")
        .failed();
    holds(&messages, &["table `audit` on engine `b` is `@unmanaged`"]);
    let messages = project
        .run("truncate --engine b --table x;drop --yes")
        .failed();
    holds(&messages, &["there is no table `x;drop` on engine `b`"]);
}

#[test]
fn cli_03_a_protected_engine_is_refused() {
    let config = "[engines.default]\nurl = 'sqlite://default.db'\nprotected = true\n[engines.b]\nurl = 'sqlite://b.db'\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)]);
    project.run("create --all").good();
    project.sqlite("default.db", "INSERT INTO teams VALUES (1, NULL)");
    for command in [
        "drop",
        "drop --dry-run",
        "reset",
        "truncate",
        "load --replace",
        "migrate revert",
        "validate --links --repair delete",
    ] {
        let yes = if command.contains("--dry-run") {
            ""
        } else {
            "--yes"
        };
        for engines in ["--engine default", "--all"] {
            let messages = project.run(&format!("{command} {yes} {engines}")).failed();
            holds(
                &messages,
                &[
                    "engine `default` is protected",
                    "nothing was changed",
                    "take `protected = true` out of `[engines.default]`",
                ],
            );
        }
    }
    project.sqlite("b.db", "INSERT INTO teams VALUES (2, NULL)");
    for command in [
        "mirror b default --replace --yes",
        "load --engine default --upsert",
        "load --engine default --fixtures nowhere",
    ] {
        let messages = project.run(command).failed();
        holds(&messages, &["engine `default` is protected"]);
    }
    assert_eq!(project.sqlite_tables("default.db"), ["people", "teams"]);
    project.run("drop --engine b --yes").good();
    assert_eq!(project.sqlite_tables("b.db"), Vec::<String>::new());
}

/// The tables that `reset` makes are those of the schema, so the migrations are applied.
#[test]
fn cli_03_reset_records_migrations_and_loads_fixtures() {
    let config = "url = 'sqlite://app.db'\n";
    let schema = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    for folder in ["migrations/default", "fixtures"] {
        std::fs::create_dir_all(project.path(folder)).expect("the folder can be made");
    }
    project.write("migrations/default/1_notes.sql", schema);
    project.write("fixtures/notes.csv", "id,body\n1,hello\n");
    project.run("migrate run").good();
    project.sqlite("app.db", "INSERT INTO notes VALUES (9, 'old')");
    let outcome = project.run("reset --fixtures fixtures --yes");
    holds(
        &outcome.messages,
        &["migrations on default are recorded as applied, up to 1\n"],
    );
    holds(
        &outcome.good(),
        &[
            "created    notes on default\n",
            "loaded     notes on default: 1 row\n",
        ],
    );
    // A file that cannot be read is refused before anything is dropped.
    for command in ["reset --yes", "reset --dry-run"] {
        let messages = project.run(&format!("{command} --fixtures fixtuers"));
        holds(&messages.failed(), &["fixtuers"]);
    }
    let again = project.path("migrations/default/1_again.sql");
    std::fs::write(&again, schema).expect("the folder can be written to");
    holds(&project.run("reset --yes").failed(), &["1_again.sql"]);
    std::fs::remove_file(again).expect("it is there");
    holds(&project.run("status").good(), &["1 applied, 0 pending"]);
    let database = rusqlite::Connection::open(project.path("app.db")).expect("a database file");
    let rows: i64 = database
        .query_row("SELECT sum(id) FROM notes", (), |row| row.get(0))
        .expect("a number");
    assert_eq!(rows, 1);
    let document = project.run("reset --yes --format json").json();
    assert_eq!(document[0]["tables"][0]["status"], "created");
    let document = project.run("truncate --yes --format json").json();
    assert_eq!(document[0]["tables"][0]["status"], "emptied");
}
