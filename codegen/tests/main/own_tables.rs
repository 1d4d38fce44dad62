//! The tables that bindery keeps in users' databases are in its own schema language, `runtime/src/driver/own_tables`. The runtime cannot be
//! compiled with the generator of its code, which rests on the same crates, so the code is in the repository: only what makes the tables, as
//! the models of a schema would be compiled with every program.
//!
//! After a change of the schema `BINDERY_UPDATE=1 cargo test -p bindery-codegen own_tables` writes the code anew, to be read as a diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::InputFile;
use bindery_schema::model::{CheckedModel, EngineId, Generated, Table};
use bindery_schema::plan::{CreateTable, capture, create_statements};
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;
use bindery_schema::render::{Style, render};
use bindery_schema::source::SourceFile;

use crate::golden::formatted;

/// One configuration each, in the order of the code.
pub(crate) const DATABASES: [&str; 3] = ["sqlite", "postgres", "mysql"];
/// They stay when the others are dropped: transactions that are prepared elsewhere need their decisions, sessions at work count in the
/// table of outcomes, and rows on other engines are found by the maps of shards.
const STAY: [&str; 7] = [
    "_bindery_commits",
    "_bindery_coordinators",
    "_bindery_decisions",
    "_bindery_shard_fences",
    "_bindery_shard_maps",
    "_bindery_shard_moves",
    "_bindery_shard_slots",
];
/// A new table of events goes on with larger numbers than one before it.
const NUMBERED: &str = "_bindery_events";
/// SQLite does without it, and a cluster of Citus has to know it.
const OF_OUTCOMES: &str = "_bindery_commits";
/// MariaDB's collation, as the schema has it in tables and in columns, and that beside the equal one of MySQL, where each product reads its own
/// comment only. A schema has no word for that: a collation that one product alone has is repeated as it is written.
const COLLATIONS: [&str; 2] = ["COLLATE utf8mb4_nopad_bin", "COLLATE `utf8mb4_nopad_bin`"];
const BOTH_COLLATIONS: &str =
    "/*M!100200 COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */";

/// The names of the tables that triggers of changes write to begin so, and so where statements over them are checked.
pub(crate) const CHANGES: &str = "_bindery_change";
pub(crate) const CHANGES_HERE: &str = "bindery_change";

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/driver/own_tables")
}

/// The tables of a database.
pub(crate) struct OfDatabase {
    pub(crate) model: CheckedModel,
    tables: Vec<CreateTable>,
}

impl OfDatabase {
    fn compile(database: &str) -> Self {
        Self::with_queries(database, Vec::new())
    }

    /// With statements over its tables, and over those that triggers of changes write to.
    pub(crate) fn with_queries(database: &str, queries: Vec<SourceFile>) -> Self {
        let paths = Paths {
            config: Some(folder().join(format!("{database}.toml"))),
            schema: Vec::new(),
        };
        let mut found = Diagnostics::default();
        let mut project = load_project(&paths, &|_| None, &mut found);
        if !queries.is_empty() {
            let dialect = project.input.engines[0].dialect;
            // By their own names the compiler passes them over: a schema that was pulled may have them.
            let tables = capture::tables(dialect)
                .join(";\n")
                .replace(CHANGES, CHANGES_HERE);
            let id = project
                .input
                .sources
                .add(SourceFile::new("capture", tables));
            let engines = Vec::new();
            project.input.files.push(InputFile {
                id,
                dialect: Some(dialect),
                engines,
            });
        }
        for file in queries {
            let id = project.input.sources.add(file);
            project.input.queries.push(id);
        }
        let model = read_model(&project.input, &mut found);
        let checked = check(model, &mut found);
        let findings = render(&found, &project.input.sources, Style::Plain);
        let model = checked.unwrap_or_else(|| panic!("{findings}"));
        assert_eq!(findings, "");
        let tables = create_statements(&model, EngineId(0));
        Self { model, tables }
    }

    pub(crate) fn table(&self, name: &str) -> Option<&CreateTable> {
        self.tables.iter().find(|table| table.name.name == name)
    }

