//! Every real schema: the database that its script makes is pulled, and the file makes the same database again, both as
//! the database's own shell runs it and as `create` and the first migration do.
//!
//! Without `BINDERY_TEST_FULL` the larger scripts are passed over.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bindery_schema::dialect::Dialect;
use bindery_testkit::{corpus, is_full_run};

use super::database::{Database, good};

#[path = "../../../../tests/tests/corpus/original.rs"]
mod original;

/// Larger scripts are read in full runs only.
const SHARE_BYTES: u64 = 60_000;

/// The known differences, with the reason: schema, part of the finding.
const KNOWN: [(&str, &str); 10] = [
    // An index of one partition alone is not in the model.
    ("postgres/musicbrainz", "INDEX artist_release_"),
    ("postgres/musicbrainz", "-- Of this partition alone"),
    // Half of its tables need PostgreSQL 18.
    ("postgres/pagila", "create lacks"),
    ("postgres/pagila", "validate of its script"),
    // The script's authors create these views in one transaction with one of a function that they do not ship, so they are not there.
    ("postgres/musicbrainz", "_series on default: view"),
    ("postgres/musicbrainz", "release_event on default: view"),
    (
        "postgres/musicbrainz",
        "medium_track_durations on default: view",
    ),
    (
        "postgres/musicbrainz",
        "controlled_for_whitespace on default: function",
    ),
    ("postgres/musicbrainz", "differences from the schema"),
    // `create` makes no view that calls an aggregate of the script (B0420).
    ("postgres/sakila", "create lacks"),
];

/// The findings in openstreetmap where the server has no PostGIS: its script makes neither the extension nor the table that needs it.
const WITHOUT_POSTGIS: [&str; 3] = ["postgis", "moderation_zones", "differences from the schema"];

fn without_postgis(found: &mut Vec<String>) {
    let missing = "missing    public.postgis on default: extension";
    if found.iter().any(|finding| finding.ends_with(missing)) {
        say("postgres/openstreetmap: the server has no PostGIS");
        found.retain(|finding| !WITHOUT_POSTGIS.iter().any(|part| finding.contains(part)));
    }
}

fn is_known(schema: &str, finding: &str) -> bool {
    let mut known = KNOWN.iter();
    known.any(|(name, part)| *name == schema && finding.contains(part))
}

/// The script of one schema.
struct Schema {
    name: String,
    dialect: Dialect,
    text: String,
}

fn schemas(dialect: Dialect) -> Vec<Schema> {
    let Some(corpus) = corpus() else {
        return Vec::new();
    };
    let entries = fs::read_dir(corpus.join(dialect.name())).expect("a folder of schemas");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "sql") && is_tried(path));
    paths.sort();
    let schema = |path: PathBuf| {
        let stem = path.file_stem().expect("a file").to_string_lossy();
        let bytes = fs::read(&path).expect("the file was listed");
        Schema {
            name: format!("{}/{stem}", dialect.name()),
            dialect,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    };
    let schemas = paths.into_iter().map(schema);
    schemas
        .filter(|schema| schema.text.to_lowercase().contains("create table"))
        .collect()
}

fn is_tried(path: &Path) -> bool {
    let is_small = fs::metadata(path).is_ok_and(|file| file.len() <= SHARE_BYTES);
    is_small || is_full_run()
}

/// The text without what no schema file makes.
fn made(text: &str) -> &str {
    text.split_once("\n-- Left out")
        .map_or(text, |(made, _)| made)
}

/// The first lines of what one text has, in paragraphs, and another lacks.
fn lacking(what: &str, one: &str, other: &str) -> Vec<String> {
    let paragraphs = |text| {
        made(text)
            .split("\n\n")
            .map(str::trim)
            .collect::<BTreeSet<&str>>()
    };
    let (one, other) = (paragraphs(one), paragraphs(other));
    let lines = one
        .difference(&other)
        .flat_map(|paragraph| paragraph.lines());
    let lines = lines.filter(|line| !other.iter().any(|paragraph| paragraph.contains(line)));
    lines.map(|line| format!("{what}: {line}")).collect()
}

/// The findings of one schema; `None` without a server.
fn try_one(schema: &Schema) -> Option<Result<Vec<String>, String>> {
    let [original, shell, created] = [(); 3].map(|()| Database::fresh(schema.dialect));
    let (original, shell, created) = (original?, shell?, created?);
    let script = original::given(&schema.name) + &original::script(&schema.text, schema.dialect);
    let tried = || -> Result<Vec<String>, String> {
        original.load(&script)?;
        let pulled = original.pull()?;
        let run = shell.load(&pulled);
        run.map_err(|error| format!("the shell refuses: {error}"))?;
        let mut found = lacking("the shell's lacks", &pulled, &shell.pull()?);
        found.extend(differences("its script", &original, &schema.text));
        good(created.project(&pulled).run("create"))?;
        found.extend(differences("create", &created, &pulled));
        let again = created.pull()?;
        if schema.dialect == Dialect::Sqlite {
            // SQLite keeps statements as they are written: the first time that is not as bindery writes them.
            let third = Database::fresh(schema.dialect).ok_or("a database file")?;
            good(third.project(&again).run("create"))?;
            found.extend(lacking("create lacks", &again, &third.pull()?));
        } else {
            found.extend(lacking("create lacks", &pulled, &again));
        }
        found.extend(migrated(schema.dialect, &pulled)?);
        Ok(found)
    };
    Some(tried())
}

/// The findings in a database that the first migration makes.
fn migrated(dialect: Dialect, pulled: &str) -> Result<Vec<String>, String> {
    let database = Database::fresh(dialect).ok_or("a database")?;
    let project = database.project(pulled);
    for words in ["migrate add first", "migrate check", "migrate run"] {
        good(project.run(words)).map_err(|error| format!("{words}: {error}"))?;
    }
    Ok(differences("the first migration", &database, pulled))
}

/// The findings of `validate` in a database beside a schema.
fn differences(made_by: &str, database: &Database, schema: &str) -> Vec<String> {
    let outcome = database.project(schema).run("validate");
    let lines = outcome.results.lines().chain(outcome.messages.lines());
    let lines = lines.filter(|line| {
        ["differs", "missing", "extra", "error"]
            .iter()
            .any(|word| line.starts_with(word))
    });
    lines
        .map(|line| format!("validate of {made_by}: {line}"))
        .collect()
}

fn try_all(dialect: Dialect) {
    let mut failures = Vec::new();
    for schema in schemas(dialect) {
        let Some(outcome) = try_one(&schema) else {
            return;
        };
        let mut found = outcome.unwrap_or_else(|error| vec![error]);
        without_postgis(&mut found);
        found.retain(|finding| !is_known(&schema.name, finding));
        say(&format!("{}: {} findings", schema.name, found.len()));
        failures.extend(
            found
                .into_iter()
                .map(|one| format!("{}: {one}", schema.name)),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Written to stderr itself: what `eprintln!` prints in a passing test is not shown.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// In full: every schema of the corpus.
#[test]
fn cli_06_real_schemas_of_sqlite_are_pulled_and_made_again() {
    try_all(Dialect::Sqlite);
}

/// In full: every schema of the corpus.
#[test]
fn cli_06_real_schemas_of_postgres_are_pulled_and_made_again() {
    try_all(Dialect::Postgres);
}

/// In full: every schema of the corpus.
#[test]
fn cli_06_real_schemas_of_mysql_are_pulled_and_made_again() {
    try_all(Dialect::Mysql);
}
