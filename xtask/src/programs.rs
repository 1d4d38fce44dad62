//! Whole programs that the test command runs beside the tests: the doors, the quickstart and the web service. Each is run on every
//! pairing of databases.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::databases::Databases;
use crate::pairings::{self, Pairing};
use crate::step::Step;
use crate::test::Built;
use crate::workspace::{self, cargo_once};

/// Variables that name databases to a program: a developer's own must not get into the tests.
pub(crate) const FOREIGN_VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "B_DATABASE_URL",
    "DOORS_DEFAULT_URL",
    "DOORS_B_URL",
    "BINDERY_CONFIG",
];

/// The tests of the web service. They run here alone, as they are built for each pairing.
pub(crate) const WEB_SERVICE: &str = "bindery-example-axum service";

/// The quickstart and the web service, then every door crate.
pub(crate) fn steps(databases: &Databases, built: &Built) -> Result<Vec<Step>, Failure> {
    let mut steps = quickstart(databases, built)?;
    steps.extend(web_service(databases)?);
    for folder in workspace::doors() {
        steps.extend(door(&folder, databases, built)?);
    }
    Ok(steps)
}

/// A door crate is a user's own project outside the workspace. It is built in the workspace's directory, of the versions of the workspace: most of
/// its dependencies are built there.
fn door(folder: &Path, databases: &Databases, built: &Built) -> Result<Vec<Step>, Failure> {
    let name = workspace::name_of(folder);
    if starts_its_servers(folder) {
        let mut command = cargo_once();
        command.current_dir(folder);
        let title = format!("door `{name}` on servers of its own");
        return Ok(run_steps(title, folder, command).into());
    }
    let files = workspace::target().join("doors/databases").join(&name);
    let mut steps = Vec::new();
    for pairing in pairings::of_engines(&name, databases, &files)? {
        let title = format!("door `{name}` on {}", pairing.title);
        // The dialects may be others than last time, so the models are written anew for each pairing.
        if uses_generated_models(folder) {
            for (doing, check) in [("write", None), ("check", Some("--check"))] {
                let command = generate(built.program("bindery")?, folder, &pairing, check);
                steps.push(Step::new(format!("{title}: {doing} its models"), command));
            }
        }
        let mut command = cargo_once();
        in_door(&mut command, folder, &pairing);
        steps.extend(run_steps(title, folder, command));
    }
    Ok(steps)
}

/// Each run begins with the whole list of versions: cargo takes out of it what the databases of a pairing do not need.
fn run_steps(title: String, folder: &Path, mut command: Command) -> [Step; 2] {
    let mut copy = Command::new("cp");
    copy.args([workspace::root(), folder].map(|of| of.join("Cargo.lock")));
    command
        .args(["run", "--quiet"])
        .env("CARGO_TARGET_DIR", workspace::target());
    [
        Step::new(format!("{title}: the versions of the workspace"), copy),
        Step::new(title, command),
    ]
}

/// Returns whether the door needs other servers than the tests share, which keep nothing over a crash.
fn starts_its_servers(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.contains("bindery-testkit"))
}

/// Returns whether the door's models are a crate that `bindery generate` writes into its folder.
fn uses_generated_models(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.contains("path = \"models\""))
}

fn generate(
    mut bindery: Command,
    folder: &Path,
    pairing: &Pairing,
    check: Option<&str>,
) -> Command {
    in_door(&mut bindery, folder, pairing);
    bindery
        .args(["generate", "--schema", "../shared/schema.sql"])
        .args(["--out", "models", "--crate", "door-models"])
        .args(check);
    bindery
}

fn in_door(command: &mut Command, folder: &Path, pairing: &Pairing) {
    command
        .current_dir(folder)
        .env("DOORS_DEFAULT_URL", &pairing.default_url)
        .env("DOORS_B_URL", &pairing.b_url);
}

/// The quickstart, also without any setting, as a newcomer starts it.
fn quickstart(databases: &Databases, built: &Built) -> Result<Vec<Step>, Failure> {
    let folder = workspace::target().join("quickstart");
    let mut alone = built.program("quickstart")?;
    alone.current_dir(workspace::root());
    of_no_databases(&mut alone);
    let mut steps = vec![Step::new("quickstart with nothing set", alone)];
    for pairing in pairings::of_engines("quickstart", databases, &folder)? {
        let title = format!("quickstart on {}", pairing.title);
        let build = bound(&["build", "--example", "quickstart"], &pairing);
        let mut run = built.program("quickstart")?;
        run.current_dir(workspace::root());
        on_pairing(&mut run, &pairing);
        steps.push(Step::new(format!("{title}: build it"), build));
        steps.push(Step::new(title, run));
    }
    Ok(steps)
}

/// The web service, sent the requests of its README.
fn web_service(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let folder = workspace::target().join("web-service");
    let pairings = pairings::of_engines("web-service", databases, &folder)?;
    let step = |pairing: Pairing| {
        let title = format!("web service on {}", pairing.title);
        Step::new(title, bound(&["test", "--test", "service"], &pairing))
    };
    Ok(pairings.into_iter().map(step).collect())
}

/// A command of cargo for a program of the workspace that is bound to the databases while it is built: with the features of the workspace, so
/// that nothing else is built anew.
fn bound(arguments: &[&str], pairing: &Pairing) -> Command {
    let mut command = cargo_once();
    command
        .args(arguments)
        .args(["--quiet", "--workspace", "--all-features"]);
    on_pairing(&mut command, pairing);
    command
}

fn on_pairing(command: &mut Command, pairing: &Pairing) {
    of_no_databases(command);
    command
        .env("DATABASE_URL", &pairing.default_url)
        .env("B_DATABASE_URL", &pairing.b_url);
}

fn of_no_databases(command: &mut Command) {
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
}
