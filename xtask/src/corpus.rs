//! `cargo xtask corpus`: a crate for every schema of the corpus, all of them compiled as one workspace and run on the
//! originals' databases; then the databases that bindery makes of the schemas are compared with those. Too long for every
//! test run. Its results are the table in `docs/corpus.md`.

mod notes;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use notes::Notes;

use crate::Failure;
use crate::databases::{self, Databases};
use crate::install;
use crate::interrupt::Interrupt;
use crate::newest;
use crate::output::{complain, print};
use crate::programs::FOREIGN_VARIABLES;
use crate::step::{Report, Step};
use crate::workspace::{self, cargo};

const DIALECTS: [&str; 3] = ["sqlite", "postgres", "mysql"];

/// A schema and the crate that is made of it.
struct Schema {
    dialect: &'static str,
    path: PathBuf,
    /// `postgres-pagila`
    name: String,
}

/// The page that the results are written to.
const PAGE: &str = "docs/corpus.md";

/// The tables that are known to fail.
const KNOWN: &str = "tests/round_trip/known.txt";

/// Runs every step; the exit code is that of the first that failed, or says that the results are not good enough. `only`
/// selects schemas by a part of their name: then nothing is compared, and no page is written.
pub(crate) fn run(only: Option<&str>, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let corpus = folder()?;
    let mut schemas = schemas(&corpus);
    schemas.retain(|schema| only.is_none_or(|part| schema.name.contains(part)));
    let crates = workspace::target().join("corpus");
    let notes = crates.join("notes");
    let _ = fs::remove_dir_all(&notes);
    fs::create_dir_all(&notes)?;
    let servers = Servers::find_or_start(interrupt)?;
    let generate = schemas.iter().map(|schema| generate(schema, &crates));
    let mut report = Report::run_all(generate.collect(), interrupt)?;
    let programs = write_programs(&corpus, &crates);
    report.run(vec![programs], interrupt)?;
    let there = are_there(&schemas, &crates, "Cargo.toml");
    write_workspace(&there, &crates)?;
    let steps = vec![lint(&there, &crates), build(&there, &crates)];
    report.run(steps, interrupt)?;
    let mut steps: Vec<Step> = schemas
        .iter()
        .filter(|schema| program(schema, &crates).exists())
        .map(|schema| run_program(schema, &crates, &notes, &servers))
        .collect();
    if only.is_none() {
        steps.push(compare(&corpus, &notes, &servers));
    }
    report.run(steps, interrupt)?;
    report.print();
    let is_good = conclude(&schemas, &notes, only.is_none())?;
    Ok(match report.exit_code() {
        code if code != ExitCode::SUCCESS => code,
        _ if is_good => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// The schemas whose crate and program both have a file: those that could be read.
fn are_there<'s>(schemas: &'s [Schema], crates: &Path, file: &str) -> Vec<&'s Schema> {
    let has = |folder: String| crates.join(folder).join(file).exists();
    let both = |schema: &&Schema| has(schema.name.clone()) && has(format!("{}-run", schema.name));
    schemas.iter().filter(both).collect()
}

/// Prints the table and what it lacks; `true` where that is nothing.
fn conclude(schemas: &[Schema], notes: &Path, is_whole: bool) -> Result<bool, Failure> {
    let read: Vec<Option<Notes>> = schemas
        .iter()
        .map(|schema| Notes::load(notes, &schema.name))
        .collect();
    let missing = schemas
        .iter()
        .zip(&read)
        .filter(|(_, notes)| notes.is_none());
    for (schema, _) in missing {
        complain(&format!("error: {}: not run", schema.name));
    }
    let is_complete = read.iter().all(Option::is_some);
    let mut read: Vec<Notes> = read.into_iter().flatten().collect();
    let known = fs::read_to_string(workspace::root().join(KNOWN))?;
    read.iter_mut().for_each(|notes| notes.except(&known));
    let page = table::page(&read);
    print(&page);
    // The page is about the servers that everybody has.
    if is_whole && is_complete && !newest::is_chosen() {
        fs::write(workspace::root().join(PAGE), page)?;
    }
    let shortfalls = table::shortfalls(&read);
    for shortfall in &shortfalls {
        complain(&format!("error: {shortfall}"));
    }
    Ok(is_complete && shortfalls.is_empty())
}

/// The servers that the environment names, as tests take them, else private ones.
struct Servers {
    environment: Vec<(&'static str, String)>,
    /// Stopped with the value.
    _own: Option<Databases>,
}

impl Servers {
    fn find_or_start(interrupt: &Interrupt) -> Result<Self, Failure> {
        if let Err(why) = install::postgis(interrupt) {
            complain(&format!("tables with types of PostGIS are left out: {why}"));
        }
        if let Some(environment) = databases::given() {
            return Ok(Self {
                environment,
                _own: None,
            });
        }
        install::ensure(interrupt)?;
        let own = Databases::start()?;
        Ok(Self {
            environment: own.environment(),
            _own: Some(own),
        })
    }
}

/// `BINDERY_CORPUS`, else `shared/corpus` beside the checkout.
fn folder() -> Result<PathBuf, Failure> {
    let beside = workspace::root().join("../shared/corpus");
    let folder = std::env::var_os("BINDERY_CORPUS").map_or(beside, PathBuf::from);
    let found = fs::canonicalize(folder);
    found.map_err(|_| "no corpus here: name its folder in BINDERY_CORPUS".into())
}

fn schemas(folder: &Path) -> Vec<Schema> {
    let mut schemas = Vec::new();
    for dialect in DIALECTS {
        let entries = fs::read_dir(folder.join(dialect)).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.extension().is_some_and(|end| end == "sql") && has_tables(&path) {
                let name = format!("{dialect}-{}", stem.replace('_', "-"));
                schemas.push(Schema {
                    dialect,
                    path,
                    name,
                });
            }
        }
    }
    schemas
}

/// The crates and their programs as one workspace, so that they share what they depend on.
fn write_workspace(schemas: &[&Schema], crates: &Path) -> Result<(), Failure> {
    let members: Vec<String> = schemas
        .iter()
        .map(|schema| format!("\"{0}\", \"{0}-run\"", schema.name))
        .collect();
    let runtime = workspace::root().join("runtime");
    let text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\nbindery = {{ path = {runtime:?} }}\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n",
        members.join(", ")
    );
    fs::write(crates.join("Cargo.toml"), text)?;
    let lock = "Cargo.lock";
    fs::copy(workspace::root().join(lock), crates.join(lock))?;
    Ok(())
}

