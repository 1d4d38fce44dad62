//! Finding out how replicas are: whether they answer, and how far they are behind their primary.
//!
//! Checks are made by threads of their own, so that no read waits for them, and only while reads come: a program that
//! does nothing sends nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::health::CheckedHealth;
use super::{Member, ReplicaState, Replicas};
use crate::driver::own_threads;
use crate::driver::position::{Position, Replay};
use crate::error::{Error, Result};
use crate::link::pool::Pool;

/// How long one look at a server may take.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// More positions of the primary are not kept; what is older is thinned out.
const KEPT: usize = 128;

/// When the primary was seen to have written how far. A replica that has not come to one of these is behind by its age.
#[derive(Default)]
pub(super) struct Samples {
    inner: Mutex<Seen>,
}

impl Samples {
    /// Nothing panics under the lock.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Seen {
    /// When it was tried to look, whatever came of it.
    tried_at: Option<Instant>,
    positions: VecDeque<(Instant, Position)>,
}

impl Seen {
    fn add(&mut self, at: Instant, position: Position) {
        // The time at which a position was seen first counts.
        if self
            .positions
            .back()
            .is_some_and(|(_, last)| *last == position)
        {
            return;
        }
        if self.positions.len() >= KEPT {
            let mut at = 0;
            self.positions.retain(|_| {
                at += 1;
                at % 2 == 1 || at > KEPT / 2
            });
        }
        self.positions.push_back((at, position));
    }

    /// How long ago the primary had written what a replica at this position lacks; `None` where it is not known to have
    /// written anything.
    fn lag(&self, position: Option<&Position>) -> Option<Duration> {
        self.positions.back()?;
        let is_missing = |(_, written): &&(Instant, Position)| {
            position.is_none_or(|applied| !applied.reaches(written))
        };
        let missing = self.positions.iter().find(is_missing);
        Some(missing.map_or(Duration::ZERO, |(at, _)| at.elapsed()))
    }
}

const THREAD: &str = "bindery-replica";

impl Replicas {
    /// Has every replica looked at whose time it is, without waiting for that.
    pub(super) fn expect_checks(self: &Arc<Self>, primary: &Arc<Pool>) {
        let config = &self.config;
        for (index, member) in self.members.iter().enumerate() {
            if !member
                .health
                .is_due(config.replica_check, config.replica_retry)
            {
                continue;
            }
            let (replicas, primary) = (Arc::clone(self), Arc::clone(primary));
            let look = move || replicas.look_at(&replicas.members[index], &primary);
            if own_threads::start(THREAD, Box::new(look)).is_err() {
                member.health.not_looked_at();
            }
        }
    }

    /// Looks at every replica now.
    pub(crate) fn check_all(&self, primary: &Arc<Pool>) {
        thread::scope(|scope| {
            for member in &self.members {
                let look = || self.look_at(member, primary);
                if own_threads::start_within(scope, THREAD, Box::new(look)).is_err() {
                    self.look_at(member, primary);
                }
            }
        });
    }

    pub(super) fn is_unknown(&self) -> bool {
        let mut members = self.members.iter();
        members.all(|member| member.health.known().state == ReplicaState::Unknown)
    }

    fn look_at(&self, member: &Member, primary: &Arc<Pool>) {
        // The primary first: what it has written by then, a replica without lag has applied.
        let pause = if member.health.is_late() {
            Duration::ZERO
        } else {
            self.config.replica_check / 2
        };
        self.sample(primary, pause);
        let found = match replay_of(member) {
            Ok(replay) => self.judge(&replay),
            Err(error) => down(&error),
        };
        let is_tried = found.state == ReplicaState::Serving && member.health.is_late();
        if is_tried && self.comes_in_time(member) {
            member.health.keeps_up();
        }
        member
            .health
            .found((member.pool.engine(), &member.name), found);
    }

    /// Whether the replica comes to what its primary has just written within the time that a read waits for it. Of a primary that has
    /// written nothing new this is not known.
    fn comes_in_time(&self, member: &Member) -> bool {
        let newest = {
            let seen = self.samples.lock();
            seen.positions.back().cloned()
        };
        let wait = self.config.replica_wait;
        let Some((at, position)) = newest else {
            return false;
        };
        let Some(left) = wait.checked_sub(at.elapsed()) else {
            return false;
        };
        let limit = LOOK_LIMIT.min(member.pool.acquire_timeout());
        let link = member.pool.acquire_within(limit);
        link.and_then(|mut link| link.wait_for(&position, left))
            .unwrap_or(false)
    }

