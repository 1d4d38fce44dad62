//! Where the reads of an engine go: to its replicas one after the other, as long as they are not too far behind, and
//! else to its primary. What is known of one replica is `health`'s, how that is found out is `check`'s, and what one unit
//! of work has written is `unit`'s.

mod check;
mod health;
mod source;
mod unit;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bindery_core::config::{ReadsConfig, ReadsFrom};

use self::check::Samples;
pub(crate) use self::check::written_by;
pub(crate) use self::health::Health;
pub use self::health::ReplicaState;
pub(crate) use self::source::PoolSource;
pub(crate) use self::unit::{EngineUnit, Need};
use super::Link;
use super::pool::Pool;
use crate::driver::position::Position;
use crate::error::{Error, ErrorKind, Operation, Result};

/// How long a read waits for a connection of one replica before it goes to the next: the primary is there, too.
const PATIENCE: Duration = Duration::from_secs(1);

/// The replicas of one engine.
pub(crate) struct Replicas {
    pub(crate) config: ReadsConfig,
    /// In the order they were configured.
    pub(crate) members: Vec<Member>,
    /// The member whose turn it is, and rounds before.
    next: AtomicUsize,
    samples: Samples,
}

/// One replica: its pool, and what is known of its state.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) pool: Arc<Pool>,
    pub(crate) health: Health,
}

impl Member {
    pub(crate) fn new(name: String, pool: Arc<Pool>) -> Self {
        Self {
            name,
            pool,
            health: Health::default(),
        }
    }
}

impl Replicas {
    pub(crate) fn new(config: ReadsConfig, members: Vec<Member>) -> Arc<Self> {
        Arc::new(Self {
            config,
            members,
            next: AtomicUsize::new(0),
            samples: Samples::default(),
        })
    }

    /// A connection for a read: of a replica that has what the unit of work needs, or of the primary. Nothing is waited for after
    /// `until`.
    pub(crate) fn reader(
        self: &Arc<Self>,
        primary: &Arc<Pool>,
        unit: Option<&EngineUnit>,
        until: Option<Instant>,
    ) -> Result<Link> {
        let from = unit.and_then(EngineUnit::reads_from);
        let of_primary = || primary.acquire_within(at_most(primary.acquire_timeout(), until));
        let fall_back = match from.unwrap_or(self.config.reads) {
            ReadsFrom::Primary => return of_primary(),
            ReadsFrom::Replicas => true,
            ReadsFrom::ReplicasOnly => false,
        };
        let need = unit.map_or(Need::Nothing, EngineUnit::need);
        let position = match &need {
            Need::Nothing => None,
            Need::After(position) => Some(position),
            Need::Primary => return of_primary(),
        };
        self.expect_checks(primary);
        if !fall_back && self.is_unknown() {
            self.check_all(primary);
        }
        if let Some(link) = self.current(position, until)? {
            return Ok(link);
        }
        if let Some(position) = position
            && let Some(link) = self.waited_for(position, fall_back, unit, until)?
        {
            return Ok(link);
        }
        if fall_back {
            of_primary()
        } else {
            Err(no_replica(primary))
        }
    }

    /// A connection of the next replica that has everything up to this position.
    fn current(&self, position: Option<&Position>, until: Option<Instant>) -> Result<Option<Link>> {
        for member in self.in_turn() {
            if member.health.may_serve(position)
                && let Some(link) = member.acquire(primary_is_closed, until)?
            {
                return Ok(Some(link));
            }
        }
        Ok(None)
    }

    /// A connection of a replica that has come to this position within the time for that. Where none has, the unit of
    /// work waits no second time. Where there is the primary (`fall_back`), a replica that is known to take longer is not
    /// waited for.
    fn waited_for(
        &self,
        position: &Position,
        fall_back: bool,
        unit: Option<&EngineUnit>,
        until: Option<Instant>,
    ) -> Result<Option<Link>> {
        let wait = at_most(self.config.replica_wait, until);
        for member in self.in_turn() {
            let health = &member.health;
            if !health.may_serve(None) || (fall_back && !health.is_near(self.config.replica_wait)) {
                continue;
            }
            let Some(mut link) = member.acquire(primary_is_closed, until)? else {
                continue;
            };
            match link.wait_for(position, wait) {
                Ok(true) => {
                    health.has_come_to(position.clone());
                    return Ok(Some(link));
                }
                Ok(false) => {
                    // A caller whose own time is shorter has learnt nothing of the replica.
                    if wait == self.config.replica_wait {
                        health.was_late();
                    }
                    break;
                }
                Err(error) => member.failed(&error),
            }
        }
        if let Some(unit) = unit {
            unit.stay_on_primary();
        }
        Ok(None)
    }

    /// Every replica once, beginning with the one whose turn it is.
    fn in_turn(&self) -> impl Iterator<Item = &Member> {
        let count = self.members.len();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        (0..count).map(move |step| &self.members[first.wrapping_add(step) % count])
    }

    /// A read failed on a connection of one of these.
    #[cold]
    pub(crate) fn note_failure(&self, pool: &Pool, error: &Error) {
        let found = self
            .members
            .iter()
            .find(|member| std::ptr::eq(&*member.pool, pool));
        if let Some(member) = found {
            member.failed(error);
        }
    }
}

impl Member {
    /// A connection of it, or the error of a program that closes its databases; `None` where it has none to give.
    fn acquire(
        &self,
        ends: fn(&ErrorKind) -> bool,
        until: Option<Instant>,
    ) -> Result<Option<Link>> {
        let limit = at_most(PATIENCE.min(self.pool.acquire_timeout()), until);
        let error = match self.pool.acquire_within(limit) {
            Ok(mut link) => {
                if link.is_quiet() {
                    return Ok(Some(link));
                }
                // The server has ended the session, as one does that goes down.
                link.discard();
                Error::new(ErrorKind::ConnectionLost).during(Operation::Acquire)
            }
            Err(error) if ends(error.kind()) => return Err(error),
            Err(error) => error,
        };
        self.failed(&error);
        Ok(None)
    }

    #[cold]
    fn failed(&self, error: &Error) {
        // One whose connections are all in use is at work.
        if !matches!(error.kind(), ErrorKind::PoolExhausted { .. }) {
            self.health.failed((self.pool.engine(), &self.name), error);
        }
    }
}

/// The limit, or what is left until then.
fn at_most(limit: Duration, until: Option<Instant>) -> Duration {
    until.map_or(limit, |until| {
        limit.min(until.saturating_duration_since(Instant::now()))
    })
}

fn primary_is_closed(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Closed | ErrorKind::Forked)
}

#[cold]
fn no_replica(primary: &Pool) -> Error {
    let error = Error::new(ErrorKind::Unavailable).during(Operation::Acquire);
    error
        .on_engine(primary.engine())
        .at_place("its replicas, none of which can be read from")
}
