//! Tables that the schema does not know: refused in words, and within reach of a schema that is pulled.

use super::support::{Project, holds};

/// A table that another program has made in the database of `b`.
fn project() -> Project {
    let project = Project::blogs();
    project.run("create --all").good();
    project.sqlite("b.db", "CREATE TABLE legacy (id INTEGER PRIMARY KEY, note VARCHAR(20)); INSERT INTO legacy VALUES (1, 'one')");
    project
}

/// Covers CLI-5.
#[test]
fn dump_01_a_table_that_the_schema_does_not_know_is_refused_with_the_way_to_it() {
    let project = project();
    project.write("legacy.csv", "id,note\n2,two\n");
    for command in [
        "dump --engine b --table legacy",
        "load --engine b --table legacy --from legacy.csv",
        "truncate --engine b --table legacy --yes",
    ] {
        let failed = project.run(command).failed();
        holds(
            &failed,
            &[
                "there is no table `legacy` on engine `b`",
                "`bindery pull --engine b --out all.sql` writes: add `--schema all.sql`",
            ],
        );
    }
    let failed = project.run("verify legacy --from b --to default").failed();
    holds(
        &failed,
        &[
            "there is no table `legacy` on engine `b`",
            "--schema all.sql",
        ],
    );
}

/// Every table of a database, those of the schema and the others: dumped, emptied, loaded and copied to another engine.
#[test]
fn dump_01_every_table_is_dumped_loaded_and_emptied_by_a_schema_that_is_pulled() {
    let project = project();
    project.run("pull --engine b --out all.sql").good();
    let every = "--engine b --schema all.sql";
    let dumped = project.run(&format!("dump {every}")).good();
    holds(
        &dumped,
        &[
            "dumped     legacy on b: 1 row\n",
            "dumped     posts on b: 0 rows\n",
        ],
    );
    project
        .run(&format!("truncate {every} --table legacy --yes"))
        .good();
    let rows = || {
        project
            .run(&format!("dump {every} --table legacy --out -"))
            .good()
    };
    assert_eq!(rows(), "id,note\n");
    project.run(&format!("load {every} --table legacy")).good();
    assert_eq!(rows(), "id,note\n1,one\n");

    let pulled = std::fs::read_to_string(project.path("all.sql")).expect("it was written");
    let legacy = "CREATE TABLE legacy";
    let both = pulled.replace(legacy, &format!("-- @engines b, default\n{legacy}"));
    let at = both.find("-- @engines b, default").expect("it is there");
    let end = both[at..].find("\n\n").map_or(both.len(), |end| at + end);
    project.write(
        "both.sql",
        format!("-- @dialect sqlite\n\n{}\n", &both[at..end]),
    );
    project
        .run("create --engine default --schema both.sql")
        .good();
    project.run("mirror b default --schema both.sql").good();
    let copied = project
        .run("dump --schema both.sql --table legacy --out -")
        .good();
    assert_eq!(copied, "id,note\n1,one\n");
}
