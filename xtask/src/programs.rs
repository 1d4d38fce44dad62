//! Whole programs that the test command runs besides the tests: the doors, the quickstart and the web service. Each is run on every
//! pairing of databases.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::databases::Databases;
use crate::pairings::{self, Pairing};
use crate::step::Step;
use crate::workspace::{self, cargo};

/// Variables that name databases to a program: a developer's own must not get into the tests.
pub(crate) const FOREIGN_VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "B_DATABASE_URL",
    "DOORS_DEFAULT_URL",
    "DOORS_B_URL",
    "BINDERY_CONFIG",
];

/// Every door crate, then the quickstart and the web service.
pub(crate) fn steps(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    for folder in workspace::doors() {
        steps.extend(door(&folder, databases)?);
    }
    if workspace::root().join("examples/quickstart.rs").is_file() {
        steps.extend(quickstart(databases)?);
    }
    if workspace::root().join("examples/axum").is_dir() {
        steps.extend(web_service(databases)?);
    }
    Ok(steps)
}

/// A door crate is a user's own project outside the workspace. All doors share one build directory.
fn door(folder: &Path, databases: &Databases) -> Result<Vec<Step>, Failure> {
    let name = workspace::name_of(folder);
    if starts_its_servers(folder) {
        let mut command = cargo();
        command.current_dir(folder);
        return Ok(vec![run_step(
            format!("door `{name}` on servers of its own"),
            command,
        )]);
    }
    let files = workspace::target().join("doors/databases").join(&name);
    let mut steps = Vec::new();
    for pairing in pairings::of_engines(&name, databases, &files)? {
        let title = format!("door `{name}` on {}", pairing.title);
        // The dialects may be others than last time, so the models are written anew for each pairing.
        if uses_generated_models(folder) {
            for (doing, check) in [("write", None), ("check", Some("--check"))] {
                let command = generate(folder, &pairing, check);
                steps.push(Step::new(format!("{title}: {doing} its models"), command));
            }
        }
        steps.push(run_step(title, door_command(folder, &pairing)));
    }
    Ok(steps)
}

fn run_step(title: String, mut command: Command) -> Step {
    command
        .args(["run", "--quiet"])
        .env("CARGO_TARGET_DIR", workspace::target().join("doors"));
    Step::new(title, command)
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

fn generate(folder: &Path, pairing: &Pairing, check: Option<&str>) -> Command {
    let mut command = door_command(folder, pairing);
    command
        .args([
            "run",
            "--quiet",
            "--package",
            "bindery-cli",
            "--manifest-path",
        ])
        .arg(workspace::root().join("Cargo.toml"))
        .args(["--", "generate", "--schema", "../shared/schema.sql"])
        .args(["--out", "models", "--crate", "door-models"])
        .args(check);
    command
}

fn door_command(folder: &Path, pairing: &Pairing) -> Command {
    let mut command = cargo();
    command
        .current_dir(folder)
        .env("DOORS_DEFAULT_URL", &pairing.default_url)
        .env("DOORS_B_URL", &pairing.b_url);
    command
}

/// The quickstart, also without any setting, as a newcomer starts it.
fn quickstart(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let folder = workspace::target().join("quickstart");
    let mut steps = vec![quickstart_run("with nothing set", None)];
    for pairing in pairings::of_engines("quickstart", databases, &folder)? {
        steps.push(quickstart_run(
            &format!("on {}", pairing.title),
            Some(&pairing),
        ));
    }
    Ok(steps)
}

fn quickstart_run(title: &str, pairing: Option<&Pairing>) -> Step {
    let mut command = cargo();
    command.args(["run", "--quiet", "--example", "quickstart"]);
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    if let Some(pairing) = pairing {
        command
            .env("DATABASE_URL", &pairing.default_url)
            .env("B_DATABASE_URL", &pairing.b_url);
    }
    Step::new(format!("quickstart {title}"), command)
}

/// The web service, sent the requests of its README.
fn web_service(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let folder = workspace::target().join("web-service");
    let pairings = pairings::of_engines("web-service", databases, &folder)?;
    Ok(pairings.iter().map(web_service_run).collect())
}

fn web_service_run(pairing: &Pairing) -> Step {
    let mut command = cargo();
    command.args(["test", "--quiet", "--package", "bindery-example-axum"]);
    for name in FOREIGN_VARIABLES {
        command.env_remove(name);
    }
    command
        .env("DATABASE_URL", &pairing.default_url)
        .env("B_DATABASE_URL", &pairing.b_url);
    Step::new(format!("web service on {}", pairing.title), command)
}
