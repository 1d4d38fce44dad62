//! Documents of commands whose engine is not there: the sentence, and its kind in one word.

use serde_json::Value;

use super::support::{NOTES_SCHEMA, Project};

/// Nothing listens on the first port.
const CONFIG: &str = "\
url = \"sqlite://default.db\"
[engines.b]
url = \"postgres://ann@127.0.0.1:1/shop\"
connect-timeout = \"1s\"
outbox = true
inbox = true
[atomic.both]
engines = [\"default\", \"b\"]
home = \"default\"
";

fn project() -> Project {
    let project = Project::new(&[("bindery.toml", CONFIG), ("schema.sql", NOTES_SCHEMA)]);
    std::fs::create_dir_all(project.path("migrations/b")).expect("a folder");
    project.write("migrations/b/1_a.sql", "CREATE TABLE a (id bigint);\n");
    project.write("migrations/b/1_a.down.sql", "DROP TABLE a;\n");
    project.write("notes.csv", "id,note\n1,one\n");
    project
}

/// Every `reason` of a document that stands beside an `error`.
fn reasons(document: &Value, found: &mut Vec<Value>) {
    match document {
        Value::Object(fields) => {
            if fields.get("error").is_some_and(|error| !error.is_null()) {
                found.push(fields.get("reason").cloned().unwrap_or_default());
            }
            fields.values().for_each(|value| reasons(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| reasons(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a command has a document by then or not. `status` and `doctor` say it in their rows.
///
/// Covers CLI-1.
#[test]
fn every_document_names_the_kind_of_its_error() {
    let commands = [
        "create --engine b",
        "create --engine b --dry-run",
        "drop --engine b --yes",
        "dump --engine b --out dump",
        "load --engine b --table notes --from notes.csv",
        "messages list --engine b",
        "migrate status --engine b",
        "migrate run --engine b",
        "migrate revert --engine b --yes",
        "migrate baseline 1 --engine b",
        "migrate resolve 1 --engine b --done",
        "mirror default b --replace --yes",
        "pull --engine b --out b.sql",
        "pull --engine b --out b.sql --dry-run",
        "recover",
        "reset --engine b --yes",
        "sync",
        "tasks list --engine b",
        "truncate --engine b --yes",
        "validate --engine b",
        "verify --from default --to b",
    ];
    let project = project();
    project.run("create --engine default").good();
    let mut wrong = Vec::new();
    for words in commands {
        let outcome = project.run(&format!("{words} --format json"));
        let document: Value = serde_json::from_str(&outcome.results).unwrap_or_default();
        let mut found = Vec::new();
        reasons(&document, &mut found);
        let is_named = found.iter().all(|reason| *reason == "unavailable");
        if outcome.code == Some(0) || found.is_empty() || !is_named {
            wrong.push(format!("`{words}`: {found:?} {outcome:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of what is no database's, the sentence alone.
#[test]
fn a_command_that_has_no_document_yet_says_why_in_one() {
    let project = Project::new(&[("schema.sql", NOTES_SCHEMA)]);
    let outcome = project.run("migrate run --format json");
    let document = outcome.json();
    assert!(
        document["error"].is_string() && document["reason"].is_null(),
        "{outcome:#?}"
    );
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
}
