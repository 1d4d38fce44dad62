//! `bindery explain`: pages and stages.

use serde_json::{Value, json};

use crate::support::{Project, holds};

#[test]
fn pages_and_their_list() {
    let project = Project::new(&[]);
    let page = project.run("explain b0319").good();
    holds(
        &page,
        &[
            "# B0319: ",
            "## Wrong",
            "## Right",
            "postgres://shop@db/shop",
        ],
    );
    holds(
        &project.run("explain --list").good(),
        &["B0300  ", "B0319  "],
    );
    let document = project.run("explain B0319 --format json").json();
    assert_eq!(document["code"], "B0319");
}

#[test]
fn an_unknown_code_is_told_with_a_near_one() {
    let project = Project::new(&[]);
    holds(
        &project.run("explain B3019").failed(),
        &[
            "there is no code `B3019`",
            "did you mean `bindery explain B0319`?",
        ],
    );
    holds(
        &project.run("explain nonsense").failed(),
        &["bindery explain --list"],
    );
}

fn resolved(project: &Project) -> Value {
    let outcome = project.run("explain --stage resolve --format json");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    outcome.json()
}

#[test]
fn the_resolved_schema_as_data() {
    let document = resolved(&Project::blogs());
    let tables = document["tables"].as_array().expect("a list");
    let names: Vec<&str> = tables
        .iter()
        .filter_map(|table| table["name"].as_str())
        .collect();
    assert_eq!(names, ["blogs", "users", "posts", "categories", "audit"]);
    let posts = &tables[2];
    assert_eq!(posts["model"], "Post");
    assert_eq!(posts["engines"], json!(["b"]));
    assert_eq!(posts["primary_key"], json!(["id"]));
    assert_eq!(posts["kind"], "table");
    let expected = json!({"columns": ["blog_id"], "table": "blogs", "referred": ["id"], "on_delete": "CASCADE", "on_update": "NO ACTION"});
    assert_eq!(posts["foreign_keys"][0], expected);
    assert_eq!(tables[0]["engines"], json!(["default", "b"]));
    assert_eq!(tables[1]["unique"], json!([["email"]]));
    assert_eq!(tables[3]["indexes"][0]["name"], "categories_by_name");
    assert_eq!(
        (&document["views"], &document["enums"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn the_columns_of_the_resolved_schema() {
    let document = resolved(&Project::blogs());
    let key = &document["tables"][0]["columns"][0];
    assert_eq!(
        (&key["name"], &key["field"], &key["generated"]),
        (&json!("id"), &json!("id"), &json!("key"))
    );
    let title = json!({
        "name": "title", "field": "title", "sql_type": "VARCHAR(80)", "rust_type": "String",
        "nullable": false, "default": "'untitled'", "generated": null,
    });
    assert_eq!(document["tables"][0]["columns"][1], title);
    let category = &document["tables"][2]["columns"][2];
    assert_eq!(
        (&category["nullable"], &category["rust_type"]),
        (&json!(true), &json!("Option<categories::CategoryId>"))
    );
}

#[test]
fn every_stage_prints_something() {
    let project = Project::blogs();
    let cases = [
        ("parse", "CreateTable"),
        ("resolve", "Post `posts` on b"),
        ("check", "5 tables"),
        ("plan", "CREATE TABLE"),
        ("emit", "pub struct Post"),
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

/// The statement of each engine has the placeholders of its dialect, and the types that its function has.
#[test]
fn the_plan_has_the_queries_of_files() {
    let config = "[schema]\nqueries = [\"queries\"]\n[engines]\ndefault = \"sqlite://a.db\"\nb = \"postgres://h/d\"\n";
    let schema =
        "-- @engines default, b\nCREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT);\n";
    let query = "-- name: found :opt\nSELECT title FROM notes WHERE id = :id OR id > :id;\n";
    let project = Project::new(&[
        ("bindery.toml", config),
        ("schema.sql", schema),
        ("queries/notes.sql", query),
    ]);
    let document = project.run("explain --stage plan --format json").json();
    let query = |engine: &str| {
        let engines = document.as_array().expect("an array");
        let found = engines.iter().find(|found| found["engine"] == engine);
        found.expect("the engine is there")["queries"][0].clone()
    };
    let parameter = serde_json::json!({ "name": "id", "rust_type": "i64" });
    let title = "::core::option::Option<::std::string::String>";
    assert_eq!(
        query("b"),
        serde_json::json!({
            "module": "notes",
            "function": "found",
            "kind": "opt",
            "sql": "SELECT title FROM notes WHERE id = $1 OR id > $1",
            "parameters": [parameter],
            "columns": [{ "name": "title", "rust_type": title }],
        })
    );
    let on_sqlite = query("default");
    assert_eq!(
        on_sqlite["sql"],
        "SELECT title FROM notes WHERE id = ? OR id > ?"
    );
    assert_eq!(
        on_sqlite["parameters"],
        serde_json::json!([parameter, parameter])
    );

    let document = project.run("check --format json").json();
    assert_eq!(document["queries"], 1, "{document:#}");
    project.write(
        "queries/notes.sql",
        "-- name: found :opt\nSELECT titel FROM notes;\n",
    );
    let outcome = project.run("check --format json");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let place = outcome.json()["diagnostics"][0]["spans"][0].clone();
    assert_eq!(place["file"], "queries/notes.sql", "{outcome:#?}");
}
