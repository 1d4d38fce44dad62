//! CLI-03: dropping tables.

use bindery_testkit::{fresh_mysql, fresh_postgres};

use crate::support::{Project, holds};

/// The managed tables of engine `b`.
const B_TABLES: [&str; 3] = ["blogs", "categories", "posts"];

#[test]
fn cli_03_without_an_answer_nothing_is_changed() {
    let project = Project::blogs();
    project.run("create --all").good();
    let messages = project.run("drop --engine b").failed();
    holds(&messages, &["nothing was changed", "--yes"]);
    assert_eq!(
        project.sqlite_tables("b.db"),
        ["blogs", "categories", "posts"]
    );
}

#[test]
fn cli_03_only_yes_is_an_answer() {
    let project = Project::blogs();
    project.run("create --all").good();
    for answer in ["no", "", "y", "maybe"] {
        let outcome = project.run_answering("drop --engine b", answer);
        holds(
            &outcome.failed(),
            &["engine `b`, sqlite://b.db: 3 tables", "nothing was changed"],
        );
        assert_eq!(project.sqlite_tables("b.db"), B_TABLES);
    }
    let outcome = project.run_answering("drop --engine b", "yes");
    holds(&outcome.good(), &["dropped    posts on b"]);
    assert_eq!(project.sqlite_tables("b.db"), Vec::<String>::new());
}

#[test]
fn cli_03_of_several_engines_none_is_meant_unless_named() {
    let project = Project::blogs();
    project.run("create --all").good();
    let messages = project.run("drop --yes").failed();
    holds(
        &messages,
        &["several engines", "--engine NAME", "`b`, `default`"],
    );
    assert_eq!(project.sqlite_tables("default.db"), ["blogs", "users"]);
    assert_eq!(
        project.sqlite_tables("b.db"),
        ["blogs", "categories", "posts"]
    );
}

#[test]
fn cli_03_only_managed_tables_of_the_engine_are_dropped() {
    let project = Project::blogs();
    project.run("create --all").good();
    project.sqlite(
        "b.db",
        "CREATE TABLE audit (id INTEGER); CREATE TABLE other (id INTEGER)",
    );
    let outcome = project.run("drop --engine b --yes");
    holds(&outcome.messages, &["`audit` on `b` is `@unmanaged`"]);
    holds(
        &outcome.good(),
        &[
            "dropped    blogs on b",
            "dropped    posts on b",
            "unmanaged  audit on b",
        ],
    );
    assert_eq!(project.sqlite_tables("b.db"), ["audit", "other"]);
    assert_eq!(project.sqlite_tables("default.db"), ["blogs", "users"]);
    let again = project.run("drop --engine b --yes").good();
    holds(&again, &["missing    blogs on b"]);
}

#[test]
fn cli_03_a_single_engine_needs_no_name() {
    let schema = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n";
    let project = Project::new(&[("schema.sql", schema)]);
    holds(
        &project.run("create").good(),
        &["created    notes on default"],
    );
    assert_eq!(project.sqlite_tables("bindery.db"), ["notes"]);
    holds(
        &project.run("drop --yes").good(),
        &["dropped    notes on default"],
    );
    assert_eq!(project.sqlite_tables("bindery.db"), Vec::<String>::new());
}

/// Tables with rows that refer to each other go, others stay.
fn drops_and_makes_again(project: &Project) {
    project.run("create --engine b").good();
    holds(
        &project.run("drop --engine b --yes").good(),
        &["dropped    posts on b", "dropped    categories on b"],
    );
    holds(
        &project.run("create --engine b").good(),
        &["created    posts on b"],
    );
}

#[test]
fn cli_03_drop_on_postgres() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    drops_and_makes_again(&Project::blogs().with("B_URL", &database.url()));
}

#[test]
fn cli_03_drop_on_mysql() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    drops_and_makes_again(&Project::blogs().with("B_URL", &database.url()));
}