    pub(crate) fn written(&self, name: &str) -> Option<&Table> {
        let mut tables = self.model.tables.iter();
        tables.find(|table| table.name.name == name)
    }
}

/// Statements that may be run where the table is there, as another process may make it at the same time.
fn unless_there(sql: &str) -> String {
    let kinds = ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "];
    let found = kinds
        .iter()
        .find_map(|kind| sql.strip_prefix(kind).map(|rest| (kind, rest)));
    let (kind, rest) = found.unwrap_or_else(|| panic!("makes no table and no index: {sql}"));
    COLLATIONS
        .iter()
        .fold(format!("{kind}IF NOT EXISTS {rest}"), |sql, collation| {
            sql.replace(collation, BOTH_COLLATIONS)
        })
}

fn statements(table: Option<&CreateTable>) -> String {
    let Some(table) = table else {
        return "None".to_owned();
    };
    assert_eq!(table.link, [""; 0]);
    let texts = table.create.iter();
    let texts: Vec<String> = texts
        .map(|sql| format!("r#\"{}\"#", unless_there(sql)))
        .collect();
    format!("Some(&[{}])", texts.join(", "))
}

fn code() -> String {
    let databases = DATABASES.map(OfDatabase::compile);
    let mut code = String::from(
        "//! Generated from the schema beside it, as the head of `mod.rs` says. Not to be edited.\n\n\
         use super::{KNOWN_TO_CITUS, NOTHING, NUMBERS, OwnTableDdl};\n",
    );
    // MySQL has all of them, and no words to make an index that may be there: its indexes are made with their tables.
    let [.., all] = &databases;
    assert!(all.tables.iter().all(|table| table.create.len() == 1));
    for written in &all.model.tables {
        let name = written.name.name.as_str();
        let constant = name.trim_start_matches("_bindery_").to_uppercase();
        let docs = databases.iter().find_map(|one| one.written(name));
        let begin = match name {
            NUMBERED => "NUMBERS",
            OF_OUTCOMES => "KNOWN_TO_CITUS",
            _ => "NOTHING",
        };
        let drop = if STAY.contains(&name) {
            String::new()
        } else {
            format!("\"DROP TABLE {name}\"")
        };
        let create = databases.each_ref().map(|one| statements(one.table(name)));
        let docs = docs.map_or(&[][..], |table| &table.docs);
        code.push('\n');
        for line in docs.iter().filter(|line| !line.is_empty()) {
            writeln!(code, "/// {line}").expect("writing to a String cannot fail");
        }
        writeln!(
            code,
            "pub(crate) static {constant}: OwnTableDdl = OwnTableDdl::new(\"{name}\", [{}], {begin}, &[{drop}]);",
            create.join(", ")
        )
        .expect("writing to a String cannot fail");
    }
    formatted(&code)
}

#[test]
fn own_tables_are_made_as_their_schema_says() {
    let path = folder().join("generated.rs");
    let expected = code();
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("BINDERY_UPDATE").is_some() && text != expected {
        return std::fs::write(&path, expected).expect("the repository can be written");
    }
    assert!(
        text == expected,
        "{}: not as the schema says; see the head of this file",
        path.display()
    );
}

/// MySQL alone has columns that it computes, in place of indexes over some of the rows; SQLite has no table of outcomes.
#[test]
fn own_tables_have_the_same_columns_on_every_database() {
    let databases = DATABASES.map(OfDatabase::compile);
    let [sqlite, postgres, mysql] = &databases;
    let columns = |table: &Table| -> Vec<String> {
        let given = table
            .columns
            .iter()
            .filter(|column| !matches!(column.generated, Generated::Computed { .. }));
        given.map(|column| column.name.clone()).collect()
    };
    for table in &mysql.model.tables {
        let name = &table.name.name;
        let others = [sqlite, postgres].map(|one| one.written(name).map(columns));
        let expected = Some(columns(table));
        let of_sqlite = expected.clone().filter(|_| name != OF_OUTCOMES);
        assert_eq!(others, [of_sqlite, expected], "{name}");
    }
    let all = mysql.model.tables.len();
    let counts = [sqlite, postgres].map(|one| one.model.tables.len());
    assert_eq!(counts, [all - 1, all]);
}
