//! CLI-05 and XREL-01: the rows that links lead to.

use bindery_testkit::{fresh_mysql, fresh_postgres};
use serde_json::json;

use crate::support::{Project, holds};

const SCHEMA: &str = "\
-- @dialect sqlite

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE
);

-- @engines b
CREATE TABLE visits (
  id INTEGER PRIMARY KEY,
  user_id BIGINT, -- @link users(id)
  invited_by VARCHAR(80) NOT NULL -- @link users(email)
);
";

/// 10,500 visits of 250 users, of whom every tenth is gone, and of guests; all but the last were invited by one who is there.
const VISITS: i64 = 10_500;

fn users() -> String {
    let ids = (1..=250).filter(|id| id % 10 != 0);
    let rows: Vec<String> = ids.map(|id| format!("({id}, 'u{id}@x')")).collect();
    format!("INSERT INTO users (id, email) VALUES {}", rows.join(", "))
}

fn visits() -> String {
    let row = |id: i64| {
        let user = if id % 50 == 0 {
            "NULL".to_owned()
        } else {
            (1 + id * 7 % 250).to_string()
        };
        let inviter = if id == VISITS { "U1@x" } else { "u1@x" };
        format!("({id}, {user}, '{inviter}')")
    };
    let rows: Vec<String> = (1..=VISITS).map(row).collect();
    format!(
        "INSERT INTO visits (id, user_id, invited_by) VALUES {}",
        rows.join(", ")
    )
}

fn project() -> Project {
    let config = "url = \"sqlite://default.db\"\n[engines]\nb = \"sqlite://b.db\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)]);
    project.run("create --all").good();
    project.sqlite("default.db", &users());
    project.sqlite("b.db", &visits());
    project
}

/// Rows whose user is gone, counted by hand.
fn orphans() -> usize {
    let users = (1..=VISITS)
        .filter(|id| id % 50 != 0)
        .map(|id| 1 + id * 7 % 250);
    users.filter(|user| user % 10 == 0).count()
}

fn rows(project: &Project, file: &str, sql: &str) -> i64 {
    let database = rusqlite::Connection::open(project.path(file)).expect("a database file");
    database
        .query_row(sql, (), |row| row.get(0))
        .expect("a number")
}

#[test]
fn cli_05_orphans_of_each_link_are_counted() {
    let project = project();
    let outcome = project.run("validate --links");
    let orphans = orphans();
    let line = format!(
        "orphans    visits.user_id on b -> users.id on default: {orphans} of 10290 rows lead nowhere, by 25 keys\n"
    );
    holds(
        &outcome.results,
        &[
            &line,
            "visits.invited_by on b -> users.email on default: 1 of 10500 rows lead nowhere, by 1 key\n",
        ],
    );
    assert!(!outcome.results.contains("U1@x"), "keys are values");
    let all = orphans + 1;
    holds(
        &outcome.failed(),
        &[
            &format!("error: {all} rows link to a row that does not exist"),
            "--repair null",
        ],
    );
    let shown = project.run("validate --links --engine b --show-keys");
    holds(
        &shown.results,
        &["\n           10\n           20\n", "\n           U1@x\n"],
    );
    let none = project.run("validate --links --engine default").good();
    assert_eq!(none, "no links\n");
}

