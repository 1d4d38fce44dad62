//! The whole run: every test binary of the workspace, the examples of the documentation and whole programs, some of them beside each other.

use std::fs;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use super::binaries::{self, Binary, Built};
use crate::Failure;
use crate::beside::{self, Job, Lane, Outcome};
use crate::failures::Told;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::programs;
use crate::second_try::{self, SecondTry};
use crate::step::{Report, Step};
use crate::workspace::{self, cargo_once};

/// The arguments of `cargo test` that select all of them.
pub(super) const SELECTED: [&str; 3] = ["--workspace", "--all-features", "--no-fail-fast"];

/// Much of a run is waiting for servers, locks and deadlines, so there are more threads than cores; with more of them statements run out of time.
const AT_ONCE: usize = 2;
const THREADS: &str = "4";

/// The binaries that take longest, begun first so that none of them is alone at the end.
const LONGEST: [&str; 6] = [
    "bindery-cli cli",
    "bindery main",
    "bindery-tests golden-code",
    "bindery bindery",
    "bindery-tests main",
    "bindery-queues main",
];

/// Those that mostly wait, for peers that fall silent and servers that start: they have a lane of their own, and the cores are the others'.
const WAITING: [&str; 2] = ["bindery-fuzz short", "bindery-testkit servers"];

/// The programs outside the workspace, which are one job as they share a build directory.
const PROGRAMS: &str = "programs";

/// A part that takes less is not listed by itself.
const LISTED: Duration = Duration::from_secs(5);

/// Builds and runs them; `prepare` gives a command the environment of tests, and `programs` are made of what was built.
pub(super) fn run(
    prepare: impl Fn(&mut Command),
    programs: impl FnOnce(&Built) -> Result<Vec<Step>, Failure>,
    report: &mut Report,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let whole = || {
        let mut command = cargo_once();
        prepare(command.arg("test").args(SELECTED));
        command
    };
    complain("\n=== building the tests of the workspace");
    let started = Instant::now();
    let (status, built) = binaries::build(whole(), interrupt)?;
    report.add("building the tests", status, started.elapsed());
    if !status.success() {
        return Ok(());
    }
    complain("\n=== tests of the workspace");
    let started = Instant::now();
    let folder = workspace::target().join("xtask/tests");
    fs::create_dir_all(&folder)?;
    let programs = Job {
        title: PROGRAMS.to_owned(),
        steps: programs(&built)?,
    };
    let lanes = lanes(built.tests, [programs, documentation(whole())], &prepare);
    let outcomes = beside::run(lanes, &folder, interrupt)?;
    let (programs, outcomes): (Vec<_>, Vec<_>) =
        outcomes.into_iter().partition(|it| it.title == PROGRAMS);
    for it in programs {
        report.add(&it.title, it.status(), it.took);
        for step in it.steps.iter().filter(|step| step.took >= LISTED) {
            report.note(&format!("{} ({} s)", step.title, step.took.as_secs()));
        }
    }
    let Some(mut status) = sum_up(&outcomes, report) else {
        return Ok(());
    };
    let told = outcomes.into_iter().fold(Told::default(), |mut all, it| {
        all.add(it.told);
        all
    });
    report.add_failures(&told);
    if !status.success() {
        let mut again = whole();
        again.args(["--", "--exact", "--test-threads=1"]);
        match second_try::run(&mut again, &told, interrupt)? {
            Some(SecondTry::Passed(passed)) => {
                report.add_unsteady(told.names);
                status = passed;
            }
            Some(SecondTry::FailedAgain(second)) => report.add_failures(&second),
            None => (),
        }
    }
    report.add("tests of the workspace", status, started.elapsed());
    Ok(())
}

/// The longest first; the others are compiled by the way.
fn lanes(mut binaries: Vec<Binary>, others: [Job; 2], prepare: impl Fn(&mut Command)) -> Vec<Lane> {
    binaries.retain(|it| it.title != programs::WEB_SERVICE);
    let rank = |title: &str| LONGEST.iter().position(|&it| it == title);
    binaries.sort_by_key(|it| (rank(&it.title).unwrap_or(LONGEST.len()), it.title.clone()));
    let job = |it: Binary| {
        let mut command = it.command();
        prepare(command.arg(format!("--test-threads={THREADS}")));
        Job::new(it.title, command)
    };
    let (waiting, mut jobs): (Vec<Job>, Vec<Job>) = binaries
        .into_iter()
        .map(job)
        .partition(|job| WAITING.contains(&job.title.as_str()));
    // They take long, too, and need no threads of their own.
    let after_the_first = jobs.len().min(1);
    jobs.splice(after_the_first..after_the_first, others);
    let lane = |jobs, at_once| Lane { jobs, at_once };
    vec![lane(jobs, AT_ONCE), lane(waiting, 1)]
}

fn documentation(mut whole: Command) -> Job {
    whole.arg("--doc");
    Job::new("examples of the documentation", whole)
}

/// Reports the parts that took long or failed, and returns how the whole ended: as the first that failed. `None` where nothing ran.
fn sum_up(outcomes: &[Outcome], report: &mut Report) -> Option<ExitStatus> {
    for it in outcomes {
        let (title, took, status) = (&it.title, it.took.as_secs(), it.status());
        if !status.success() {
            // Also of one that was ended by a signal, which names no test that failed.
            report.note(&format!("{title} ({took} s): FAILED, {status}"));
        } else if it.took >= LISTED {
            report.note(&format!("{title} ({took} s)"));
        }
    }
    let failed = outcomes.iter().find(|it| !it.status().success());
    failed.or(outcomes.first()).map(Outcome::status)
}
