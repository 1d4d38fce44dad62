//! `cargo xtask corpus`: a crate for every schema of the corpus, all of them compiled as one workspace; then the
//! databases that bindery makes of the schemas are compared with the originals. Too long for every test run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Failure;
use crate::databases::Databases;
use crate::install;
use crate::interrupt::Interrupt;
use crate::programs::FOREIGN_VARIABLES;
use crate::step::{Report, Step};
use crate::workspace::{self, cargo};

const DIALECTS: [&str; 3] = ["sqlite", "postgres", "mysql"];

/// Holds rows only.
const WITHOUT_TABLES: &str = "sakila_data";

/// A schema and the crate that is made of it.
struct Schema {
    dialect: &'static str,
    path: PathBuf,
    /// `postgres-pagila`
    name: String,
}

/// Runs every step; the exit code is that of the first that failed.
pub(crate) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let schemas = schemas(&folder()?);
    let crates = workspace::target().join("corpus");
    fs::create_dir_all(&crates)?;
    fs::write(crates.join("Cargo.toml"), manifest(&schemas))?;
    fs::copy(
        workspace::root().join("Cargo.lock"),
        crates.join("Cargo.lock"),
    )?;
    install::ensure(interrupt)?;
    let databases = Databases::start()?;
    let mut steps: Vec<Step> = schemas
        .iter()
        .map(|schema| generate(schema, &crates))
        .collect();
    steps.push(compile(&crates));
    steps.push(compare(&databases));
    let report = Report::of(steps, interrupt)?;
    report.print();
    Ok(report.exit_code())
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
            if path.extension().is_some_and(|end| end == "sql") && stem != WITHOUT_TABLES {
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

/// The crates as one workspace, so that they share what they depend on.
fn manifest(schemas: &[Schema]) -> String {
    let members: Vec<String> = schemas
        .iter()
        .map(|schema| format!("{:?}", schema.name))
        .collect();
    let runtime = workspace::root().join("runtime");
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n[patch.crates-io]\nbindery = {{ path = {runtime:?} }}\n",
        members.join(", ")
    )
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

fn compile(crates: &Path) -> Step {
    let mut command = cargo();
    command
        .current_dir(crates)
        .args(["clippy", "--quiet", "--workspace", "--keep-going"])
        .env("CARGO_TARGET_DIR", crates.join("target"))
        .args(["--", "-D", "warnings", "-D", "missing_docs"]);
    Step::new("all crates: no error, no warning", command)
}

fn compare(databases: &Databases) -> Step {
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
        .envs(databases.environment());
    Step::new("created databases are equal to the originals", command)
}
