//! `cargo xtask lint`: what must hold besides the tests.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;

use crate::Failure;
use crate::beside::{self, Job};
use crate::interrupt::Interrupt;
use crate::step::{Report, Step};
use crate::workspace::{self, cargo};

/// Feature sets of published crates that users build and `--all-features` does not. For every two features of `bindery`, of which the first does
/// not bring the other, one set has the first without the other: what a feature uses of another is found missing. Each feature with a database
/// alone, and every pair, is what `cargo xtask features` checks.
const FEATURE_SETS: &[(&str, &[&str])] = &[
    (
        "bindery",
        &[
            "",
            "sqlite",
            "postgres",
            "mysql",
            "sqlite,postgres,tls,ed25519,chrono,uuid,json,session,shards,cron,metrics",
            "bigdecimal,data,saga,atomic,tenants,sync,read-token,messages,signals,derive,tokio",
            "tls,ed25519,uuid,bigdecimal,data,saga,tenants,shards,derive,migrations,metrics",
            "sqlite,postgres,chrono,json,sync,read-token,messages,cron,signals,migrations",
            "postgres,ed25519,chrono,json,data,atomic,sync,read-token,derive,migrations,tokio,metrics",
            "sqlite,tls,chrono,uuid,bigdecimal,atomic,tenants,shards,cron,signals,tokio",
            "sqlite,postgres,ed25519,saga,atomic,tenants,shards,read-token,messages,derive",
            "mysql,tls,json,bigdecimal,data,saga,sync,messages,cron,signals,tokio,metrics",
            "sqlite,uuid,sync,read-token,derive,tokio,metrics",
        ],
    ),
    ("bindery-codegen", &["", "derive", "standalone"]),
    ("bindery-core", &["", "checksum"]),
    ("bindery-runtime-macros", &["", "migrations"]),
    (
        "bindery-queues",
        &[
            "",
            "redis",
            "rabbitmq",
            "nats",
            "redis,tls",
            "rabbitmq,tls",
            "nats,tls",
        ],
    ),
    ("bindery-web", &["", "axum", "axum,read-token"]),
    ("bindery-schema", &["", "serde", "diff"]),
];

/// Runs every lint; the exit code is that of the first that failed.
pub(crate) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let mut steps = vec![
        step("formatting", "fmt --all --check"),
        step(
            "clippy",
            "clippy --workspace --all-targets --all-features -- -D warnings",
        ),
        documentation()?,
        packages(),
    ];
    steps.extend(
        workspace::doors()
            .iter()
            .map(|folder| door_formatting(folder)),
    );
    let folder = workspace::target().join("xtask/lint");
    fs::create_dir_all(&folder)?;
    // One crate is checked at a time, on one core: the other core has the whole workspace.
    let (report, sets) = thread::scope(|scope| {
        let sets = scope.spawn(|| beside::run(vec![feature_sets().into()], &folder, interrupt));
        let report = Report::run_all(steps, interrupt);
        (report, sets.join())
    });
    let mut report = report?;
    for set in sets
        .map_err(|_| "a thread that checks feature sets panicked")??
        .into_iter()
        .flat_map(|it| it.steps)
    {
        report.add(&set.title, set.status, set.took);
    }
    report.print();
    Ok(report.exit_code())
}

fn step(title: &str, arguments: &str) -> Step {
    let mut command = cargo();
    command.args(arguments.split(' '));
    Step::new(title, command)
}

/// Whether the documentation has no warning, and public items are those of the committed lists.
fn documentation() -> Result<Step, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("public");
    Ok(Step::new("documentation and public items", command))
}

/// Whether each published crate can be published, in the order of their dependencies. Building the packages is left to the release.
fn packages() -> Step {
    let arguments = "publish --workspace --dry-run --allow-dirty --no-verify --quiet";
    step("packages", arguments)
}

/// By `rustfmt` itself: `cargo fmt` reads manifests, and a door's models may not be written yet.
fn door_formatting(folder: &Path) -> Step {
    let mut command = Command::new("rustfmt");
    command.args(["--check", "--edition", "2024"]);
    let programs = ["src/main.rs", "build.rs"].map(|name| folder.join(name));
    command.args(programs.iter().filter(|path| path.is_file()));
    let title = format!("formatting of door `{}`", workspace::name_of(folder));
    Step::new(title, command)
}

/// In a build directory of their own, which cargo lets one command at a time use.
fn feature_sets() -> Job {
    let target = workspace::target().join("features");
    let sets = FEATURE_SETS
        .iter()
        .flat_map(|(package, sets)| sets.iter().map(move |set| (*package, *set)));
    Job {
        title: "feature sets".to_owned(),
        steps: sets.map(|set| feature_set(set, &target)).collect(),
    }
}

/// Code that a set of features leaves unused is a warning of rustc itself; clippy has looked at all of it, and takes half as long again.
fn feature_set((package, features): (&str, &str), target: &Path) -> Step {
    let mut command = cargo();
    command
        .env("CARGO_TARGET_DIR", target)
        .args(["rustc", "--quiet", "--lib", "--profile", "check"])
        .args(["--no-default-features", "--package", package])
        .args(["--features", features])
        .args(["--", "-D", "warnings"]);
    Step::new(format!("{package} with features [{features}]"), command)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::features;

    #[test]
    fn every_feature_is_checked_without_every_other() -> Result<(), Failure> {
        let crates = features::published()?;
        let (name, features) = &crates[0];
        assert_eq!(name, FEATURE_SETS[0].0);
        let whole = |set: &str| -> BTreeSet<&str> {
            let named = features
                .keys()
                .filter(|it| set.split(',').any(|name| name == *it));
            let named: Vec<&str> = named.map(String::as_str).collect();
            features::with_implied(features, &named)
        };
        let sets: Vec<BTreeSet<&str>> = FEATURE_SETS[0].1.iter().map(|set| whole(set)).collect();
        for one in features.keys().map(String::as_str) {
            let brought = whole(one);
            for other in features
                .keys()
                .map(String::as_str)
                .filter(|it| !brought.contains(it))
            {
                let is_shown = sets
                    .iter()
                    .any(|set| set.contains(one) && !set.contains(other));
                assert!(is_shown, "`{one}` without `{other}`");
            }
        }
        Ok(())
    }
}
