//! Whole programs that the test command runs besides the tests: the doors and the quickstart. Each is run on every
//! pairing of databases.

use std::path::Path;

use crate::Failure;
use crate::databases::Databases;
use crate::pairings::{self, Pairing};
use crate::step::Step;
use crate::workspace::{self, cargo};

/// What names databases to a program: a developer's own must not get into the tests.
pub(crate) const FOREIGN_VARIABLES: &[&str] = &[
    "DATABASE_URL",
    "B_DATABASE_URL",
    "DOORS_DEFAULT_URL",
    "DOORS_B_URL",
    "BINDERY_CONFIG",
];

/// Every door crate, then the quickstart.
pub(crate) fn steps(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    for folder in workspace::doors() {
        steps.extend(door(&folder, databases)?);
    }
    if workspace::root().join("examples/quickstart.rs").is_file() {
        steps.extend(quickstart(databases)?);
    }
    Ok(steps)
}

/// A door crate is a user's own project outside the workspace. All doors share one build directory.
fn door(folder: &Path, databases: &Databases) -> Result<Vec<Step>, Failure> {
    let name = workspace::name_of(folder);
    let target = workspace::target().join("doors");
    let pairings = pairings::of(&name, databases, &target.join("databases").join(&name))?;
    let run = |pairing: &Pairing| {
        let mut command = cargo();
        command
            .current_dir(folder)
            .args(["run", "--quiet"])
            .env("CARGO_TARGET_DIR", &target)
            .env("DOORS_DEFAULT_URL", &pairing.default_url)
            .env("DOORS_B_URL", &pairing.b_url);
        Step::new(format!("door `{name}` on {}", pairing.title), command)
    };
    Ok(pairings.iter().map(run).collect())
}

/// The quickstart, also without any setting, as a newcomer starts it.
fn quickstart(databases: &Databases) -> Result<Vec<Step>, Failure> {
    let folder = workspace::target().join("quickstart");
    let mut steps = vec![quickstart_run("with nothing set", None)];
    for pairing in pairings::of("quickstart", databases, &folder)? {
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
