//! The cost of checked queries in a build: what the build script takes for the files of a hundred, what rustc takes for their code, and what
//! each query in place adds. Whole programs, built alike but for their queries, take turns.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::clean::{children_seconds, in_folder};
use super::{measured, schema, succeed};
use crate::Failure;
use crate::output::{complain, print};
use crate::workspace;

/// The schema that is measured, and its queries.
const TABLES: usize = 300;
const QUERIES: usize = 100;
/// The least time of each counts.
const ROUNDS: usize = 9;
/// Runs of a build script for one figure: the kernel counts CPU in hundredths of a second.
const SCRIPT_RUNS: usize = 3;

/// A program with some queries.
struct Program {
    name: &'static str,
    folder: PathBuf,
    /// Milliseconds of CPU of the build script, from nothing.
    script_ms: f64,
    /// Milliseconds of CPU of `cargo check` for the program alone.
    check_ms: f64,
    lines: usize,
}

/// Measures and prints.
pub(super) fn run() -> Result<(), Failure> {
    complain("building programs with and without queries");
    let mut programs = [
        Program::create("alone", 0, 0)?,
        Program::create("files", QUERIES, 0)?,
        Program::create("one", 0, 1)?,
        Program::create("many", 0, QUERIES + 1)?,
    ];
    for _ in 0..ROUNDS {
        for program in &mut programs {
            program.measure()?;
        }
    }
    let [alone, files, one, many] = &programs;
    let each = |more: f64| more / QUERIES as f64;
    print(&format!(
        "\n| {TABLES} tables | alone | with {QUERIES} queries | more |\n|---|---|---|---|\n\
         | build script, files of queries, CPU | {:.0} ms | {:.0} ms | {:.0} ms |\n\
         | rustc, `check` of their code, CPU | {:.2} s | {:.2} s | {:.2} s |\n\
         | lines of generated code | {} | {} | {:.0} a query |\n\n\
         | {TABLES} tables | with 1 query | with {} | each further one |\n|---|---|---|---|\n\
         | rustc, `check` of queries in place, CPU | {:.2} s | {:.2} s | {:.1} ms |",
        alone.script_ms,
        files.script_ms,
        files.script_ms - alone.script_ms,
        alone.check_ms / 1e3,
        files.check_ms / 1e3,
        (files.check_ms - alone.check_ms) / 1e3,
        alone.lines,
        files.lines,
        each((files.lines - alone.lines) as f64),
        QUERIES + 1,
        one.check_ms / 1e3,
        many.check_ms / 1e3,
        each(many.check_ms - one.check_ms),
    ));
    Ok(())
}

impl Program {
    /// Writes it and compiles what it depends on.
    fn create(name: &'static str, in_files: usize, in_place: usize) -> Result<Self, Failure> {
        let folder = workspace::target().join("growth/checked").join(name);
        let root = workspace::root().display();
        let mut program = Self {
            name,
            folder,
            script_ms: f64::MAX,
            check_ms: f64::MAX,
            lines: 0,
        };
        let manifest = format!(
            "[package]\nname = \"checked-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             bindery = {{ path = \"{root}/runtime\", features = [\"sqlite\", \"derive\"] }}\n\n[build-dependencies]\n\
             bindery-codegen = {{ path = \"{root}/codegen\" }}\n"
        );
        let script = "fn main() -> Result<(), bindery_codegen::CompileError> {\n    bindery_codegen::compile(\"schema.sql\")\n}\n";
        let queries = if in_files > 0 {
            "queries = [\"queries\"]\n"
        } else {
            ""
        };
        let config = format!(
            "[schema]\nfiles = [\"schema.sql\"]\n{queries}\n[engines.default]\nurl = \"sqlite://app.db\"\n"
        );
        for (path, text) in [
            ("Cargo.toml", manifest.as_str()),
            ("build.rs", script),
            ("bindery.toml", &config),
            ("schema.sql", &schema::plain(TABLES, "").schema),
            ("queries/items.sql", &file_of(in_files)),
            ("src/lib.rs", &library(in_place)),
        ] {
            let path = program.folder.join(path);
            fs::create_dir_all(path.parent().ok_or("a file is in a folder")?)?;
            fs::write(path, text)?;
        }
        fs::copy(
            workspace::root().join("Cargo.lock"),
            program.folder.join("Cargo.lock"),
        )?;
        program.check()?;
        let out = program.build()?;
        program.lines = lines(&out)?;
        program.check_ms = f64::MAX;
        Ok(program)
    }

