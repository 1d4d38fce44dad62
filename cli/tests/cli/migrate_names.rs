//! Names that a database has once: a new table takes those of one that goes.

use super::both::Both;
use super::support::{Project, holds, names_in};

const REFERRED: &str = "CREATE TABLE cities (id BIGINT NOT NULL PRIMARY KEY);\n";

/// A table whose keys are named otherwise than it is.
fn table(name: &str) -> String {
    format!(
        "{REFERRED}CREATE TABLE {name} (id BIGINT NOT NULL, city_id BIGINT, CONSTRAINT users_pkey PRIMARY KEY (id), CONSTRAINT users_city FOREIGN KEY (city_id) REFERENCES cities (id));\n\
         CREATE INDEX users_by_city ON {name} (city_id);\n"
    )
}

/// The old table is there while the new one is made, with rows, and so on the way back.
#[test]
fn cli_07_a_new_table_takes_the_names_of_one_that_goes() {
    for both in Both::on_all() {
        go_there_and_back(&both, &table("users"), &table("people"));
    }
}

/// A sequence that is written as such has the name of one that the database made for `serial`.
#[test]
fn cli_07_a_new_sequence_takes_the_name_of_one_that_goes() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let users = format!("{REFERRED}CREATE TABLE users (id SERIAL PRIMARY KEY, city_id BIGINT);\n");
    let people = format!(
        "{REFERRED}CREATE SEQUENCE users_id_seq AS integer;\n\
         CREATE TABLE people (id INTEGER DEFAULT nextval('users_id_seq') PRIMARY KEY, city_id BIGINT);\n\
         ALTER SEQUENCE users_id_seq OWNED BY people.id;\n"
    );
    go_there_and_back(&both, &users, &people);
}

fn go_there_and_back(both: &Both, from: &str, to: &str) {
    both.schema(from);
    both.good("migrate add first");
    both.good("migrate run");
    both.execute("INSERT INTO users (id, city_id) VALUES (1, NULL)");
    let before = both.catalogue();
    both.schema(to);
    both.good("migrate add second");
    stays(both, &before);
    both.mean_it();
    both.good("migrate check");
    both.good("migrate run");
    assert_eq!(both.catalogue(), both.created());
    both.good("migrate revert --engine default --yes");
    assert_eq!(both.catalogue(), before);
}

/// As long as its DROP TABLE is a comment the table stays with its rows, and has its names again when the migration is reverted.
fn stays(both: &Both, before: &[String]) {
    both.good("migrate run");
    assert_ne!(both.catalogue(), before);
    assert_eq!(both.numbers("SELECT count(*) FROM users"), [1]);
    both.good("migrate revert --engine default --yes");
    assert_eq!(both.catalogue(), before);
    assert_eq!(both.numbers("SELECT count(*) FROM users"), [1]);
}

/// The prompt has each new column with every old one that it may have been, until that name has been given to another.
#[test]
fn cli_07_renames_are_answered_at_the_prompt() {
    let columns = |one: &str, other: &str| {
        format!(
            "-- @engines default\nCREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, {one} TEXT, {other} TEXT);\n"
        )
    };
    let cases: [(&str, &[&str], &[&str]); 3] = [
        (
            "y\ny",
            &["`notes.x` called `a`", "`notes.y` called `b`"],
            &["\"a\" TO \"x\"", "\"b\" TO \"y\""],
        ),
        (
            "n\ny\ny",
            &[
                "`notes.x` called `a`",
                "`notes.x` called `b`",
                "`notes.y` called `a`",
            ],
            &["\"b\" TO \"x\"", "\"a\" TO \"y\""],
        ),
        (
            "n\nn\ny",
            &["`notes.y` called `a`"],
            &["\"a\" TO \"y\"", "ADD COLUMN \"x\""],
        ),
    ];
    for (answers, asked, written) in cases {
        let project = Project::new(&[
            ("bindery.toml", "url = \"sqlite://app.db\"\n"),
            ("schema.sql", &columns("a", "b")),
        ]);
        project.run("migrate add first").good();
        project.write("schema.sql", columns("x", "y"));
        let added = project.run_answering("migrate add second", answers);
        assert_eq!(added.code, Some(0), "{added:#?}");
        let shown = added.messages;
        holds(&shown, asked);
        let asked = shown.matches("[y/N]").count();
        assert_eq!(asked, answers.lines().count(), "{shown}");
        let names = names_in(&project.path("migrations/default"));
        let second = names.iter().find(|name| name.ends_with("_second.sql"));
        let second = second.expect("the second migration");
        let path = project.path(&format!("migrations/default/{second}"));
        let text = std::fs::read_to_string(path).expect("it was written");
        holds(&text, written);
    }
}