/// Scripts that hold rows only are not schemas.
fn has_tables(path: &Path) -> bool {
    let script = fs::read(path).unwrap_or_default();
    let words = b"create table";
    let mut windows = script.windows(words.len());
    windows.any(|window| window.eq_ignore_ascii_case(words))
}

fn generate(schema: &Schema, crates: &Path) -> Step {
    let mut command = cargo();
    command
        .current_dir(crates)
        .args([
            "run",
            "--quiet",
            "--package",
            "bindery-cli",
            "--manifest-path",
        ])
        .arg(workspace::root().join("Cargo.toml"))
        .args(["--", "generate", "--dialect", schema.dialect, "--crate"])
        .arg(format!("corpus-{}", schema.name))
        .arg("--schema")
        .arg(&schema.path)
        .arg("--out")
        .arg(crates.join(&schema.name));
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    Step::new(format!("{}: generate", schema.name), command)
}

fn write_programs(corpus: &Path, crates: &Path) -> Step {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--package", "bindery-round-trip", "--"])
        .arg(corpus)
        .arg(crates);
    Step::new("programs that use the crates", command)
}

/// A command for some packages of the crates' workspace.
fn for_packages(word: &str, crates: &Path, packages: impl Iterator<Item = String>) -> Command {
    let mut command = cargo();
    command
        .current_dir(crates)
        .args([word, "--quiet", "--keep-going"])
        .env("CARGO_TARGET_DIR", crates.join("target"))
        .args(packages.flat_map(|package| ["--package".to_owned(), package]));
    command
}

fn lint(schemas: &[&Schema], crates: &Path) -> Step {
    let packages = schemas
        .iter()
        .map(|schema| format!("corpus-{}", schema.name));
    let mut command = for_packages("clippy", crates, packages);
    command.args(["--", "-D", "warnings", "-D", "missing_docs"]);
    Step::new("all crates: no error, no warning", command)
}

fn build(schemas: &[&Schema], crates: &Path) -> Step {
    let packages = schemas.iter().map(|schema| format!("{}-run", schema.name));
    let command = for_packages("build", crates, packages);
    Step::new("all programs are built", command)
}

fn program(schema: &Schema, crates: &Path) -> PathBuf {
    crates.join(format!("target/debug/{}-run", schema.name))
}

fn run_program(schema: &Schema, crates: &Path, notes: &Path, servers: &Servers) -> Step {
    let mut command = Command::new(program(schema, crates));
    command
        .arg(&schema.path)
        .arg(schema.dialect)
        .arg(notes.join(format!("{}.trip", schema.name)))
        .envs(servers.environment.clone());
    Step::new(format!("{}: there and back", schema.name), command)
}

fn compare(corpus: &Path, notes: &Path, servers: &Servers) -> Step {
    let mut command = cargo();
    command
        .args([
            "test",
            "--quiet",
            "--package",
            "bindery-tests",
            "--test",
            "corpus",
        ])
        .args(["--", "--nocapture", "--test-threads", "1"])
        .env("BINDERY_CORPUS", corpus)
        .env("BINDERY_CORPUS_NOTES", notes)
        .envs(servers.environment.clone());
    Step::new("created databases are equal to the originals", command)
}
