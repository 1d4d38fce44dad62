//! The conditions of a run: which engines there are, what each transaction does, and how often something goes wrong.

use crate::chance::Chance;
use crate::server::ServerKind;

/// A branch that is undecided for longer is taken for lost. All times are of the run's own clock.
pub(crate) const OLD: u64 = 400;
/// Decisions are kept at least for this time.
pub(crate) const RETENTION: u64 = 2_000;
/// An answer is waited for no longer.
pub(crate) const TIMEOUT: u64 = 60;
/// Nothing goes wrong any more from here on.
pub(crate) const CALM: u64 = 6_000;

/// Engine 0 is home.
pub(crate) const HOME: usize = 0;

/// Shares are of a thousand.
#[derive(Debug)]
pub(crate) struct Weather {
    pub(crate) kinds: Vec<ServerKind>,
    pub(crate) programs: usize,
    pub(crate) recoveries: usize,
    /// Requests or answers that are lost.
    pub(crate) losses: u64,
    /// Lost requests that are carried out all the same, much later.
    pub(crate) late: u64,
    /// Answers that come twice.
    pub(crate) repeats: u64,
    /// Second phases that a server refuses for the moment.
    pub(crate) balks: u64,
    /// Steps of a program before which it is killed.
    pub(crate) kills: u64,
    /// Steps of a program before which it stands still.
    pub(crate) stops: u64,
    pub(crate) server_crashes: u64,
    /// Recoveries whose clock is wrong.
    pub(crate) wrong_clocks: u64,
    pub(crate) has_foreign: bool,
}

impl Weather {
    pub(crate) fn of(chance: &mut Chance) -> Self {
        let homes = [ServerKind::Sqlite, ServerKind::Postgres, ServerKind::Mysql];
        let others = [ServerKind::Postgres, ServerKind::Mysql];
        let mut kinds = vec![homes[chance.place(3)]];
        for _ in 0..chance.within(1, 3) {
            kinds.push(others[chance.place(2)]);
        }
        let mut share = |shares: [u64; 4]| shares[chance.place(4)];
        let (losses, late) = (share([0, 10, 50, 200]), share([0, 100, 300, 500]));
        let (repeats, balks) = (share([0, 0, 30, 100]), share([0, 0, 20, 100]));
        let (kills, stops) = (share([0, 10, 30, 80]), share([0, 20, 60, 150]));
        let (server_crashes, wrong_clocks) = (share([0, 0, 300, 700]), share([0, 0, 0, 300]));
        Self {
            kinds,
            programs: chance.place(3) + 1,
            recoveries: chance.place(3) + 1,
            losses,
            late,
            repeats,
            balks,
            kills,
            stops,
            server_crashes,
            wrong_clocks,
            has_foreign: chance.permille(100),
        }
    }

    /// Everything from here on goes well.
    pub(crate) fn calm(&mut self) {
        (self.losses, self.repeats, self.balks) = (0, 0, 0);
        (self.kills, self.stops, self.server_crashes) = (0, 0, 0);
    }

    /// For how long a program stands still: shorter than a commit is waited for, longer, or longer than decisions are kept.
    pub(crate) fn stop(chance: &mut Chance) -> u64 {
        match chance.below(3) {
            0 => chance.within(20, OLD),
            1 => chance.within(OLD, 3 * OLD),
            _ => chance.within(RETENTION, 2 * RETENTION),
        }
    }
}
