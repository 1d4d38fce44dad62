//! The end of a run: everything is up again, recovery has run, and each invariant of the documents is looked at.

use crate::protocol::Outcome;
use crate::protocol::rules::Rules;
use crate::recovery::Recovery;
use crate::run::{Fault, Run, What};
use crate::server::BranchState;
use crate::weather::{OLD, RETENTION};

/// Runs one seed under these rules; gives the invariant that broke.
pub(crate) fn broken(rules: impl Rules, seed: u64) -> Option<Fault> {
    let mut run = Run::new(rules, seed, false);
    run.finish();
    run.fault
}

/// The same, with everything that happened.
pub(crate) fn told(rules: impl Rules, seed: u64) -> (Option<Fault>, Vec<String>) {
    let mut run = Run::new(rules, seed, true);
    let weather = format!("{:?}", run.weather);
    run.tell(|| weather);
    let work: Vec<_> = run
        .processes
        .iter()
        .map(|it| format!("{:?}", it.work))
        .collect();
    run.tell(|| work.join("\n"));
    run.finish();
    (run.fault, run.story.unwrap_or_default())
}

impl<R: Rules> Run<R> {
    fn finish(&mut self) {
        self.drain();
        self.settle(2 * OLD);
        self.check(Run::check_outcome);
        self.settle(2 * RETENTION);
        self.check(Run::check_outcome);
        self.check(Run::check_forgotten);
    }

    /// Recovery that nothing happens to, some time later; more than once, as one may leave to the next what it had to wait for.
    fn settle(&mut self, later: u64) {
        self.now += later;
        for _ in 0..3 {
            let place = self.recoveries.len();
            self.recoveries.push(Recovery::last());
            self.after(0, What::Sweep(place));
            self.drain();
        }
    }

    fn check(&mut self, invariant: fn(&Self, usize) -> Option<&'static str>) {
        for place in 0..self.processes.len() {
            if self.fault.is_none()
                && let Some(broken) = invariant(self, place)
            {
                self.breaks(broken, place);
            }
        }
        if self.fault.is_none() && self.foreign_is_touched() {
            self.breaks(
                "I5: what others have prepared is untouched",
                self.processes.len(),
            );
        }
    }

    fn state(&self, engine: usize, transaction: usize) -> BranchState {
        self.servers[engine].branches[transaction].state
    }

    fn check_outcome(&self, place: usize) -> Option<&'static str> {
        let process = &self.processes[place];
        let wrote: Vec<usize> = process.wrote().collect();
        let is_stored = |at: &&usize| self.state(**at, place) == BranchState::Committed;
        let stored = wrote.iter().filter(is_stored).count();
        let is_left = |at: usize| self.state(at, place) == BranchState::Prepared;
        let has_failed = |at: usize| self.servers[at].branches[place].has_failed;
        if stored > 0 && stored < wrote.len() {
            Some("I1: all branches agree")
        } else if (0..self.servers.len()).any(is_left) {
            Some("I6: none of ours stays prepared")
        } else if matches!(process.told, Some(Outcome::Committed { .. })) && stored < wrote.len() {
            Some("I2: told committed, every branch commits")
        } else if matches!(process.told, Some(Outcome::RolledBack(_))) && stored > 0 {
            Some("I3: told rolled back, none commits")
        } else if stored > 0 && (0..self.servers.len()).any(has_failed) {
            Some("ATOM-04: a failed statement rolls all back")
        } else if process.is_left_unknown() {
            Some("2PC-2: an outcome becomes known")
        } else {
            None
        }
    }

    fn check_forgotten(&self, place: usize) -> Option<&'static str> {
        let decided = self.servers[0].decisions[place];
        let stays = decided.is_some_and(|decided| decided.commits);
        stays.then_some("I7: decisions are bounded in number")
    }

    fn foreign_is_touched(&self) -> bool {
        let foreign = self.processes.len();
        let touched = |at: usize| self.state(at, foreign) != BranchState::Prepared;
        self.weather.has_foreign && (1..self.servers.len()).any(touched)
    }
}
