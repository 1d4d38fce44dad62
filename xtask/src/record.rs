//! `cargo xtask record`: instructions of the hottest calls, of a check and of rustc, as callgrind counts them, and the size of generated
//! code, beside those of the committed file. A number that grows by more than a few hundredths is an error until the file has it.

mod by_hand;
mod counted;
mod instructions;
mod numbers;
mod plain;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use self::numbers::Numbers;
use self::tools::Tools;
use crate::Failure;
use crate::arguments::Recording;
use crate::growth::{crate_of, generated, schema};
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

/// Of `Cargo.toml`: the runtime as in a release.
const PROFILE: &str = "record";
/// The databases whose calls are counted.
const DATABASES: [&str; 3] = ["sqlite", "postgres", "mysql"];
/// The tables of ten columns that are checked.
const CHECKED: usize = 1_000;
/// Those whose code is made: rustc checks the first, and the bytes of a table are those between the two.
const GENERATED: [usize; 2] = [10, 110];

/// Compares the numbers with the committed file, writes that, or prints the calls' beside those by hand.
pub(crate) fn run(recording: Recording, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    install::valgrind(interrupt)?;
    if recording == Recording::ByHand {
        return by_hand::run(interrupt);
    }
    let program = program("record", interrupt)?;
    complain("counting instructions");
    let counted = count(&program)?;
    let path = workspace::root().join("benches/record.txt");
    if recording == Recording::Update {
        fs::write(path, counted.text())?;
        return Ok(ExitCode::SUCCESS);
    }
    let record = Numbers::read(&fs::read_to_string(path)?)?;
    let mut found = record.compare(&counted);
    if found.has_grown {
        complain("counting once more what has grown");
        found = record.compare(&counted.least(count(&program)?));
    }
    found.lines.iter().for_each(|line| print(line));
    if found.has_grown {
        let help = "where that is meant, commit the file that `cargo xtask record --update` writes, and say why";
        return Err(format!("benches/record.txt has other numbers: {help}").into());
    }
    complain("the record holds");
    Ok(ExitCode::SUCCESS)
}

fn program(features: &str, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    complain("building the program of the record");
    let mut build = cargo();
    build.args([
        "build",
        "--quiet",
        "--profile",
        PROFILE,
        "-p",
        "bindery-benches",
    ]);
    build.args(["--no-default-features", "--features", features]);
    if !interrupt.run(&mut build)?.success() {
        return Err("`bindery-record` was not built".into());
    }
    Ok(workspace::target().join(PROFILE).join("bindery-record"))
}

/// One core has the calls, the other the compilers.
fn count(program: &Path) -> Result<Numbers, Failure> {
    let calls = || {
        let databases = DATABASES.iter();
        let each = databases.map(|database| counted::calls(program, &[database]));
        let all: Result<Vec<_>, Failure> = each.collect();
        all.map_err(|error| error.to_string())
    };
    let (calls, compilers) = thread::scope(|scope| {
        let calls = scope.spawn(calls);
        let compilers = compilers(program);
        (calls.join(), compilers)
    });
    let calls = calls.map_err(|_| "a thread that counts panicked")??;
    let mut all: Vec<(String, u64)> = calls.into_iter().flatten().collect();
    all.extend(compilers?);
    Ok(Numbers::new(Tools::here()?, all))
}

/// The check of a large schema, rustc for the code of a small one, and the bytes of that.
fn compilers(program: &Path) -> Result<Vec<(String, u64)>, Failure> {
    let folder = workspace::target().join("record/schema");
    fs::create_dir_all(&folder)?;
    let write =
        |tables: usize| fs::write(folder.join("schema.sql"), schema::plain(tables, "").schema);
    write(CHECKED)?;
    let check = counted::check(program, &folder)?;
    let outputs = GENERATED.map(|tables| folder.join(format!("out{tables}")));
    for (tables, out) in GENERATED.iter().zip(&outputs) {
        write(*tables)?;
        generate(program, &folder, out)?;
    }
    let bytes = generated(&outputs[1])? - generated(&outputs[0])?;
    let crate_folder = folder.join("crate");
    crate_of(&crate_folder, counted::CRATE, &outputs[0], &str::to_owned)?;
    let rustc = counted::rustc(&crate_folder)?;
    let tables = GENERATED[0];
    Ok(vec![
        (format!("check of {CHECKED} tables"), check),
        (
            format!("rustc, `check` of the code of {tables} tables"),
            rustc,
        ),
        (
            "bytes of the code of a table".to_owned(),
            bytes / (GENERATED[1] - tables) as u64,
        ),
    ])
}

fn generate(program: &Path, folder: &Path, out: &Path) -> Result<(), Failure> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out)?;
    let mut command = Command::new(program);
    let output = command.arg("generate").args([folder, out]).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}
