//! `bindery explain`: pages and stages.

use crate::support::{Project, holds};

#[test]
fn pages_and_their_list() {
    let project = Project::new(&[]);
    let page = project.run("explain b0317").good();
    holds(
        &page,
        &["# B0317: ", "## Wrong", "## Right", "home = \"b\""],
    );
    holds(
        &project.run("explain --list").good(),
        &["B0300  ", "B0317  "],
    );
    let document = project.run("explain B0317 --format json").json();
    assert_eq!(document["code"], "B0317");
}

#[test]
fn an_unknown_code_is_told_with_a_near_one() {
    let project = Project::new(&[]);
    holds(
        &project.run("explain B3017").failed(),
        &[
            "there is no code `B3017`",
            "did you mean `bindery explain B0317`?",
        ],
    );
    holds(
        &project.run("explain nonsense").failed(),
        &["bindery explain --list"],
    );
}

#[test]
fn every_stage_prints_something() {
    let project = Project::blogs();
    let cases = [
        ("parse", "CreateTable"),
        ("check", "5 tables"),
        ("plan", "CREATE TABLE"),
    ];
    for (stage, expected) in cases {
        holds(
            &project.run(&format!("explain --stage {stage}")).good(),
            &[expected],
        );
    }
}

#[test]
fn a_broken_schema_gives_the_document_of_check() {
    let project = Project::new(&[(
        "schema.sql",
        "CREATE TABLE t (id INTEGER REFERENCES nowhere (id));\n",
    )]);
    for words in [
        "explain --stage plan",
        "explain --stage check",
        "create",
        "create --print",
    ] {
        let outcome = project.run(&format!("{words} --format json"));
        assert_eq!(outcome.code, Some(1), "{outcome:#?}");
        assert_eq!(outcome.json()["ok"], false, "{outcome:#?}");
    }
    assert_eq!(project.files(), ["schema.sql"]);
}
