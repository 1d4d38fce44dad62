//! CLI-05: databases beside the schema.

use bindery_schema::dialect::Dialect;
use serde_json::json;

use crate::pull::database::Database;
use crate::support::{Project, holds};

/// Of each kind of thing that is compared one, and a table of someone else's.
const SCHEMA: &str = "\
CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(80) NOT NULL UNIQUE,
  nick VARCHAR(40) DEFAULT 'none',
  age INTEGER CHECK (age > 0)
);

CREATE TABLE posts (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL,
  title VARCHAR(80) NOT NULL,
  stars INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX posts_by_title ON posts (title, stars);
CREATE INDEX posts_by_user ON posts (user_id);

CREATE TABLE gone (
  id INTEGER NOT NULL PRIMARY KEY
);

CREATE VIEW titles AS SELECT id, title FROM posts;

-- @unmanaged
CREATE TABLE audit (
  id INTEGER NOT NULL PRIMARY KEY,
  note VARCHAR(20)
);
";

/// The same, everything but the first table changed.
const DRIFTED: &str = "\
CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  email VARCHAR(80) NOT NULL,
  nick VARCHAR(40) DEFAULT 'nobody',
  age BIGINT CHECK (age > 1),
  extra INTEGER
);

CREATE TABLE posts (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL,
  title VARCHAR(80),
  CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX posts_by_title ON posts (title);
CREATE INDEX posts_by_user ON posts (user_id);

CREATE TABLE other (
  id INTEGER NOT NULL PRIMARY KEY
);

CREATE TABLE audit (
  id INTEGER NOT NULL PRIMARY KEY
);
";

/// Everything that is listed of every database.
const LISTED: [&str; 13] = [
    "differs    users.nick on default: default: expected `'none'`, found `'nobody'",
    "differs    posts.title on default: null: expected `NOT NULL`, found `NULL`",
    "missing    posts.stars on default: column `",
    "differs    users.age on default: type: expected `",
    "missing    gone on default: table",
    "missing    titles on default: view",
    "missing    users.email on default: ",
    "differs    posts.user_id on default: foreign key: expected `",
    "differs    posts.title, stars on default: index: expected `",
    "age > 0",
    "extra      users.extra on default: column `",
    "extra      other on default: table",
    "unmanaged  audit on default",
];

fn every_difference_is_listed(dialect: Dialect) {
    let Some(database) = Database::fresh(dialect) else {
        return;
    };
    database.load(DRIFTED).expect("the database takes it");
    let project = database.project(SCHEMA);
    let outcome = project.run("validate");
    holds(&outcome.results, &LISTED);
    assert!(
        !outcome.results.contains("posts_by_user"),
        "{}",
        outcome.results
    );
    assert!(
        !outcome.results.contains("audit.note"),
        "{}",
        outcome.results
    );
    holds(
        &outcome.failed(),
        &[
            "differences from the schema",
            "bindery pull --engine default --out -",
        ],
    );
}

fn equal_is_equal(dialect: Dialect) {
    let Some(database) = Database::fresh(dialect) else {
        return;
    };
    let project = database.project(SCHEMA);
    project.run("create").good();
    let equal = "unmanaged  audit on default\nequal      default: 4 tables as the schema says\n";
    let results = project.run("validate").good();
    assert!(
        results.ends_with(equal) && !results.contains("differs"),
        "{results}"
    );
    database
        .load("CREATE TABLE other (id INTEGER)")
        .expect("a table");
    let results = project.run("validate --engine default").good();
    holds(&results, &["extra      other on default: table"]);
    let failed = project.run("validate --strict").failed();
    holds(&failed, &["1 difference from the schema"]);
}

#[test]
fn cli_05_every_difference_is_listed_on_sqlite() {
    every_difference_is_listed(Dialect::Sqlite);
}

#[test]
fn cli_05_every_difference_is_listed_on_postgres() {
    every_difference_is_listed(Dialect::Postgres);
}

#[test]
fn cli_05_every_difference_is_listed_on_mysql() {
    every_difference_is_listed(Dialect::Mysql);
}

#[test]
fn cli_05_an_equal_database_is_equal_on_sqlite() {
    equal_is_equal(Dialect::Sqlite);
}

#[test]
fn cli_05_an_equal_database_is_equal_on_postgres() {
    equal_is_equal(Dialect::Postgres);
}

#[test]
fn cli_05_an_equal_database_is_equal_on_mysql() {
    equal_is_equal(Dialect::Mysql);
}

#[test]
fn cli_05_all_engines_are_compared_and_one_document_says_so() {
    let project = Project::blogs();
    project.run("create --all").good();
    project.sqlite(
        "b.db",
        "ALTER TABLE posts ADD COLUMN more TEXT; DROP INDEX categories_by_name",
    );
    let outcome = project.run("validate --format json");
    let document = outcome.json();
    assert_eq!(document[1]["ok"], true);
    assert_eq!(document[1]["tables"], 2);
    assert_eq!(
        document[0]["differences"],
        json!([{
            "table": "categories", "column": "name", "what": "index",
            "expected": "CREATE INDEX \"categories_by_name\" ON \"categories\" (\"name\")", "found": null,
        }])
    );
    assert_eq!(document[0]["extra"][0]["column"], "more");
    assert_eq!(document[0]["unmanaged"], json!(["audit"]));
    outcome.failed();
    let one = project.run("validate --engine default").good();
    assert_eq!(one, "equal      default: 2 tables as the schema says\n");
}

#[test]
fn cli_05_an_engine_that_fails_does_not_keep_others_from_being_compared() {
    let project = Project::blogs().with("B_URL", "postgres://nobody@127.0.0.1:1/none");
    project.run("create").good();
    let outcome = project.run("validate");
    holds(
        &outcome.results,
        &["equal      default: 2 tables as the schema says\n"],
    );
    holds(&outcome.failed(), &["engine `b`: "]);
}
