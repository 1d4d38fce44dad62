//! One model on three dialects: the PostgreSQL file of a schema, tagged for an engine of each, compiles, makes its tables
//! on all three, and these take the same rows, refuse the same rows and give the rows back equal.
//!
//! The changes that the authors have to make for that are data here, in `edits`. Rows go through bindery's own repository and
//! drivers. Prints one line a schema.

mod alike;
mod edits;
mod program;
mod rows;
mod value;

use std::fs;
use std::path::Path;

use bindery_schema::check::check;
use bindery_schema::config::Config as Configuration;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::CheckedModel;
use bindery_schema::parse::load;
use bindery_schema::render::{Style, render};
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres, mysql_flavour};

use self::edits::{SCHEMAS, Schema};
use self::program::Bound;
use crate::servers::say;

/// The findings of a schema, errors and warnings apart.
struct Compiled {
    model: Option<CheckedModel>,
    errors: Vec<String>,
    text: String,
}

/// An engine of each dialect; the one for MySQL speaks what both products do, or the own SQL of
/// that which is tested with.
fn configuration(spoken: Spoken) -> String {
    let flavour = match spoken {
        Spoken::Common => String::new(),
        Spoken::Own => format!("flavour = \"{}\"\n", mysql_flavour().word()),
    };
    format!(
        "[engines]\ndefault = \"postgres://user@host/app\"\nc = \"sqlite://app.db\"\n\n\
         [engines.b]\nurl = \"mysql://user@host/app\"\n{flavour}"
    )
}

/// The product that the engine speaks: MySQL or MariaDB.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spoken {
    /// The SQL that both run.
    Common,
    Own,
}

fn compile(script: &str, spoken: Spoken) -> Compiled {
    let (mut input, mut found) = (Input::default(), Diagnostics::default());
    let text = configuration(spoken);
    let sources = &mut input.sources;
    let config = Configuration::parse("bindery.toml", Path::new(""), &text, sources, &mut found);
    if let Some(config) = config {
        input.configure(&config, &|_| None, &mut found);
    }
    let bytes = script.as_bytes();
    if let Some(id) = load(&mut input.sources, "schema.sql", bytes, &mut found) {
        let (dialect, engines) = (None, Vec::new());
        input.files.push(InputFile {
            id,
            dialect,
            engines,
        });
    }
    let model = bindery_schema::read_model(&input, &mut found);
    let model = check(model, &mut found);
    let errors = found
        .iter()
        .filter(|finding| finding.severity == bindery_schema::diagnostic::Severity::Error);
    Compiled {
        model,
        errors: errors.map(|finding| finding.code.to_owned()).collect(),
        text: render(&found, &input.sources, Style::Plain),
    }
}

/// The databases of one schema, empty. `None` without both servers.
struct Databases {
    postgres: FreshDatabase,
    mysql: FreshDatabase,
    sqlite: tempfile::TempDir,
}

impl Databases {
    fn fresh() -> Option<Self> {
        Some(Self {
            postgres: fresh_postgres()?,
            mysql: fresh_mysql()?,
            sqlite: tempfile::tempdir().expect("a folder for a database can be made"),
        })
    }

    /// Runs statements on all three without regard to foreign keys.
    fn fill(&self, sql: &str) {
        if sql.is_empty() {
            return;
        }
        let script = |before: &str| format!("{before};\n{sql}\n");
        let postgres = script("SET session_replication_role = replica");
        let mysql = script("SET FOREIGN_KEY_CHECKS = 0");
        let filled = self.postgres.run_script(&postgres);
        filled.expect("the first rows fit on PostgreSQL");
        let filled = self.mysql.run_script(&mysql);
        filled.expect("the first rows fit on MySQL");
        let file = rusqlite::Connection::open(self.file()).expect("the file is there");
        let filled = file.execute_batch(&script("PRAGMA foreign_keys = OFF"));
        filled.expect("the first rows fit on SQLite");
    }

