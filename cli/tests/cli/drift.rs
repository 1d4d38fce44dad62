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

/// Servers keep none of these expressions as they are written.
const POSTGRES_WORDS: &str = "\
CREATE DOMAIN small AS integer CHECK (VALUE > 0 AND VALUE < 10) DEFAULT 3 NOT NULL;
CREATE DOMAIN kind AS varchar(8) CONSTRAINT ok CHECK (VALUE IN ('a', 'b'));
CREATE DOMAIN moment AS timestamp;
CREATE TABLE t (
  id bigint PRIMARY KEY, a integer, b integer DEFAULT 1 + 2, s varchar(40) DEFAULT 'x' || 'y', x text, f double precision, day timestamp, is_on boolean DEFAULT 'yes',
  small small, kind kind, moment moment, sum integer GENERATED ALWAYS AS (a + b * 2) STORED,
  CHECK (a NOT IN (1, 2)), CHECK (s NOT LIKE 'a%'), CHECK (a NOT BETWEEN 1 AND 3), CHECK (NOT (a IS NULL AND b IS NULL)),
  CHECK (a ISNULL OR b NOTNULL), CHECK (s IN ('a', 'b') OR x = 'c'), CHECK (length(s) > 3), CHECK (s ~ '^[a-z]+$'),
  CHECK (is_on IS TRUE OR is_on IS NOT FALSE), CHECK (a IS DISTINCT FROM b), CHECK (coalesce(a, 0) + 1 > 2 * (b - 1)), CHECK (f > 1.5),
  CHECK (x LIKE 'a%' ESCAPE '!'), CHECK (extract(year FROM day) > 2000), CHECK (day > '2020-01-01'), CHECK (day > timestamp '2020-01-01' + interval '1 day')
);
CREATE INDEX i1 ON t (a) WHERE s NOT IN ('a', 'b');
CREATE INDEX i2 ON t ((a + b), lower(x)) WHERE NOT is_on;
CREATE INDEX i3 ON t (coalesce(s, '')) WHERE a <> 3;
CREATE VIEW v AS SELECT a, count(*) AS number FROM t WHERE s NOT IN ('a') AND day > now() GROUP BY 1 ORDER BY 2 LIMIT 10;
CREATE VIEW w (one, two) AS SELECT * FROM v;
";

const MARIADB_WORDS: &str = "\
CREATE TABLE t (
  id bigint PRIMARY KEY, a integer, b integer, s varchar(40), x text, f double precision, at datetime, is_on boolean DEFAULT TRUE,
  sum integer AS (a + b * 2) STORED, name varchar(80) AS (concat(s, '-', x)) VIRTUAL, doc json, day date DEFAULT (current_date()), code varchar(40) DEFAULT (uuid()), n decimal(8,2) DEFAULT 1.50,
  CHECK (a NOT IN (1, 2)), CHECK (s NOT LIKE 'a%'), CHECK (a NOT BETWEEN 1 AND 3), CHECK (NOT (a IS NULL AND b IS NULL)),
  CHECK (NOT (a = b)), CHECK (NOT a), CHECK (!is_on), CHECK (length(s) > 3), CHECK (char_length(s) > 3), CHECK (s REGEXP '^[a-z]+$'),
  CHECK (a <> 3 && b != 4 || f > 1), CHECK (json_valid(doc)), CHECK (cast(s AS char(3)) = 'abc'), CHECK (if(a > 1, b, 0) = 0),
  CHECK (mod(a, 2) = 0), CHECK (a % 3 = 0), CHECK (a DIV 2 > 1), CHECK (substring(s, 1, 2) = 'ab'), CHECK (at > timestamp '2020-01-01 00:00:00' + interval 1 day)
);
CREATE VIEW v AS SELECT a, count(*) AS n FROM t WHERE NOT (a = b) AND s NOT IN ('a') AND at > now() GROUP BY a ORDER BY 1 LIMIT 10;
";

fn written_in_other_words(dialect: Dialect, schema: &str) {
    let Some(database) = Database::fresh(dialect) else {
        return;
    };
    let project = database.project(schema);
    project.run("create").good();
    let document = project.run("validate --format json").json();
    for list in ["differences", "extra", "notes"] {
        assert_eq!(document[0][list], json!([]), "{document:#}");
    }
    assert_eq!(
        project.run("validate --fix --format json").json()[0]["fix"],
        json!(null)
    );
}

#[test]
fn cli_05_expressions_in_other_words_are_equal_on_postgres() {
    written_in_other_words(Dialect::Postgres, POSTGRES_WORDS);
}

#[test]
fn cli_05_expressions_in_other_words_are_equal_on_mariadb() {
    if bindery_testkit::mysql_flavour() == bindery_testkit::Product::MariaDb {
        written_in_other_words(Dialect::Mysql, MARIADB_WORDS);
    }
}

/// A CHECK as it is in the database, the same with its groups written out, and grouped otherwise.
fn grouped(dialect: Dialect) -> &'static [[&'static str; 3]] {
    match dialect {
        Dialect::Sqlite => &[
            ["a - b || c > 0", "a - (b || c) > 0", "(a - b) || c > 0"],
            ["a | b & c", "(a | b) & c", "a | (b & c)"],
        ],
        Dialect::Postgres => &[["a | b & c > 0", "(a | b) & c > 0", "a | (b & c) > 0"]],
        Dialect::Mysql => &[
            ["a || b AND c", "a || (b AND c)", "(a || b) AND c"],
            ["a | b & c", "a | (b & c)", "(a | b) & c"],
        ],
    }
}

fn checks_are_grouped_as_the_database_groups_them(dialect: Dialect) {
    for [there, same, otherwise] in grouped(dialect) {
        let Some(database) = Database::fresh(dialect) else {
            return;
        };
        let with = |check: &str| {
            format!(
                "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, CHECK ({check}));\n"
            )
        };
        database.load(&with(there)).expect("the database takes it");
        for equal in [there, same] {
            database.project(&with(equal)).run("validate").good();
        }
        let found = database.project(&with(otherwise)).run("validate");
        holds(&found.results, &[" t on default: "]);
        found.failed();
    }
}

#[test]
fn cli_05_checks_are_grouped_as_sqlite_groups_them() {
    checks_are_grouped_as_the_database_groups_them(Dialect::Sqlite);
}

#[test]
fn cli_05_checks_are_grouped_as_postgres_groups_them() {
    checks_are_grouped_as_the_database_groups_them(Dialect::Postgres);
}

#[test]
fn cli_05_checks_are_grouped_as_mysql_groups_them() {
    checks_are_grouped_as_the_database_groups_them(Dialect::Mysql);
}
