//! The times of a worker: its next look for tasks, and its next attempt at a write that the database did not take.

use std::time::{Duration, Instant};

use crate::link::backoff::{Backoff, Pauses, by_chance};

/// The first pause between two looks for tasks.
const FIRST_POLL: Duration = Duration::from_millis(20);
/// The pauses while the database cannot be reached.
pub(super) const AWAY: Pauses =
    Pauses::doubling(Duration::from_millis(100), Duration::from_secs(5));
/// The longest pause after a claim that met another.
const CONTENDED: Duration = Duration::from_millis(10);

/// The time of the next look for tasks.
pub(super) struct Poll {
    pub(super) at: Instant,
    /// Looks in a row that found none.
    idle: u32,
    failures: Backoff,
    /// The last look found none.
    pub(super) is_idle: bool,
}

impl Poll {
    pub(super) fn new() -> Self {
        Self {
            at: Instant::now(),
            idle: 0,
            failures: Backoff::new(AWAY),
            is_idle: false,
        }
    }

    /// Another worker claims at this moment: its claim is over soon.
    pub(super) fn contended(&mut self) {
        self.is_idle = false;
        self.at = Instant::now() + contended();
    }

    pub(super) fn now(&mut self) {
        self.at = Instant::now();
    }

    pub(super) fn found(&mut self, longest: Duration, any: bool) {
        self.failures.end();
        self.is_idle = !any;
        self.at = Instant::now();
        if any {
            self.idle = 0;
            return;
        }
        self.idle = self.idle.saturating_add(1);
        self.at += Pauses::doubling(FIRST_POLL, longest).after(self.idle);
    }

    pub(super) fn failed(&mut self) {
        self.failures.failed();
        self.at = self.failures.at();
    }
}

/// Reading all tasks that wait takes one part of this number of the time, and is done every ten seconds at the latest.
const SHARE: u32 = 20;
const LONGEST_LOOK: Duration = Duration::from_secs(10);

/// When all tasks that wait may be read next, and not the first of them alone: where few of them can be claimed, as the others wait for
/// those of their keys.
pub(super) struct FullLook {
    pub(super) at: Instant,
}

impl FullLook {
    pub(super) fn new() -> Self {
        Self { at: Instant::now() }
    }

    /// The one that began then has ended.
    pub(super) fn ended(&mut self, begun: Instant) {
        let taken = begun.elapsed().saturating_mul(SHARE);
        self.at = Instant::now() + taken.min(LONGEST_LOOK);
    }
}

/// How often completed tasks that are old are deleted.
const PRUNE: Duration = Duration::from_mins(1);

/// When tasks are looked at for those to delete, and after which of them.
pub(super) struct Pruning {
    at: Instant,
    pub(super) after: i64,
}

impl Pruning {
    pub(super) fn new(keep_completed: Duration) -> Self {
        Self {
            at: Instant::now() + PRUNE.min(keep_completed),
            after: 0,
        }
    }

    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.at
    }

    /// A look at some tasks has deleted a number of them, and has ended at one or with the last that may be old. Old tasks that are kept, such as
    /// those that failed, are passed in a small part of the time.
    pub(super) fn did(&mut self, begun: Instant, deleted: u64, last: Option<i64>) {
        let pause = match (last, deleted) {
            (None, _) => PRUNE,
            (Some(_), 0) => begun.elapsed().saturating_mul(SHARE),
            (Some(_), _) => Duration::ZERO,
        };
        self.at = Instant::now() + pause;
        self.after = last.unwrap_or(0);
    }
}

/// A batch of which all tasks begin within this time is short: the next one is claimed while handlers still run it.
const QUICK: Duration = Duration::from_millis(100);

/// The number of tasks that are enough for a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Low {
    /// Of those that wait for a thread: the next batch is there when these are begun.
    Queued(usize),
    /// Of those that run, too: a thread is idle. A slow task keeps none from other workers.
    Held(usize),
}

impl Low {
    pub(super) fn is_reached(self, queued: usize, running: usize) -> bool {
        match self {
            Self::Queued(low) => queued < low,
            Self::Held(low) => queued + running < low,
        }
    }

    /// With fewer tasks than these in the queue it may be reached.
    pub(super) fn queued(self) -> usize {
        match self {
            Self::Queued(low) | Self::Held(low) => low,
        }
    }
}

/// How many tasks are claimed together: more and more while handlers begin all of them within a moment, so that no slow task keeps many
/// from other workers.
pub(super) struct BatchSize {
    limits: (usize, usize),
    now: usize,
    /// When the last claim got as many tasks as it might.
    handed_out: Option<Instant>,
    /// Handlers begin tasks so fast that they would wait for the next ones.
    is_quick: bool,
}

impl BatchSize {
    pub(super) fn new(limits: (usize, usize)) -> Self {
        Self {
            limits,
            now: limits.0,
            handed_out: None,
            is_quick: false,
        }
    }

    /// Of the claim at hand, or the last one.
    pub(super) fn now(&self) -> usize {
        self.now
    }

    /// A claim begins.
    pub(super) fn claims(&mut self) {
        let (least, most) = self.limits;
        self.is_quick = self.handed_out.is_some_and(|at| at.elapsed() < QUICK);
        self.now = match self.is_quick {
            true => most.min(self.now * 2),
            false => least,
        };
    }

    /// It has got tasks.
    pub(super) fn got(&mut self, tasks: usize) {
        self.handed_out = (tasks == self.now).then(Instant::now);
    }

    /// Whether the last claim got as many tasks as it might.
    pub(super) fn was_full(&self) -> bool {
        self.handed_out.is_some()
    }

    /// Whether tasks are claimed while others wait for a thread.
    pub(super) fn is_ahead(&self, threads: usize) -> bool {
        self.is_quick && self.limits.1 > threads
    }

    /// Others are claimed where fewer tasks than this are held. A batch no larger than the number of threads is for long tasks, of which none
    /// is claimed ahead: an idle worker could run it.
    pub(super) fn low(&self, threads: usize) -> Low {
        match self.is_ahead(threads) {
            true => Low::Queued(threads.max(self.now / 2)),
            false => Low::Held(threads),
        }
    }
}

/// Up to the longest pause after a claim that met another.
pub(super) fn contended() -> Duration {
    by_chance(CONTENDED, (0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_while_they_are_begun_within_a_moment() {
        let mut size = BatchSize::new((100, 500));
        let claim = |size: &mut BatchSize, tasks: usize| {
            size.claims();
            size.got(tasks);
            size.now()
        };
        let grown = [100, 200, 400, 500].map(|tasks| claim(&mut size, tasks));
        assert_eq!(grown, [100, 200, 400, 500]);
        assert_eq!(size.low(4), Low::Queued(250));
        assert_eq!(claim(&mut size, 7), 500);
        assert_eq!((claim(&mut size, 0), size.low(4)), (100, Low::Held(4)));
        let mut small = BatchSize::new((20, 20));
        assert_eq!(claim(&mut small, 20), 20);
        small.claims();
        assert_eq!(small.low(4), Low::Queued(10));
        assert_eq!(small.low(20), Low::Held(20));
    }

    #[test]
    fn a_batch_that_takes_long_is_followed_by_a_small_one() {
        let mut size = BatchSize::new((100, 500));
        size.claims();
        size.handed_out = Instant::now().checked_sub(QUICK);
        size.claims();
        assert_eq!(size.now(), 100);
    }
}