    fn measure(&mut self) -> Result<(), Failure> {
        let before = children_seconds()?;
        for _ in 0..SCRIPT_RUNS {
            self.build()?;
        }
        let took = (children_seconds()? - before) * 1e3 / SCRIPT_RUNS as f64;
        self.script_ms = self.script_ms.min(took);
        self.check()
    }

    /// Runs the build script in a folder of its own.
    fn build(&self) -> Result<PathBuf, Failure> {
        let out = self.folder.join("out");
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let mut script = Command::new(self.script()?);
        script.current_dir(&self.folder).env("OUT_DIR", &out);
        measured(&mut script)?;
        Ok(out)
    }

    fn script(&self) -> Result<PathBuf, Failure> {
        let prefix = format!("checked-{}-", self.name);
        let folders = fs::read_dir(target().join("debug/build"))?.flatten();
        let mut scripts = folders
            .map(|entry| entry.path())
            .filter(|path| workspace::name_of(path).starts_with(&prefix))
            .map(|path| path.join("build-script-build"))
            .filter(|path| path.exists());
        Ok(scripts.next().ok_or("cargo left no build script")?)
    }

    fn check(&mut self) -> Result<(), Failure> {
        let file = fs::File::options()
            .append(true)
            .open(self.folder.join("src/lib.rs"))?;
        file.set_modified(std::time::SystemTime::now())?;
        let before = children_seconds()?;
        let mut cargo = in_folder(&self.folder);
        succeed(
            cargo
                .env("CARGO_TARGET_DIR", target())
                .args(["check", "--quiet"]),
        )?;
        self.check_ms = self.check_ms.min((children_seconds()? - before) * 1e3);
        Ok(())
    }
}

fn target() -> PathBuf {
    workspace::target().join("growth/checked/target")
}

/// Lines of the generated file and of the pieces it includes.
fn lines(out: &Path) -> Result<usize, Failure> {
    let mut count = fs::read_to_string(out.join("bindery.rs"))?.lines().count();
    for piece in fs::read_dir(out.join("bindery"))? {
        count += fs::read_to_string(piece?.path())?.lines().count();
    }
    Ok(count)
}

/// The file of queries, of four kinds, over all tables.
fn file_of(count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        let table = at * TABLES / QUERIES;
        let (kind, sql) = match at % 4 {
            0 => (
                "opt",
                format!("SELECT id, code, value_3 FROM item_{table} WHERE id = :id"),
            ),
            1 => (
                "many",
                format!(
                    "SELECT a.id, a.code, b.code AS parent FROM item_{table} a JOIN item_{} b ON b.id = a.parent_id \
                     WHERE b.code = :code ORDER BY a.id",
                    table / 2
                ),
            ),
            2 => (
                "rows",
                format!("UPDATE item_{table} SET code = :code WHERE id = :id"),
            ),
            _ => (
                "many",
                format!(
                    "SELECT parent_id, count(*) AS n, max(code) AS most FROM item_{table} GROUP BY parent_id \
                     HAVING count(*) > :least"
                ),
            ),
        };
        write!(text, "-- name: query_{at} :{kind}\n{sql};\n\n")
            .expect("writing to a String cannot fail");
    }
    text
}

/// The library, with this number of queries in place.
fn library(queries: usize) -> String {
    let mut text = String::from("bindery::include_schema!();\n");
    for at in 0..queries {
        let table = at % TABLES;
        write!(
            text,
            "\npub fn query_{at}(on: &mut bindery::Connection<engine::Default>, id: i64) -> bindery::Result<Option<String>> {{\n    \
             let row = bindery::query!(\"SELECT id, code FROM item_{table} WHERE id = {{id}}\").using(on).optional()?;\n    \
             Ok(row.map(|row| row.code))\n}}\n"
        )
        .expect("writing to a String cannot fail");
    }
    text
}
