//! `cargo xtask growth`: how time, memory and generated code grow with the schema. Prints tables for
//! `docs/size-and-speed.md`.

mod checked;
mod clean;
mod refused;
mod rooms;
pub(crate) mod schema;
mod surface;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::arguments::Growing;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

pub(crate) use self::surface::crate_of;

/// So many tables of ten columns.
const SIZES: [usize; 5] = [100, 300, 1_000, 3_000, 10_000];
/// rustc takes minutes for more.
const CRATE_SIZES: [usize; 3] = [100, 300, 1_000];
/// Each time is the best of this number of runs: the rest of the machine only adds to it.
const ROUNDS: usize = 3;

/// A program of its own with a schema, built by a build script as a user's is.
struct Project {
    folder: PathBuf,
    target: PathBuf,
}

/// Measures and prints.
pub(crate) fn run(growing: Growing) -> Result<ExitCode, Failure> {
    match growing {
        Growing::All => {
            growth()?;
            checked::run()?;
            print("");
            clean::run()?;
        }
        Growing::CleanBuild => clean::run()?,
        Growing::Checked => checked::run()?,
        Growing::Queries => surface::run(&Project::create()?)?,
        Growing::Rooms => rooms::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

fn growth() -> Result<(), Failure> {
    let project = Project::create()?;
    let command = command()?;
    let script = project.build_script()?;
    print(
        "| schema | tables | check, release | peak memory | build script, from nothing | after a change | unchanged | generated |",
    );
    print("|---|---|---|---|---|---|---|---|");
    for tables in SIZES {
        let texts = (schema::plain(tables, ""), schema::plain(tables, "added"));
        project.line("10 columns", tables, &texts, (&command, &script))?;
    }
    for (name, tables, make) in schema::SHAPES {
        project.line(
            name,
            *tables,
            &(make(""), make("added")),
            (&command, &script),
        )?;
    }
    refused::run(&project, &command)?;
    print("\n| tables | rustc, `check` of the generated code |\n|---|---|");
    for tables in CRATE_SIZES {
        project.write(&schema::plain(tables, ""))?;
        print(&format!("| {tables} | {} |", shown(project.check()?)));
    }
    surface::run(&project)
}

/// The command `bindery`, optimised.
fn command() -> Result<PathBuf, Failure> {
    complain("building the command");
    succeed(cargo().args(["build", "--quiet", "--release", "-p", "bindery-cli"]))?;
    Ok(workspace::target().join("release/bindery"))
}

impl Project {
    fn create() -> Result<Self, Failure> {
        let target = workspace::target().join("growth");
        let folder = target.join("program");
        fs::create_dir_all(folder.join("src"))?;
        let root = workspace::root().display();
        let manifest = format!(
            "[package]\nname = \"growth\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             bindery = {{ path = \"{root}/runtime\", features = [\"sqlite\", \"postgres\"] }}\n\n[build-dependencies]\n\
             bindery-codegen = {{ path = \"{root}/codegen\" }}\n"
        );
        let script = "fn main() -> Result<(), bindery_codegen::CompileError> {\n    bindery_codegen::compile(\"schema.sql\")\n}\n";
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("build.rs"), script)?;
        fs::write(folder.join("src/lib.rs"), "bindery::include_schema!();\n")?;
        Ok(Self { folder, target })
    }

    /// Puts the files of a schema in place of the last ones.
    fn write(&self, files: &schema::Files) -> Result<(), Failure> {
        let config = self.folder.join("bindery.toml");
        if config.exists() {
            fs::remove_file(&config)?;
        }
        if let Some(text) = &files.config {
            fs::write(config, text)?;
        }
        Ok(fs::write(self.folder.join("schema.sql"), &files.schema)?)
    }

    fn cargo(&self) -> Command {
        let mut command = cargo();
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .args(["check", "--quiet"]);
        command
    }

    /// The build script as cargo builds it: unoptimised.
    fn build_script(&self) -> Result<PathBuf, Failure> {
        self.write(&schema::plain(1, ""))?;
        succeed(&mut self.cargo())?;
        let folders = fs::read_dir(self.target.join("debug/build"))?.flatten();
        let scripts = folders
            .map(|entry| entry.path())
            .filter(|path| workspace::name_of(path).starts_with("growth-"))
            .map(|path| path.join("build-script-build"))
            .filter(|path| path.exists());
        let changed = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
        let newest = scripts.max_by_key(changed);
        Ok(newest.ok_or("cargo left no build script")?)
    }

    /// One line of the table: `texts` are a schema before and after a change of one table.
    fn line(
        &self,
        name: &str,
        tables: usize,
        texts: &(schema::Files, schema::Files),
        (command, script): (&Path, &Path),
    ) -> Result<(), Failure> {
        let out = self.folder.join("out");
        self.write(&texts.0)?;
        let mut check = Command::new(command);
        check.arg("check").current_dir(&self.folder);
        let mut memory = 0;
        let mut best = [Duration::MAX; 4];
        let mut build = Command::new(script);
        build.current_dir(&self.folder).env("OUT_DIR", &out);
        for _ in 0..ROUNDS {
            if out.exists() {
                fs::remove_dir_all(&out)?;
            }
            self.write(&texts.0)?;
            let checked = measured(&mut check)?;
            memory = checked.memory_kb;
            let nothing = measured(&mut build)?;
            self.write(&texts.1)?;
            let changed = measured(&mut build)?;
            let unchanged = measured(&mut build)?;
            for (best, run) in best.iter_mut().zip([checked, nothing, changed, unchanged]) {
                *best = run.time.min(*best);
            }
        }
        let generated = generated(&out)?;
        let [check, nothing, changed, unchanged] = best.map(shown);
        print(&format!(
            "| {name} | {tables} | {check} | {} MB | {nothing} | {changed} | {unchanged} | {:.1} MB |",
            memory / 1024,
            generated as f64 / 1e6
        ));
        Ok(())
    }

    /// The time of `cargo check` for the generated code alone.
    fn check(&self) -> Result<Duration, Failure> {
        let mut best = Duration::MAX;
        succeed(self.cargo().env("CARGO_INCREMENTAL", "0"))?;
        for _ in 0..ROUNDS {
            let file = fs::File::options()
                .append(true)
                .open(self.folder.join("src/lib.rs"))?;
            file.set_modified(std::time::SystemTime::now())?;
            let started = Instant::now();
            succeed(self.cargo().env("CARGO_INCREMENTAL", "0"))?;
            best = best.min(started.elapsed());
        }
        Ok(best)
    }
}

/// Bytes of the generated file and of the pieces it includes.
pub(crate) fn generated(out: &Path) -> Result<u64, Failure> {
    let mut bytes = fs::metadata(out.join("bindery.rs"))?.len();
    for piece in fs::read_dir(out.join("bindery"))? {
        bytes += piece?.metadata()?.len();
    }
    Ok(bytes)
}

/// The cost of a process.
struct Run {
    time: Duration,
    memory_kb: u64,
}

/// Runs a command; its memory is looked at while it runs, as the kernel counts the peak.
fn measured(command: &mut Command) -> Result<Run, Failure> {
    let (run, status) = observed(command)?;
    if !status.success() {
        return Err(format!("{command:?} failed: {status}").into());
    }
    Ok(run)
}

/// The same for a command that may fail.
fn observed(command: &mut Command) -> Result<(Run, ExitStatus), Failure> {
    let started = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut memory_kb = 0;
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        memory_kb = memory_kb.max(peak_kb(&status.unwrap_or_default()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let time = started.elapsed();
    Ok((Run { time, memory_kb }, status))
}

/// KiB that a process had at most, of its file `status` in `/proc`.
pub(crate) fn peak_kb(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed: {status}").into())
    }
}

fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read() {
        assert_eq!(
            peak_kb("Name:\ta\nVmHWM:\t   2048 kB\nVmRSS:\t 1 kB\n"),
            2048
        );
        assert_eq!(peak_kb(""), 0);
    }
}
