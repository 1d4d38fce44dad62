//! A second try for tests that failed among all others: a machine that is busy can let a server miss a deadline of a test. Each runs
//! once more, alone. Those that pass are listed at the end of the run; one that fails again has failed.

use std::collections::BTreeSet;
use std::process::{Command, ExitStatus};

use crate::Failure;
use crate::failures::{self, Told};
use crate::interrupt::Interrupt;
use crate::output::complain;

/// More failures than these have one cause that a second try would not take away.
const MOST_TESTS: usize = 8;

/// Tests that show that nothing is lost or split: one that fails once has found what must not happen once.
const NEVER_AGAIN: [&str; 5] = ["atom_", "saga_", "out_", "sync_", "no_seed_"];

const DATABASES: [&str; 3] = ["sqlite", "postgres", "mariadb"];

/// How a second try ended.
#[derive(Debug)]
pub(crate) enum SecondTry {
    /// Each of them passed.
    Passed(ExitStatus),
    FailedAgain(Told),
}

/// Runs the tests that failed once more. `None` where no second try is right.
pub(crate) fn run(
    again: &mut Command,
    told: &Told,
    interrupt: &Interrupt,
) -> Result<Option<SecondTry>, Failure> {
    if !is_worth_it(told) {
        return Ok(None);
    }
    complain(&format!("\n=== second try of {} tests", told.names.len()));
    again.args(&told.names);
    let (status, second) = interrupt.run_read(again, failures::pass_on)?;
    let second = second.unwrap_or_default();
    let passed = status.success() && told.names.is_subset(&second.passed);
    Ok(Some(if passed {
        SecondTry::Passed(status)
    } else {
        SecondTry::FailedAgain(second)
    }))
}

fn is_worth_it(told: &Told) -> bool {
    let count = told.names.len();
    told.is_complete() && (1..=MOST_TESTS).contains(&count) && !may_never_fail(&told.names)
}

fn may_never_fail(names: &BTreeSet<String>) -> bool {
    names.iter().any(|name| {
        let mut parts = name.rsplit("::");
        // A test that is run on each database is a module of three.
        let name = parts.find(|part| !DATABASES.contains(part)).unwrap_or(name);
        NEVER_AGAIN.iter().any(|prefix| name.starts_with(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_shows_that_nothing_is_lost_gets_no_second_try() {
        assert!(may_never_fail(&names(&[
            "pool::pool_01_a",
            "atomic::atom_03_a"
        ])));
        assert!(may_never_fail(&names(&["busy::out_03_a::postgres"])));
        assert!(!may_never_fail(&names(&["pool::pool_01_a", "tx_20_atom_"])));
    }

    #[test]
    fn many_failures_or_unnamed_ones_get_no_second_try() {
        let told =
            |many: usize| Told::of(&(0..many).map(|it| format!("t{it}")).collect::<Vec<_>>());
        assert!(is_worth_it(&told(MOST_TESTS)));
        assert!(!is_worth_it(&told(MOST_TESTS + 1)));
        assert!(!is_worth_it(&told(0)));
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }
}