    fn file(&self) -> std::path::PathBuf {
        self.sqlite.path().join("app.db")
    }

    /// In the order of the engines' names: `b`, `c`, `default`.
    fn urls(&self) -> [String; 3] {
        [
            self.mysql.url(),
            format!("sqlite://{}", self.file().display()),
            self.postgres.url(),
        ]
    }
}

/// The result of one schema.
#[derive(Default)]
struct Outcome {
    tables: usize,
    refusals: usize,
    taken: usize,
    refused: usize,
    empty: Vec<String>,
    surprises: Vec<String>,
}

fn try_schema(folder: &Path, schema: &Schema) -> Outcome {
    let path = folder
        .join("postgres")
        .join(schema.name)
        .with_extension("sql");
    let Ok(script) = fs::read_to_string(&path) else {
        return Outcome::default();
    };
    let tagged = compile(&schema.tagged(&script), Spoken::Common);
    let mut outcome = Outcome {
        refusals: tagged.errors.len(),
        ..Outcome::default()
    };
    let edited = schema.edited(&script);
    for spoken in [Spoken::Own, Spoken::Common] {
        let compiled = compile(&edited, spoken);
        match compiled.model {
            Some(model) if spoken == schema.run_as => run(model, schema.first_rows, &mut outcome),
            Some(_) => {}
            None => outcome.surprises.push(compiled.text),
        }
    }
    outcome
}

fn run(model: CheckedModel, first_rows: &str, outcome: &mut Outcome) {
    let tables = model.tables.iter();
    outcome.tables = tables.filter(|table| table.view.is_none()).count();
    let Some(databases) = Databases::fresh() else {
        return;
    };
    let bound = match Bound::new(model, &databases.urls()) {
        Ok(bound) => bound,
        Err(error) => return outcome.surprises.push(error.to_string()),
    };
    databases.fill(first_rows);
    let tried = rows::try_all(&bound);
    outcome.taken = tried.taken;
    outcome.refused = tried.refused;
    outcome.empty = tried.empty;
    outcome.surprises.extend(tried.differences);
}

/// Schemas of this test's own, one written for each dialect, with what databases are known to do differently.
#[test]
fn tables_of_several_dialects_behave_alike() {
    for (name, script) in alike::SCHEMAS {
        for spoken in [Spoken::Common, Spoken::Own] {
            let mut outcome = Outcome::default();
            let compiled = compile(script, spoken);
            let model = compiled
                .model
                .unwrap_or_else(|| panic!("{}", compiled.text));
            run(model, "", &mut outcome);
            let found = outcome.surprises.join("\n");
            assert!(found.is_empty(), "{name}:\n{found}");
            assert_eq!(outcome.empty, [""; 0], "{name}: tables that took no row");
        }
    }
}

#[test]
fn schemas_of_three_databases_are_one_model() {
    let Some(folder) = bindery_testkit::corpus() else {
        return;
    };
    let only = std::env::var("BINDERY_SCHEMA").ok();
    say("schema           tables empty refusals edits  rows taken refused  different");
    let mut surprises = 0;
    for schema in SCHEMAS {
        if only.as_ref().is_some_and(|only| only != schema.name) {
            continue;
        }
        let outcome = try_schema(&folder, schema);
        say(&format!(
            "{:16} {:6} {:5} {:8} {:5} {:11} {:7} {:10}",
            schema.name,
            outcome.tables,
            outcome.empty.len(),
            outcome.refusals,
            schema.edits.len(),
            outcome.taken,
            outcome.refused,
            outcome.surprises.len()
        ));
        if !outcome.empty.is_empty() {
            say(&format!("    no row fits: {}", outcome.empty.join(", ")));
        }
        for surprise in &outcome.surprises {
            say(&format!("    {surprise}"));
        }
        surprises += outcome.surprises.len();
    }
    assert_eq!(surprises, 0, "differences between the dialects");
}
