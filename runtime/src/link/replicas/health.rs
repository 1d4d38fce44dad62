//! The known state of one replica.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::driver::position::Position;
use crate::error::Error;

/// Whether reads go to a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReplicaState {
    /// It was not looked at yet.
    #[default]
    Unknown,
    /// Reads go there.
    Serving,
    /// It is further behind its primary than `max-replica-lag`.
    Lagging,
    /// It cannot be reached, or it failed. It is tried again after `replica-retry`.
    Down,
    /// It takes writes of its own: it was made a primary, and is a copy of this engine's no more.
    Promoted,
}

impl ReplicaState {
    /// As it is printed: `serving`, `lagging`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Serving => "serving",
            Self::Lagging => "lagging",
            Self::Down => "down",
            Self::Promoted => "promoted",
        }
    }
}

impl std::fmt::Display for ReplicaState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.word())
    }
}

/// The state of one replica, for all threads.
#[derive(Debug, Default)]
pub(crate) struct Health {
    known: Mutex<KnownHealth>,
}

/// The state that was found.
#[derive(Debug, Default, Clone)]
pub(crate) struct KnownHealth {
    pub(crate) state: ReplicaState,
    pub(crate) position: Option<Position>,
    /// It always has everything: another way to an SQLite file.
    pub(crate) is_always_current: bool,
    /// How long ago its primary wrote what is missing here.
    pub(crate) lag: Option<Duration>,
    /// Why it is not used.
    pub(crate) last_error: Option<String>,
    /// A read waited for it in vain, and it was not seen since to come to a new position in time.
    is_late: bool,
    /// When it was looked at last.
    looked_at: Option<Instant>,
    /// It is being looked at.
    is_looked_at: bool,
}

/// The result of a check.
pub(crate) struct CheckedHealth {
    pub(crate) state: ReplicaState,
    pub(crate) position: Option<Position>,
    pub(crate) is_always_current: bool,
    pub(crate) lag: Option<Duration>,
    pub(crate) error: Option<String>,
}

impl Health {
    pub(crate) fn known(&self) -> KnownHealth {
        self.lock().clone()
    }

    /// Whether a read may go there that has to see everything up to this position.
    pub(super) fn may_serve(&self, position: Option<&Position>) -> bool {
        let known = self.lock();
        let has = |position| {
            let own = known.position.as_ref();
            known.is_always_current || own.is_some_and(|own| own.reaches(position))
        };
        known.state == ReplicaState::Serving && position.is_none_or(has)
    }

    /// Whether it may come to the position of a token within this time, by all that is known.
    pub(super) fn is_near(&self, wait: Duration) -> bool {
        let known = self.lock();
        !known.is_late && known.lag.is_none_or(|lag| lag < wait)
    }

    /// A read waited for it in vain: the next ones do not, until it is seen to keep up.
    pub(super) fn was_late(&self) {
        self.lock().is_late = true;
    }

    pub(super) fn is_late(&self) -> bool {
        self.lock().is_late
    }

    /// It came to a new position of its primary within the time that a read waits.
    pub(super) fn keeps_up(&self) {
        self.lock().is_late = false;
    }

    /// Whether it is time to look at it again, which the caller has to do then.
    pub(super) fn is_due(&self, check: Duration, retry: Duration) -> bool {
        let mut known = self.lock();
        let pause = match known.state {
            ReplicaState::Unknown => Duration::ZERO,
            ReplicaState::Serving | ReplicaState::Lagging => check,
            ReplicaState::Down | ReplicaState::Promoted => retry,
        };
        let is_due = known.looked_at.is_none_or(|at| at.elapsed() >= pause);
        if known.is_looked_at || !is_due {
            return false;
        }
        known.is_looked_at = true;
        true
    }

    /// The look after `is_due` does not take place.
    pub(super) fn not_looked_at(&self) {
        self.lock().is_looked_at = false;
    }

    /// Notes what a look has found.
    pub(super) fn found(&self, place: (&'static str, &str), found: CheckedHealth) {
        let mut known = self.lock();
        let before = known.state;
        known.is_looked_at = false;
        known.looked_at = Some(Instant::now());
        known.state = found.state;
        known.is_always_current = found.is_always_current;
        known.lag = found.lag;
        if found.position.is_some() {
            known.position = found.position;
        }
        known.last_error = found.error;
        tell(place, before, &known);
    }

    /// A call on it failed in a way that is the replica's fault.
    pub(super) fn failed(&self, place: (&'static str, &str), error: &Error) {
        let mut known = self.lock();
        let before = known.state;
        known.state = ReplicaState::Down;
        known.looked_at = Some(Instant::now());
        known.last_error = Some(error.to_string());
        tell(place, before, &known);
    }

    /// It was seen to have come to this position.
    pub(super) fn has_come_to(&self, position: Position) {
        let mut known = self.lock();
        if known
            .position
            .as_ref()
            .is_none_or(|own| !own.reaches(&position))
        {
            known.position = Some(position);
        }
    }

    /// Nothing panics under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, KnownHealth> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs that a replica is used again, or no more.
fn tell((engine, replica): (&'static str, &str), before: ReplicaState, known: &KnownHealth) {
    let state = known.state;
    if before == state {
        return;
    }
    match state {
        ReplicaState::Lagging | ReplicaState::Down | ReplicaState::Promoted => {
            let error = known.last_error.as_deref().unwrap_or_default();
            tracing::warn!(engine, replica, %state, error, "reads do not go to this replica");
        }
        ReplicaState::Serving if before != ReplicaState::Unknown => {
            tracing::info!(engine, replica, "reads go to this replica again");
        }
        ReplicaState::Serving | ReplicaState::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_was_waited_for_in_vain_is_not_until_it_keeps_up() {
        let health = Health::default();
        let wait = Duration::from_millis(500);
        assert!(health.is_near(wait), "nothing is known yet");
        health.was_late();
        assert!(!health.is_near(wait));
        let found = |lag| CheckedHealth {
            state: ReplicaState::Serving,
            position: None,
            is_always_current: false,
            lag: Some(lag),
            error: None,
        };
        health.found(("b", "b1"), found(Duration::ZERO));
        assert!(!health.is_near(wait), "a check that saw nothing new");
        health.keeps_up();
        assert!(health.is_near(wait));
        health.found(("b", "b1"), found(wait));
        assert!(!health.is_near(wait), "its lag is known");
    }
}
