//! CLI-03 and CLI-04: `create`, `drop` and `reset` of some tables.

use std::path::PathBuf;

use super::dumped::{At, Dumped};
use super::support::holds;

/// Two tables of one enum, of which one refers to the other; one beside them, and one that bindery leaves alone.
const SCHEMA: &str = "\
-- @dialect postgres

CREATE TYPE mood AS ENUM ('glad', 'sad');

-- @engines default, b
CREATE TABLE users (
  id bigint PRIMARY KEY,
  mood mood NOT NULL
);

-- @engines default, b
CREATE TABLE posts (
  id bigint PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  mood mood NOT NULL
);
CREATE INDEX posts_by_user ON posts (user_id);

-- @engines default, b
CREATE TABLE tags (
  id bigint PRIMARY KEY
);

-- @engine b
-- @unmanaged
CREATE TABLE audit (
  id bigint PRIMARY KEY
);
";

/// One for each database, with a row in each table.
fn on_each() -> Vec<Dumped> {
    let all = Dumped::on_all_with(SCHEMA);
    for test in &all {
        test.on_b("INSERT INTO users VALUES (1, 'glad')");
        test.on_b("INSERT INTO posts VALUES (1, 1, 'sad')");
        test.on_b("INSERT INTO tags VALUES (1)");
    }
    all
}

fn rows(test: &Dumped) -> [i64; 3] {
    ["users", "posts", "tags"].map(|table| test.number(table))
}

#[test]
fn cli_03_some_tables_are_dropped_and_made_anew_and_others_keep_their_rows() {
    for test in on_each() {
        let refused = test.run("drop --engine b --table users --yes").failed();
        holds(&refused, &["engine `b`"]);
        assert_eq!(rows(&test), [1, 1, 1], "`posts` refers to it");
        let reset = test.run("reset --engine b --table posts --yes").good();
        assert_eq!(reset, "created    posts on b\n");
        assert_eq!(rows(&test), [1, 0, 1]);
        let planned = test
            .run("drop --engine b --table posts --table tags --dry-run")
            .good();
        assert_eq!(planned, "planned    posts on b\nplanned    tags on b\n");
        let dropped = test
            .run("drop --engine b --table posts --table tags --yes")
            .good();
        assert_eq!(dropped, "dropped    posts on b\ndropped    tags on b\n");
        assert_eq!(test.number("users"), 1);
        // The type of both is there, as `users` has it.
        let made = test.run("create --engine b --table posts").good();
        assert_eq!(made, "created    posts on b\n");
        let made = test.run("create --engine b").good();
        holds(
            &made,
            &[
                "exists     users on b",
                "exists     posts on b",
                "created    tags on b",
            ],
        );
        assert_eq!(rows(&test), [1, 0, 0]);
    }
}

#[test]
fn cli_03_tables_that_are_not_there_or_left_alone_are_refused_and_nothing_is_changed() {
    for test in on_each() {
        for command in ["create", "drop --yes", "reset --yes"] {
            let unknown = test
                .run(&format!("{command} --engine b --table tags --table postss"))
                .failed();
            let said = [
                "there is no table `postss` on engine `b`",
                "did you mean `--table posts`?",
            ];
            holds(&unknown, &said);
            let unmanaged = test
                .run(&format!("{command} --engine b --table tags --table audit"))
                .failed();
            holds(
                &unmanaged,
                &["`audit` on engine `b` is `@unmanaged`, so it is left alone"],
            );
        }
        assert_eq!(rows(&test), [1, 1, 1]);
    }
}

#[test]
fn cli_04_the_statements_of_some_tables_are_printed() {
    let test = Dumped::with(SCHEMA, At::File(PathBuf::new()));
    let printed = test
        .run("create --engine b --print --dialect postgres --table posts")
        .good();
    holds(
        &printed,
        &[
            "CREATE TYPE \"mood\"",
            "CREATE TABLE \"posts\"",
            "REFERENCES \"users\"",
            "\"posts_by_user\"",
        ],
    );
    for other in ["TABLE \"users\" (", "TABLE \"tags\"", "_bindery"] {
        assert!(!printed.contains(other), "{other} in {printed}");
    }
    let other = test.run("create --all --print --table audit").failed();
    holds(&other, &["`@unmanaged`"]);
}