/// Foreign keys of SQLite that rows do not keep, as programs leave them that do not switch the check on: by the number of the row, by all
/// columns of the key, and in a table whose rows have no number.
#[test]
fn cli_05_rows_of_sqlite_whose_foreign_key_leads_nowhere_are_found_and_repaired() {
    let schema = "-- @dialect sqlite\n\n\
        CREATE TABLE users (id INTEGER PRIMARY KEY);\n\
        CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users);\n\
        CREATE TABLE seats (hall INTEGER NOT NULL, seat INTEGER NOT NULL, PRIMARY KEY (hall, seat));\n\
        CREATE TABLE tickets (id INTEGER PRIMARY KEY, hall INTEGER NOT NULL, seat INTEGER, FOREIGN KEY (hall, seat) REFERENCES seats (hall, seat));\n\
        CREATE TABLE likes (name TEXT NOT NULL PRIMARY KEY, user_id INTEGER REFERENCES users (id)) WITHOUT ROWID;\n";
    let config = "url = \"sqlite://a.db\"\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    project.run("create").good();
    let kept = "INSERT INTO users VALUES (1); INSERT INTO posts VALUES (1, 1), (2, NULL); INSERT INTO seats VALUES (1, 1); \
        INSERT INTO tickets VALUES (1, 1, 1), (2, 1, NULL); INSERT INTO likes VALUES ('a', 1);";
    project.sqlite("a.db", kept);
    assert_eq!(project.run("validate --links").good(), "no links\n");
    let doctor = project.run("doctor");
    assert!(!doctor.results.contains("foreign keys"), "{doctor:#?}");
    let orphans = "PRAGMA foreign_keys = OFF; INSERT INTO posts VALUES (3, 8), (4, 8), (5, 9); \
        INSERT INTO tickets VALUES (3, 1, 2); INSERT INTO likes VALUES ('b', 7);";
    project.sqlite("a.db", orphans);
    let found = project.run("validate --links --show-keys");
    holds(
        &found.results,
        &[
            "orphans    likes.user_id on default -> users.id on default: 1 of 2 rows lead nowhere, by 1 key\n           7\n",
            "orphans    posts.user_id on default -> users.id on default: 3 of 4 rows lead nowhere, by 2 keys\n           8\n           9\n",
            "orphans    tickets.hall, seat on default -> seats.hall, seat on default: 1 of 2 rows lead nowhere, by 1 key\n           1, 2\n",
        ],
    );
    holds(
        &found.failed(),
        &["5 rows link to a row that does not exist", "--repair null"],
    );
    let doctor = project.run("doctor");
    assert_eq!(doctor.code, Some(1), "{doctor:#?}");
    holds(
        &doctor.results,
        &[
            "warning    foreign keys on default: 5 rows refer to rows that do not exist\n",
            "`bindery validate --links --engine default --show-keys` lists them",
        ],
    );
    let repaired = project.run("validate --links --engine default --repair null --yes");
    holds(&repaired.results, &["3 repaired", "1 repaired"]);
    holds(
        &repaired.failed(),
        &["1 row links to a row that does not exist"],
    );
    let deleted = project.run("validate --links --engine default --repair delete --yes");
    holds(&deleted.good(), &["tickets.hall, seat", "1 repaired"]);
    assert_eq!(project.run("validate --links").good(), "no links\n");
    let all = "SELECT (SELECT count(*) FROM posts) * 100 + (SELECT count(*) FROM tickets) * 10 + (SELECT count(*) FROM likes)";
    assert_eq!(rows(&project, "a.db", all), 522);
}

#[test]
fn cli_05_orphans_as_a_document() {
    let project = project();
    let outcome = project.run("validate --links --format json --show-keys");
    let found = outcome.json();
    assert_eq!(
        found[1],
        json!({
            "table": "visits", "column": "invited_by", "engine": "b",
            "target": { "table": "users", "column": "email", "engine": "default" },
            "rows": 10_500, "orphans": 1, "missing_keys": 1, "repaired": 0, "keys": ["U1@x"],
        })
    );
    assert_eq!(found[0]["keys"].as_array().map(Vec::len), Some(10));
    outcome.failed();
    let hidden = project.run("validate --links --format json").json();
    assert!(hidden[0].get("keys").is_none());
}

#[test]
fn cli_05_links_are_repaired_once_it_is_confirmed() {
    let project = project();
    let count = "SELECT count(*) FROM visits WHERE user_id % 10 = 0";
    let orphans = orphans() as i64;
    for words in ["null --dry-run", "delete --dry-run", "null --engine b"] {
        let words = format!("validate --links --repair {words}");
        project.run(&words).failed();
        assert_eq!(rows(&project, "b.db", count), orphans, "{words}");
    }
    let messages = project.run("validate --links --repair null --yes").failed();
    holds(&messages, &["several engines", "--engine NAME"]);
    let messages = project
        .run_answering("validate --links --engine b --repair null", "no")
        .failed();
    holds(
        &messages,
        &[
            "Set these links to NULL, where they may be? Type `yes`",
            "nothing was changed",
        ],
    );
    assert_eq!(rows(&project, "b.db", count), orphans);

    // The link that is NOT NULL is left, and says so.
    let outcome = project.run_answering("validate --links --engine b --repair null", "yes");
    holds(
        &outcome.results,
        &[
            &format!("repaired   visits.user_id on b -> users.id on default: {orphans} of"),
            "orphans    visits.invited_by",
        ],
    );
    holds(&outcome.failed(), &["1 row links to", "--repair delete"]);
    assert_eq!(
        rows(
            &project,
            "b.db",
            "SELECT count(*) FROM visits WHERE user_id IS NULL"
        ),
        orphans + 210
    );

    let deleted = project
        .run("validate --links --engine b --repair delete --yes")
        .good();
    holds(
        &deleted,
        &["fine       visits.user_id", "repaired   visits.invited_by"],
    );
    assert_eq!(
        rows(&project, "b.db", "SELECT count(*) FROM visits"),
        VISITS - 1
    );
    holds(&project.run("validate --links").good(), &["fine", "0 of"]);
}

