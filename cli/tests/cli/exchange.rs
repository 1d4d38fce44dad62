//! Rows that exchange unique values, as the commands copy them: over the three databases.

use std::path::Path;

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use super::support::{Project, holds};

const CONFIG: &str = "url = \"${DEFAULT_URL}\"\n\n[engines]\nb = \"${B_URL}\"\n";

/// Posts would go with their users, and nothing can stand in for a flag.
const SCHEMA: &str = "\
-- @engines default, b
-- @capture
-- @sync from default to b
CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE,
  place INTEGER UNIQUE,
  born DATE NOT NULL UNIQUE
);
-- @engines default, b
-- @capture
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX posts_by_user ON posts (user_id);
-- @engines default, b
-- @capture
CREATE TABLE flags (
  id INTEGER PRIMARY KEY,
  is_first BOOLEAN NOT NULL UNIQUE
);
";

const ROWS: &str = "\
INSERT INTO users VALUES (1, 'a', 1, '2001-01-01'), (2, 'b', 2, '2001-01-02'), (3, 'c', NULL, '2001-01-03'), (4, 'd', 4, '2001-01-04');
INSERT INTO posts VALUES (1, 1), (2, 2), (3, 3), (4, 4);
INSERT INTO flags VALUES (1, TRUE), (2, FALSE);";

/// Two rows exchange all that is unique of them, and addresses go around four.
const EXCHANGE: &str = "\
UPDATE users SET email = 'x', place = NULL, born = '1990-01-01' WHERE id = 1;
UPDATE users SET email = 'y' WHERE id = 3;
UPDATE users SET email = 'c', place = 1, born = '2001-01-01' WHERE id = 2;
UPDATE users SET email = 'b', place = 2, born = '2001-01-02' WHERE id = 1;
UPDATE users SET email = 'z' WHERE id = 4;
UPDATE users SET email = 'd' WHERE id = 3;
UPDATE users SET email = 'a' WHERE id = 4;";

const FLAGS: &str = "\
DELETE FROM flags WHERE id = 1;
UPDATE flags SET is_first = TRUE WHERE id = 2;
INSERT INTO flags VALUES (1, FALSE);";

/// One end of a pair.
enum End {
    File(&'static str),
    Server(FreshDatabase),
}

impl End {
    fn url(&self) -> String {
        match self {
            Self::File(name) => format!("sqlite://{name}"),
            Self::Server(server) => server.url(),
        }
    }

    fn run(&self, project: &Project, sql: &str) {
        match self {
            Self::File(name) => project.sqlite(name, sql),
            Self::Server(server) => server.run_script(sql).expect("the statements run"),
        }
    }

    fn number(&self, project: &Project, sql: &str) -> String {
        match self {
            Self::File(name) => one_number(&project.path(name), sql),
            Self::Server(server) => server.answer(sql).expect("an answer").trim().to_owned(),
        }
    }
}

fn one_number(file: &Path, sql: &str) -> String {
    let connection = rusqlite::Connection::open(file).expect("a database file");
    let number: i64 = connection
        .query_row(sql, (), |row| row.get(0))
        .expect("an answer");
    number.to_string()
}

fn run(from: &End, to: &End) {
    // Cascades of MySQL fire no triggers, and are refused where changes are recorded.
    let is_mysql = [from, to].iter().any(|end| end.url().starts_with("mysql"));
    let schema = match is_mysql {
        true => SCHEMA.replace(" ON DELETE CASCADE", ""),
        false => SCHEMA.to_owned(),
    };
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", &schema)]);
    let project = project.with("DEFAULT_URL", &from.url());
    let project = project.with("B_URL", &to.url());
    project.run("create --all").good();
    from.run(&project, ROWS);
    project.run("mirror default b --catch-up --quiet").good();

    from.run(&project, EXCHANGE);
    from.run(&project, FLAGS);
    let told = project.run("mirror default b --catch-up --quiet").good();
    holds(&told, &["0 inserted, 6 updated, 0 deleted"]);
    let told = project.run("mirror default b --catch-up --quiet").good();
    holds(&told, &["0 inserted, 0 updated, 0 deleted"]);
    project.run("verify --from default --to b --quiet").good();
    assert_eq!(to.number(&project, "SELECT count(*) FROM posts"), "4");

    from.run(&project, BACK);
    let told = project.run("sync users_to_b --quiet").good();
    holds(&told, &["0 inserted, 2 updated, 0 deleted; 2 unchanged"]);
    from.run(&project, FORTH);
    from.run(&project, FLAGS_BACK);
    let told = project.run("verify --from default --to b --repair --yes --quiet");
    holds(
        &told.good(),
        &[
            "users on b: 0 inserted, 2 updated, 0 deleted",
            "flags on b: 0 inserted, 2 updated, 0 deleted",
        ],
    );
    project.run("verify --from default --to b --quiet").good();
    assert_eq!(to.number(&project, "SELECT count(*) FROM posts"), "4");
}

const BACK: &str = "\
UPDATE users SET email = 'x', place = NULL, born = '1990-01-01' WHERE id = 1;
UPDATE users SET email = 'b', place = 2, born = '2001-01-02' WHERE id = 2;
UPDATE users SET email = 'c', place = 1, born = '2001-01-01' WHERE id = 1;";

const FORTH: &str = "\
UPDATE users SET email = 'x', place = NULL, born = '1990-01-01' WHERE id = 1;
UPDATE users SET email = 'c', place = 1, born = '2001-01-01' WHERE id = 2;
UPDATE users SET email = 'b', place = 2, born = '2001-01-02' WHERE id = 1;";

const FLAGS_BACK: &str = "\
DELETE FROM flags WHERE id = 2;
UPDATE flags SET is_first = TRUE WHERE id = 1;
INSERT INTO flags VALUES (2, FALSE);";

#[test]
fn sync_04_rows_that_exchange_unique_values_are_copied_from_sqlite_to_postgres() {
    if let Some(b) = fresh_postgres() {
        run(&End::File("default.db"), &End::Server(b));
    }
}

#[test]
fn sync_04_rows_that_exchange_unique_values_are_copied_from_postgres_to_mysql() {
    if let (Some(from), Some(to)) = (fresh_postgres(), fresh_mysql()) {
        run(&End::Server(from), &End::Server(to));
    }
}

#[test]
fn sync_04_rows_that_exchange_unique_values_are_copied_from_mysql_to_sqlite() {
    if let Some(from) = fresh_mysql() {
        run(&End::Server(from), &End::File("b.db"));
    }
}
