//! `cargo xtask split`, `cargo xtask bank` and `cargo xtask saga`: kill processes that commit atomic groups, move money over
//! engines, or run sagas, and look for what is half done.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Splitting;
use crate::databases::{self, Databases};
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::step::{Report, Step};
use crate::workspace::cargo;

/// Among this number of worlds the runs are shared.
const JOBS: &str = "BINDERY_TEST_SPLIT_JOBS";

/// A test that kills as many processes as variables of the environment say.
pub(crate) struct Kills {
    name: &'static str,
    test: &'static str,
    runs: &'static str,
    seed: &'static str,
    /// It starts no servers of its own.
    wants_servers: bool,
}

pub(crate) const GROUPS: Kills = Kills {
    name: "split",
    test: "atom_03_processes_that_are_killed_at_random_never_split",
    runs: "BINDERY_TEST_SPLIT_RUNS",
    seed: "BINDERY_TEST_SPLIT_SEED",
    wants_servers: false,
};

pub(crate) const BANK: Kills = Kills {
    name: "bank",
    test: "atom_03_money_that_is_moved_over_three_engines_keeps_its_sum",
    runs: "BINDERY_TEST_BANK_RUNS",
    seed: "BINDERY_TEST_BANK_SEED",
    wants_servers: false,
};

pub(crate) const SAGAS: Kills = Kills {
    name: "saga",
    test: "saga_04_processes_that_are_killed_at_random_leave_nothing_half_done",
    runs: "BINDERY_TEST_SAGA_RUNS",
    seed: "BINDERY_TEST_SAGA_SEED",
    wants_servers: true,
};

impl Kills {
    /// Kills; the exit code says whether everything was done as a whole or not at all.
    pub(crate) fn run(
        &self,
        splitting: &Splitting,
        interrupt: &Interrupt,
    ) -> Result<ExitCode, Failure> {
        install::ensure(interrupt)?;
        let given = databases::given();
        let own = match &given {
            None if self.wants_servers => Some(Databases::start()?),
            None | Some(_) => None,
        };
        let environment = given.or_else(|| own.as_ref().map(Databases::environment));
        // A hash of nothing with a random key: enough for a number that is another each time.
        let new = || RandomState::new().hash_one(()) >> 32;
        let seed = splitting.seed.unwrap_or_else(new);
        complain(&format!(
            "killing {} processes with --seed {seed}",
            splitting.runs
        ));
        let mut command = cargo();
        command.args(["test", "-p", "bindery", "--all-features", "--lib"]);
        if splitting.is_release {
            command.arg("--release");
        }
        command
            .args([self.test, "--", "--nocapture"])
            .env(self.runs, splitting.runs.to_string())
            .env(self.seed, seed.to_string())
            .env(JOBS, splitting.jobs.to_string())
            .envs(environment.unwrap_or_default());
        let report = Report::run_all(vec![Step::new(self.name, command)], interrupt)?;
        report.print();
        Ok(report.exit_code())
    }
}