/// Links from and to each kind of database.
#[test]
fn xrel_01_the_checker_lists_the_dangling_ids_across_databases() {
    let (Some(postgres), Some(mysql)) = (fresh_postgres(), fresh_mysql()) else {
        return;
    };
    let config = format!(
        "[engines.default]\nurl = \"{}\"\n[engines.m]\nurl = \"{}\"\n[engines.lite]\nurl = \"sqlite://lite.db\"\n",
        postgres.url(),
        mysql.url()
    );
    let schema = "\
-- @dialect postgres

-- @engines default, m, lite
CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, token UUID NOT NULL UNIQUE);

-- @engines lite
CREATE TABLE l (id BIGINT PRIMARY KEY,
  user_id BIGINT, -- @link users(id) on default
  name VARCHAR(20), -- @link users(name) on m
  -- @link users(token) on default
  token UUID);

-- @engines default
CREATE TABLE p (id BIGINT PRIMARY KEY,
  user_id BIGINT, -- @link users(id) on m
  name VARCHAR(20), -- @link users(name) on lite
  -- @link users(token) on lite
  token UUID);

-- @engines m
CREATE TABLE m (id BIGINT PRIMARY KEY,
  user_id BIGINT, -- @link users(id) on lite
  name VARCHAR(20), -- @link users(name) on default
  -- @link users(token) on default
  token UUID);
";
    let project = Project::new(&[("bindery.toml", &config), ("schema.sql", schema)]);
    project.run("create --all").good();
    let token = |id: i64| format!("6ad1c3a8-0000-4000-8000-{id:012}");
    let users: Vec<String> = (1..=90)
        .map(|id| format!("({id}, 'u{id}', '{}')", token(id)))
        .collect();
    let users = format!(
        "INSERT INTO users (id, name, token) VALUES {}",
        users.join(", ")
    );
    let links: Vec<String> = (1..=500)
        .map(|row| {
            let id = row % 100 + 1;
            format!("({row}, {id}, 'u{id}', '{}')", token(id))
        })
        .collect();
    let links = |table: &str| {
        format!(
            "INSERT INTO {table} (id, user_id, name, token) VALUES {}",
            links.join(", ")
        )
    };
    project.sqlite("lite.db", &[users.clone(), links("l")].join(";"));
    postgres
        .run_script(&[users.clone(), links("p")].join(";"))
        .expect("rows");
    mysql
        .run_script(&[users, links("m")].join(";"))
        .expect("rows");

    let outcome = project.run("validate --links --format json --show-keys");
    let found = outcome.json();
    let found = found.as_array().expect("a list");
    assert_eq!(found.len(), 9);
    for link in found {
        let counts = ["rows", "orphans", "missing_keys"].map(|name| link[name].as_u64());
        assert_eq!(counts, [Some(500), Some(50), Some(10)], "{link}");
        let mut keys: Vec<String> = link["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .map(|key| key.as_str().expect("a text").to_owned())
            .collect();
        keys.sort();
        let mut expected: Vec<String> = (91..=100)
            .map(|id| match link["column"].as_str() {
                Some("user_id") => id.to_string(),
                Some("name") => format!("u{id}"),
                _ => token(id),
            })
            .collect();
        expected.sort();
        assert_eq!(keys, expected, "{link}");
    }
    outcome.failed();
    let repaired = project
        .run("validate --links --all --repair null --yes")
        .good();
    assert_eq!(repaired.matches("50 repaired").count(), 9, "{repaired}");
    assert_eq!(
        project
            .run("validate --links")
            .good()
            .matches("0 of 450 rows")
            .count(),
        9
    );
}
