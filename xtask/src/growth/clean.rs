//! The clean build of a program with one table on SQLite: with bindery, by a build script, with a generated crate and as `bindery init` begins it,
//! with diesel and with rusqlite alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::succeed;
use crate::Failure;
use crate::output::print;
use crate::workspace::{self, cargo};

/// A program: its name, its dependencies with `ROOT` for this workspace, and its files.
struct Program {
    name: &'static str,
    dependencies: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// The arguments of the command `bindery`, which writes files before the build; none: it is not run.
    written_by: &'static [&'static str],
}

const SCHEMA: (&str, &str) = (
    "schema.sql",
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);\n",
);

const PROGRAMS: [Program; 5] = [
    Program {
        name: "rusqlite alone",
        dependencies: "[dependencies]\n\
                       rusqlite = { version = \"0.41\", default-features = false, features = [\"bundled\"] }\n",
        files: &[(
            "src/main.rs",
            "fn main() -> rusqlite::Result<()> {\n\
             \x20   let people = rusqlite::Connection::open_in_memory()?;\n\
             \x20   people.execute_batch(\"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT)\")\n\
             }\n",
        )],
        written_by: &[],
    },
    Program {
        name: "bindery",
        dependencies: "[dependencies]\n\
                       bindery = { path = \"ROOT/runtime\", features = [\"sqlite\"] }\n\n\
                       [build-dependencies]\n\
                       bindery-codegen = { path = \"ROOT/codegen\" }\n",
        files: &[
            SCHEMA,
            (
                "build.rs",
                "fn main() -> Result<(), bindery_codegen::CompileError> {\n\
                 \x20   bindery_codegen::compile(\"schema.sql\")\n\
                 }\n",
            ),
            (
                "src/main.rs",
                "bindery::include_schema!();\n\nfn main() {}\n",
            ),
        ],
        written_by: &[],
    },
    Program {
        name: "bindery, with a generated crate",
        dependencies: "[dependencies]\n\
                       models = { path = \"models\" }\n\n\
                       [patch.crates-io]\n\
                       bindery = { path = \"ROOT/runtime\" }\n",
        files: &[
            SCHEMA,
            ("src/main.rs", "pub use models::*;\n\nfn main() {}\n"),
        ],
        written_by: &[
            "generate",
            "--schema",
            "schema.sql",
            "--out",
            "models",
            "--crate",
            "models",
        ],
    },
    Program {
        name: "bindery, as `bindery init` begins it",
        dependencies: "[patch.crates-io]\n\
                       bindery = { path = \"ROOT/runtime\" }\n\
                       bindery-codegen = { path = \"ROOT/codegen\" }\n",
        files: &[
            SCHEMA,
            ("src/main.rs", "pub use models::*;\n\nfn main() {}\n"),
        ],
        written_by: &["init", "--cargo"],
    },
    Program {
        name: "diesel",
        dependencies: "[dependencies]\n\
                       diesel = { version = \"2.3\", default-features = false, features = [\"sqlite\"] }\n\
                       libsqlite3-sys = { version = \"*\", features = [\"bundled\"] }\n",
        files: &[(
            "src/main.rs",
            "use diesel::prelude::*;\n\n\
             diesel::table! {\n\
             \x20   people (id) {\n\
             \x20       id -> Integer,\n\
             \x20       name -> Text,\n\
             \x20       email -> Nullable<Text>,\n\
             \x20   }\n\
             }\n\n\
             #[derive(Queryable, Selectable, Identifiable, Insertable, AsChangeset)]\n\
             #[diesel(table_name = people)]\n\
             pub struct Person {\n\
             \x20   pub id: i32,\n\
             \x20   pub name: String,\n\
             \x20   pub email: Option<String>,\n\
             }\n\n\
             fn main() {}\n",
        )],
        written_by: &[],
    },
];

/// Builds each program from nothing and prints its crates and its CPU time, that of SQLite's C code included.
pub(super) fn run() -> Result<(), Failure> {
    print(
        "| a program with one table, clean build | crates | CPU | of rusqlite alone |\n|---|---|---|---|",
    );
    let mut least = None;
    for program in &PROGRAMS {
        let (crates, seconds) = program.build()?;
        let times = seconds / *least.get_or_insert(seconds);
        print(&format!(
            "| {} | {crates} | {seconds:.1} s | {times:.1} |",
            program.name
        ));
    }
    Ok(())
}

impl Program {
    /// Returns the number of crates and the seconds of CPU. Crates of this workspace are built as those of a registry are:
    /// not incrementally.
    fn build(&self) -> Result<(usize, f64), Failure> {
        let folder = workspace::target().join("growth/clean");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("src"))?;
        self.write(&folder)?;
        if !self.written_by.is_empty() {
            let mut bindery = Command::new(super::command()?);
            bindery.current_dir(&folder).stdout(Stdio::null());
            succeed(bindery.args(self.written_by))?;
        }
        succeed(in_folder(&folder).args(["fetch", "--quiet"]))?;
        let before = children_seconds()?;
        let output = in_folder(&folder)
            .args([
                "build",
                "--quiet",
                "--jobs",
                "1",
                "--message-format",
                "json",
            ])
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("the program of {} does not build: {said}", self.name).into());
        }
        let seconds = children_seconds()? - before;
        Ok((crates(&String::from_utf8_lossy(&output.stdout)), seconds))
    }

    fn write(&self, folder: &Path) -> Result<(), Failure> {
        let root = workspace::root().display().to_string();
        let manifest = format!(
            "[package]\nname = \"one-table\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n{}",
            self.dependencies.replace("ROOT", &root)
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that are tested here, as far as the program has them.
        fs::copy(
            workspace::root().join("Cargo.lock"),
            folder.join("Cargo.lock"),
        )?;
        for (path, text) in self.files {
            fs::write(folder.join(path), text)?;
        }
        Ok(())
    }
}

/// Without a wrapper around rustc: a cache would answer for it.
pub(super) fn in_folder(folder: &Path) -> Command {
    let mut command = cargo();
    command
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WRAPPER", "")
        .env_remove("RUSTC_WORKSPACE_WRAPPER");
    command
}

/// The crates among cargo's messages, the program among them; build scripts are parts of theirs.
fn crates(messages: &str) -> usize {
    let artifacts = messages
        .lines()
        .filter(|line| line.contains("\"reason\":\"compiler-artifact\""));
    artifacts
        .filter(|line| !line.contains("\"kind\":[\"custom-build\"]"))
        .count()
}

/// CPU seconds of all processes that have ended below this one (`proc(5)`, `/proc/pid/stat`).
pub(super) fn children_seconds() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    Ok(seconds_of(&stat).ok_or("/proc/self/stat has other fields")?)
}

/// Fields 16 and 17, counted after the name, which may hold blanks. Their unit is 1/100 s on every Linux.
fn seconds_of(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(13);
    let mut next = || times.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_children_is_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 9 9 0 0 5 6 250 75 20 0 1 0 9";
        assert_eq!(seconds_of(stat), Some(3.25));
        assert_eq!(seconds_of(""), None);
    }

    #[test]
    fn crates_are_counted_without_build_scripts() {
        let messages = "{\"reason\":\"compiler-artifact\",\"target\":{\"kind\":[\"lib\"]}}\n\
                        {\"reason\":\"compiler-artifact\",\"target\":{\"kind\":[\"custom-build\"]}}\n\
                        {\"reason\":\"build-finished\"}\n";
        assert_eq!(crates(messages), 1);
    }
}