    /// Notes how far the primary has written, unless that was done so short a time ago. One that cannot be reached writes
    /// nothing.
    fn sample(&self, primary: &Arc<Pool>, pause: Duration) {
        let mut seen = self.samples.lock();
        if seen.tried_at.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        let position = written_by(primary);
        let now = Instant::now();
        seen.tried_at = Some(now);
        if let Ok(Some(position)) = position {
            seen.add(now, position);
        }
    }

    fn judge(&self, replay: &Replay) -> CheckedHealth {
        let seen = self.samples.lock();
        let lag = seen.lag(replay.position.as_ref());
        let is_too_far = lag
            .zip(self.config.max_replica_lag)
            .is_some_and(|(lag, max)| lag > max);
        let (state, error) = if replay.is_promoted {
            let why = "it takes writes: it was promoted, and is no replica of this engine any more";
            (ReplicaState::Promoted, Some(why.to_owned()))
        } else if is_too_far {
            let lag_ms = lag.unwrap_or_default().as_millis();
            (
                ReplicaState::Lagging,
                Some(format!("it is {lag_ms} ms behind its primary")),
            )
        } else {
            (ReplicaState::Serving, None)
        };
        CheckedHealth {
            state,
            position: replay.position.clone(),
            is_always_current: replay.position.is_none() && seen.positions.is_empty(),
            lag: lag.filter(|_| !replay.is_promoted),
            error,
        }
    }
}

/// How far the primary has written.
pub(crate) fn written_by(primary: &Arc<Pool>) -> Result<Option<Position>> {
    let limit = LOOK_LIMIT.min(primary.acquire_timeout());
    let mut link = primary.acquire_within(limit)?;
    link.look(LOOK_LIMIT, |physical| physical.log_position())
}

fn replay_of(member: &Member) -> Result<Replay> {
    let limit = LOOK_LIMIT.min(member.pool.acquire_timeout());
    let mut link = member.pool.acquire_within(limit)?;
    if member.health.known().state != ReplicaState::Serving {
        // A replica may not have the tables yet.
        link.ensure_tables()?;
    }
    link.look(limit, |physical| physical.applied())
}

fn down(error: &Error) -> CheckedHealth {
    CheckedHealth {
        state: ReplicaState::Down,
        position: None,
        is_always_current: false,
        lag: None,
        error: Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_the_age_of_what_is_missing() {
        let mut seen = Seen::default();
        let now = Instant::now();
        let ago = |seconds| {
            now.checked_sub(Duration::from_secs(seconds))
                .expect("the clock is older")
        };
        assert_eq!(seen.lag(Some(&Position::Lsn(1))), None);
        for (seconds, bytes) in [(30, 10), (20, 20), (15, 20), (10, 30)] {
            seen.add(ago(seconds), Position::Lsn(bytes));
        }
        let lag = |bytes| {
            seen.lag(Some(&Position::Lsn(bytes)))
                .expect("it was seen")
                .as_secs()
        };
        assert_eq!(
            (lag(9), lag(10), lag(19), lag(20), lag(30), lag(31)),
            (30, 20, 20, 10, 0, 0)
        );
        assert_eq!(seen.lag(None).expect("it was seen").as_secs(), 30);
    }

    /// However long a replica is behind, the age of the oldest that it lacks is kept.
    #[test]
    fn old_positions_are_thinned_out_and_the_oldest_stays() {
        let mut seen = Seen::default();
        let now = Instant::now();
        for second in (0..1_000).rev() {
            let at = now
                .checked_sub(Duration::from_secs(second))
                .expect("the clock is older");
            seen.add(at, Position::Lsn(1_000 - second));
        }
        assert!(seen.positions.len() <= KEPT);
        assert_eq!(
            seen.lag(Some(&Position::Lsn(0))).expect("seen").as_secs(),
            999
        );
        let late = seen.lag(Some(&Position::Lsn(990))).expect("seen").as_secs();
        assert!((5..=9).contains(&late), "{late}");
    }
}
