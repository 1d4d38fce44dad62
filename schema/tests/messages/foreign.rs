//! DDL of one database in a file that is read as another's: DDL that the other takes in another sense or refuses is
//! reported, what it takes in the same sense is read.

use super::run::Run;

const SQLITE: &str = "url = \"sqlite://app.db\"\n";
const POSTGRES: &str = "url = \"postgres://shop@db/shop\"\n";
const MYSQL: &str = "url = \"mariadb://shop@db/shop\"\n";

fn codes(config: &str, sql: &str) -> Vec<&'static str> {
    Run::new(config, sql.as_bytes()).codes()
}

/// A table with a key and this.
fn with(element: &str) -> String {
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {element});")
}

fn each_is(config: &str, statements: &[String], expected: &[&str]) {
    let wrong: Vec<String> = statements
        .iter()
        .map(|sql| (sql, codes(config, sql)))
        .filter(|(_, found)| found != expected)
        .map(|(sql, found)| format!("{sql}\n    {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{config}{}", wrong.join("\n"));
}

/// Covers BAD-01.
#[test]
fn bad_01_ddl_of_the_other_two_is_told_in_a_file_of_sqlite() {
    let elements = [
        "a TEXT DEFAULT now()",
        "a TEXT DEFAULT (now())",
        "a TIMESTAMP DEFAULT LOCALTIMESTAMP",
        "a TEXT DEFAULT gen_random_uuid()",
        "a TEXT DEFAULT (uuid())",
        "a TEXT DEFAULT (curdate())",
        "a TEXT DEFAULT 'x'::text",
        "a TEXT[]",
        "a INTEGER[3]",
        "a TEXT ARRAY",
        "a TEXT COMMENT 'of a'",
        "a VARCHAR CHARSET utf8",
        "a ENUM('x', 'y')",
        "a TEXT CHECK (char_length(a) > 3)",
        "a TEXT CHECK (a ~ '^x')",
        "a INTEGER GENERATED ALWAYS AS IDENTITY",
        "EXCLUDE USING gist (id WITH =)",
    ];
    let mut told: Vec<String> = elements.iter().map(|element| with(element)).collect();
    for key in [
        "INTEGER AUTO_INCREMENT PRIMARY KEY",
        "SERIAL PRIMARY KEY",
        "bigserial PRIMARY KEY",
    ] {
        told.push(format!("CREATE TABLE t (id {key}, a TEXT);"));
    }
    for statement in [
        "CREATE TYPE mood AS ENUM ('a');",
        "CREATE DOMAIN d AS text;",
    ] {
        told.push(statement.to_owned());
    }
    each_is(SQLITE, &told, &["B0251"]);
    // A text default says nothing of a file that is not SQLite's, nor do backticks and types of the other two.
    let same = [
        "`a` TEXT",
        "a INT UNSIGNED",
        "a VARCHAR(20) NOT NULL DEFAULT ''",
        "a TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP",
        "a UUID, b JSONB, c BYTEA, d LONGTEXT",
        "a TEXT DEFAULT (datetime('now'))",
        "[a] [nvarchar](20)",
        "a TEXT CHECK (length(a) > ~3)",
    ];
    let same: Vec<String> = same.iter().map(|element| with(element)).collect();
    each_is(SQLITE, &same, &[]);
}

/// Covers BAD-01.
#[test]
fn bad_01_ddl_of_the_other_two_is_told_in_a_file_of_postgres() {
    let told = [
        "a INT(11)",
        "a TEXT DEFAULT (datetime('now'))",
        "a TEXT DEFAULT uuid()",
        "a DATE DEFAULT curdate()",
        "a TEXT DEFAULT (lower(hex(randomblob(16))))",
        "a TEXT DEFAULT \"x\"",
        "a BOOLEAN DEFAULT 1",
        "a TEXT CHECK (json_valid(a))",
        "a INTEGER NOT NULL ON CONFLICT IGNORE",
        "a INTEGER, KEY k (a)",
        "a INTEGER, b INTEGER, INDEX k (a, b)",
    ];
    let told: Vec<String> = told.iter().map(|element| with(element)).collect();
    each_is(POSTGRES, &told, &["B0251"]);
    let same = [
        "a TEXT DEFAULT now()",
        "a BOOLEAN DEFAULT true",
        "key VARCHAR(20)",
        "a TEXT CHECK (a ~ '^x')",
        "a TEXT DEFAULT 'x'::text",
    ];
    let same: Vec<String> = same.iter().map(|element| with(element)).collect();
    each_is(POSTGRES, &same, &[]);
    let own = "CREATE FUNCTION uuid() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';";
    each_is(
        POSTGRES,
        &[own.to_owned() + &with("a uuid DEFAULT uuid()")],
        &[],
    );
}

/// Covers BAD-01.
#[test]
fn bad_01_ddl_of_the_other_two_is_told_in_a_file_of_mysql() {
    let told = [
        "a VARCHAR(20) DEFAULT 'x'::text",
        "a CHAR(36) DEFAULT gen_random_uuid()",
        "a DATETIME DEFAULT (datetime('now'))",
        "a VARCHAR(64) DEFAULT (lower(hex(randomblob(16))))",
        "a VARCHAR(20) CHECK (a ~ '^x')",
        "a TIMESTAMPTZ",
        "a JSONB",
        "a BIGINT GENERATED ALWAYS AS IDENTITY",
        "EXCLUDE USING gist (id WITH =)",
    ];
    let mut told: Vec<String> = told.iter().map(|element| with(element)).collect();
    told.push("CREATE TYPE mood AS ENUM ('a');".to_owned());
    each_is(MYSQL, &told, &["B0251"]);
    let same = ["a DATETIME DEFAULT now()", "a CHAR(36) DEFAULT (uuid())"];
    let same: Vec<String> = same.iter().map(|element| with(element)).collect();
    each_is(MYSQL, &same, &[]);
    each_is(
        MYSQL,
        &["CREATE TABLE t (id SERIAL PRIMARY KEY);".to_owned()],
        &[],
    );
}

#[test]
fn a_type_that_is_misspelt_is_told_with_the_nearest() {
    let cases = [
        (SQLITE, "a INTEGRE", "B0250", "did you mean `INTEGER`?"),
        (SQLITE, "a DATTIME", "B0250", "did you mean `datetime`?"),
        (POSTGRES, "a INTEGRE", "B0250", "did you mean `integer`?"),
        (MYSQL, "a INTEGRE", "B0251", "write `integer`"),
    ];
    for (config, element, code, help) in cases {
        let run = Run::new(config, with(element).as_bytes());
        assert_eq!(run.codes(), [code], "{}", run.text());
        assert!(run.text().contains(help), "{}", run.text());
    }
    let known = [
        "a NTEXT",
        "a INT64",
        "a FLOAT32",
        "a LONGTEXT",
        "a UINT",
        "a NCLOB",
        "a TEXTS",
    ];
    let known: Vec<String> = known.iter().map(|element| with(element)).collect();
    each_is(SQLITE, &known, &[]);
}

#[test]
fn an_integer_key_of_sqlite_that_is_not_the_row_id_is_told() {
    let with_key = |key: &str| format!("CREATE TABLE t (a TEXT, id {key});");
    let told = [
        "BIGINT PRIMARY KEY",
        "INT PRIMARY KEY",
        "BIGINT NOT NULL, PRIMARY KEY (id)",
    ];
    each_is(SQLITE, &told.map(with_key), &["B0413"]);
    let right = ["INTEGER PRIMARY KEY", "integer, PRIMARY KEY (id)"];
    each_is(SQLITE, &right.map(with_key), &[]);
    let others = [
        "CREATE TABLE t (id BIGINT PRIMARY KEY) WITHOUT ROWID;",
        "CREATE TABLE t (a BIGINT, b BIGINT, PRIMARY KEY (a, b));",
    ];
    each_is(SQLITE, &others.map(str::to_owned), &[]);
    each_is(
        POSTGRES,
        &["CREATE TABLE t (id BIGINT PRIMARY KEY);".to_owned()],
        &[],
    );
}
