//! `cargo xtask fuzz`: builds the targets of `fuzz/` for libFuzzer and runs them. The stable compiler is enough: what
//! libFuzzer is guided by comes from LLVM's own pass.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::Failure;
use crate::arguments::Fuzzing;
use crate::interrupt::Interrupt;
use crate::step::{Report, Step};
use crate::workspace::{self, cargo};

const TARGETS: [&str; 21] = [
    "schema-sqlite",
    "schema-postgres",
    "schema-mysql",
    "queries-sqlite",
    "queries-postgres",
    "queries-mysql",
    "config",
    "url",
    "annotation",
    "names",
    "migrations",
    "inputs",
    "rows-json",
    "rows-csv",
    "archive-tar",
    "archive-zip",
    "manifest",
    "messages",
    "tasks",
    "server-postgres",
    "server-mysql",
];

/// Counts what is reached; arithmetic and assertions are checked as in a debug build. Comparisons are not traced: that
/// takes most of the time, and the dictionaries hold what would be found by it.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cdebug-assertions -Coverflow-checks";

/// Longest input, in bytes: all that a single construct needs, and small enough to be run often.
const MAX_LENGTH: usize = 4096;
/// An input that takes longer is a finding, and so is one that takes more memory.
const TIMEOUT_S: u64 = 5;
const MEMORY_MB: u64 = 512;

/// Runs the targets one after the other; findings are left in `target/fuzz/findings`.
pub(crate) fn run(fuzzing: &Fuzzing, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let targets = targets(fuzzing.target.as_deref())?;
    let folder = workspace::target().join("fuzz");
    let triple = triple()?;
    let build = interrupt.run(&mut build(&folder, &triple))?;
    if !build.success() {
        return Err("the targets cannot be built".into());
    }
    let program = folder.join(triple).join("release/fuzz");
    let steps: Result<Vec<Step>, Failure> = targets
        .iter()
        .map(|target| step(target, fuzzing, &program, &folder))
        .collect();
    let report = Report::run_all(steps?, interrupt)?;
    report.print();
    Ok(report.exit_code())
}

fn targets(name: Option<&str>) -> Result<Vec<&'static str>, Failure> {
    let Some(name) = name else {
        return Ok(TARGETS.to_vec());
    };
    let found = TARGETS.into_iter().find(|target| *target == name);
    let unknown = || {
        format!(
            "there is no target `{name}`; known are {}",
            TARGETS.join(", ")
        )
    };
    Ok(vec![found.ok_or_else(unknown)?])
}

/// Named, so that the flags do not reach build scripts and macros, which run in the compiler.
fn triple() -> Result<String, Failure> {
    let output = Command::new("rustc").arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host
        .ok_or("rustc does not say what it compiles for")?
        .to_owned())
}

fn build(folder: &Path, triple: &str) -> Command {
    let mut command = cargo();
    command
        .args([
            "build",
            "--release",
            "-p",
            "bindery-fuzz",
            "--target",
            triple,
        ])
        .arg("--target-dir")
        .arg(folder)
        .env("RUSTFLAGS", FLAGS);
    command
}

fn step(target: &str, fuzzing: &Fuzzing, program: &Path, folder: &Path) -> Result<Step, Failure> {
    let corpus = folder.join("corpus").join(target);
    let findings = folder.join("findings").join(target);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&findings)?;
    let mut command = Command::new(program);
    command
        .env("BINDERY_FUZZ_TARGET", target)
        .arg(format!("-max_total_time={}", fuzzing.minutes * 60))
        .arg(format!("-seed={}", fuzzing.seed))
        .arg(format!("-max_len={MAX_LENGTH}"))
        .arg(format!("-timeout={TIMEOUT_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MB}"))
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .args([
            "-print_final_stats=1",
            "-verbosity=0",
            "-use_value_profile=1",
        ])
        .arg(corpus)
        .args(seeds(target));
    if let Some(words) = dictionary(target) {
        command.arg(format!("-dict={}", words.display()));
    }
    Ok(Step::new(format!("fuzz {target}"), command))
}

/// Folders of inputs to begin with; libFuzzer reads them with all that is below them.
fn seeds(target: &str) -> Vec<PathBuf> {
    let mut folders = vec![workspace::root().join("fuzz/seeds").join(target)];
    if let Some(dialect) = target.strip_prefix("schema-") {
        folders.push(workspace::root().join("schema/tests/cases"));
        let corpus = std::env::var_os("BINDERY_CORPUS").map(PathBuf::from);
        folders.extend(corpus.map(|corpus| corpus.join(dialect)));
    }
    folders
}

fn dictionary(target: &str) -> Option<PathBuf> {
    let name = match target {
        "config" => "toml.dict",
        "url" | "inputs" | "rows-json" | "rows-csv" | "archive-tar" | "archive-zip"
        | "manifest" | "messages" | "tasks" | "server-postgres" | "server-mysql" => return None,
        _ => "sql.dict",
    };
    Some(workspace::root().join("fuzz/seeds").join(name))
}
