//! Programs under callgrind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::instructions;
use crate::Failure;
use crate::workspace::{self, cargo};

/// The function of `bindery-benches` within which is counted.
const COUNTED: &str = "bindery_benches::counted::counted*";
/// The one that is called after it.
const WRITTEN: &str = "bindery_benches::counted::written*";
/// The crate of generated code that rustc checks.
pub(super) const CRATE: &str = "counted";

/// Random seeds of hash tables, and the pieces in which an answer of a server comes, only add to the least of some runs.
const RUNS: usize = 3;

/// The instructions of one call of each case of a client, whose last word is the database.
pub(super) fn calls(program: &Path, client: &[&str]) -> Result<Vec<(String, u64)>, Failure> {
    let counted = least(program, client)?;
    let counted = counted.into_iter().filter(|it| it.calls > 0);
    let database = client.last().copied().unwrap_or_default();
    let each = counted.map(|it| {
        (
            format!("{database}, {}", it.name),
            it.instructions / it.calls,
        )
    });
    Ok(each.collect())
}

/// The instructions of a program that checks the schema in a folder: all of them, as it has a thread for each processor that it may use,
/// and a share of its work for each thread. It may use one, so that the number is that of any machine.
pub(super) fn check(program: &Path, folder: &Path) -> Result<u64, Failure> {
    let outputs = Outputs::create("check")?;
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &first_processor()?]);
    command.args(["valgrind", "--quiet", "--tool=callgrind"]);
    command.arg(outputs.option());
    let status = command.arg(program).arg("check").arg(folder).status()?;
    if !status.success() {
        return Err(format!("the check under valgrind: {status}").into());
    }
    sum(&outputs.name())
}

/// The first processor that this process may use (`proc(5)`, `/proc/pid/status`).
fn first_processor() -> Result<String, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let lines = status.lines();
    let list = lines.filter_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let first = list.flat_map(|list| list.trim().split([',', '-'])).next();
    Ok(first.ok_or("/proc/self/status has other lines")?.to_owned())
}

/// The instructions of rustc for the crate in a folder.
pub(super) fn rustc(folder: &Path) -> Result<u64, Failure> {
    let outputs = Outputs::create("rustc")?;
    let wrapper = wrapper(&outputs)?;
    // Its dependencies.
    check_crate(folder, None)?;
    let lib = fs::File::options()
        .append(true)
        .open(folder.join("src/lib.rs"))?;
    lib.set_modified(std::time::SystemTime::now())?;
    check_crate(folder, Some(&wrapper))?;
    sum(&outputs.name())
}

/// Cargo calls rustc by it for the crates of the workspace, of which there is one, and for its own questions.
fn wrapper(outputs: &Outputs) -> Result<PathBuf, Failure> {
    let path = outputs.0.join("rustc.sh");
    let file = outputs.name();
    let text = format!(
        "#!/bin/sh\ncase \"$*\" in\n*\"--crate-name {CRATE} \"*)\n\
         exec valgrind --quiet --tool=callgrind '--callgrind-out-file={}' \"$@\" ;;\nesac\nexec \"$@\"\n",
        file.display()
    );
    fs::write(&path, text)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

fn check_crate(folder: &Path, wrapper: Option<&Path>) -> Result<(), Failure> {
    let mut command = cargo();
    command
        .args(["check", "--quiet"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            workspace::target().join("record/target"),
        )
        .env("CARGO_INCREMENTAL", "0");
    command.envs(wrapper.map(|path| ("RUSTC_WORKSPACE_WRAPPER", path)));
    match command.status()?.success() {
        true => Ok(()),
        false => Err("the generated code was not checked".into()),
    }
}

/// A call of the counted function.
struct Counting {
    calls: u64,
    name: String,
    instructions: u64,
}

fn least(program: &Path, client: &[&str]) -> Result<Vec<Counting>, Failure> {
    let mut all = countings(program, client)?;
    for _ in 1..RUNS {
        let again = countings(program, client)?;
        for (known, other) in all.iter_mut().zip(again) {
            known.instructions = known.instructions.min(other.instructions);
        }
    }
    Ok(all)
}

fn countings(program: &Path, client: &[&str]) -> Result<Vec<Counting>, Failure> {
    let outputs = Outputs::create(&client.join("-"))?;
    let output = callgrind(&outputs)
        .arg("--collect-atstart=no")
        .arg(format!("--toggle-collect={COUNTED}"))
        .arg(format!("--dump-before={WRITTEN}"))
        .arg(program)
        .args(client)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} under valgrind: {}", client.join(" "), output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let counted = text.lines().enumerate().map(|(at, line)| {
        let (calls, name) = line.split_once(' ').ok_or("a line without a number")?;
        Ok(Counting {
            calls: calls.parse()?,
            name: name.to_owned(),
            instructions: sum(&outputs.numbered(at + 1))?,
        })
    });
    counted.collect()
}

fn callgrind(outputs: &Outputs) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]);
    command.arg(outputs.option());
    command
}

fn sum(file: &Path) -> Result<u64, Failure> {
    instructions::sum(&fs::read_to_string(file)?)
}

/// A folder for the files of callgrind.
struct Outputs(PathBuf);

impl Outputs {
    fn create(title: &str) -> Result<Self, Failure> {
        let folder = workspace::target().join("record").join(title);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn name(&self) -> PathBuf {
        self.0.join("counted")
    }

    fn option(&self) -> String {
        format!("--callgrind-out-file={}", self.name().display())
    }

    fn numbered(&self, number: usize) -> PathBuf {
        self.0.join(format!("counted.{number}"))
    }
}
