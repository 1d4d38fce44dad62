//! The list that a build script leaves beside its code, by which the macros find the schema of a query in place.

use std::fs;
use std::path::Path;

use bindery_codegen::in_place::{QueryCall, QueryMacro, Schema, Surroundings, expand};

const CONFIG: &str = "[engines]\ndefault = \"sqlite://a.db\"\n";
const SCHEMA: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);\n";

/// Any bytes as the list, whose paths are kept within a folder that has a configuration and a schema.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let is_within = |line: &&str| !line.contains("..") && !line.contains(" /");
    let list: Vec<&str> = text.lines().filter(is_within).collect();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let output = folder.path().join("out");
    fs::create_dir(&output).expect("the folder can be written to");
    for (name, text) in [
        ("bindery.toml", CONFIG),
        ("schema.sql", SCHEMA),
        ("out/bindery.inputs", &list.join("\n")),
    ] {
        fs::write(folder.path().join(name), text).expect("the folder can be written to");
    }
    find(folder.path(), &output);
}

fn find(folder: &Path, output: &Path) {
    let code = output.join("bindery.rs").display().to_string();
    let environment = |name: &str| (name == "BINDERY_SCHEMA").then(|| code.clone());
    let around = Surroundings {
        folder,
        environment: &environment,
        schema: None,
    };
    match Schema::of_crate(around) {
        Ok(schema) => {
            let call = QueryCall {
                of: QueryMacro::Rows,
                literal: "\"SELECT id, name FROM users\"",
                place: None,
                engines: Vec::new(),
                on_all_shards: false,
                given: Vec::new(),
                root: "crate".to_owned(),
                of_crate: "shop".to_owned(),
            };
            if let Err(found) = expand(&call, &schema) {
                assert!(!found.is_empty(), "refused without a reason");
            }
        }
        Err(message) => assert!(!message.is_empty(), "refused without a reason"),
    }
}
