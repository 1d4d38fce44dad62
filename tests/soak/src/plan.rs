//! The plan of a seed: which faults strike when, and how each worker's own random numbers begin.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

/// The engines of the soak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// A SQLite file.
    Lite,
    /// PostgreSQL behind a proxy.
    Pg,
    /// MariaDB or MySQL behind a proxy.
    Maria,
}

impl Home {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Lite, Self::Pg, Self::Maria];

    /// The engine's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lite => "lite",
            Self::Pg => "pg",
            Self::Maria => "maria",
        }
    }
}

/// One fault: it comes, stays and goes.
#[derive(Debug, Clone)]
pub(crate) struct Strike {
    /// After the one before.
    pub(crate) pause: Duration,
    pub(crate) act: Act,
    /// Until it is healed.
    pub(crate) lasting: Duration,
}

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// The network is silent.
    Stall,
    /// Connections are reset.
    Cut,
    /// Each connection is reset after this number of bytes to the server.
    CutRequest(u64),
    /// Each connection is reset after this number of bytes from the server.
    CutAnswer(u64),
    /// A COMMIT is lost on its way.
    LoseCommit,
    /// A COMMIT arrives and its answer is lost.
    LoseAnswer,
    /// Every piece comes late.
    Delay,
    /// Bytes come one by one.
    Throttle,
    /// The server ends all sessions.
    EndSessions,
    /// The server is shut down in order and comes back.
    Restart,
    /// The server is killed and comes back.
    Crash,
    /// Somebody else holds the write lock of the file.
    Lock,
}

impl Act {
    /// The word for it in the summary.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stall => "silence",
            Self::Cut => "reset",
            Self::CutRequest(_) => "request cut off",
            Self::CutAnswer(_) => "answer cut off",
            Self::LoseCommit => "COMMIT lost",
            Self::LoseAnswer => "answer to COMMIT lost",
            Self::Delay => "delay",
            Self::Throttle => "drip",
            Self::EndSessions => "sessions ended",
            Self::Restart => "restart",
            Self::Crash => "crash",
            Self::Lock => "file locked",
        }
    }
}

impl fmt::Display for Strike {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "after {} ms: {:?} for {} ms",
            self.pause.as_millis(),
            self.act,
            self.lasting.as_millis()
        )
    }
}

/// The faults that strike one engine one after the other, without an end.
pub(crate) fn strikes(seed: u64, home: Home) -> impl Iterator<Item = Strike> {
    let mut random = stream(seed, 1 << 32 | home as u64);
    std::iter::from_fn(move || Some(strike(home, &mut random)))
}

/// A worker's own random numbers.
pub(crate) fn of_worker(seed: u64, worker: u32) -> fastrand::Rng {
    stream(seed, u64::from(worker))
}

/// Random numbers of their own for each number; the generator mixes what it begins with.
fn stream(seed: u64, number: u64) -> fastrand::Rng {
    fastrand::Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number)
}

fn strike(home: Home, random: &mut fastrand::Rng) -> Strike {
    let act = match home {
        Home::Lite => Act::Lock,
        Home::Pg | Home::Maria => server_act(random),
    };
    let lasting = match act {
        Act::Stall | Act::Throttle | Act::Lock => 300..2_000,
        Act::Restart | Act::Crash => 100..800,
        Act::Delay => 500..3_000,
        Act::Cut
        | Act::CutRequest(_)
        | Act::CutAnswer(_)
        | Act::LoseCommit
        | Act::LoseAnswer
        | Act::EndSessions => 50..700,
    };
    Strike {
        pause: within(random, 100..1_000),
        act,
        lasting: within(random, lasting),
    }
}

/// Restarts are dear, so they are rarer than the rest.
fn server_act(random: &mut fastrand::Rng) -> Act {
    match random.u8(..24) {
        0..4 => Act::Stall,
        4..7 => Act::Cut,
        7..10 => Act::CutRequest(random.u64(..20_000)),
        10..13 => Act::CutAnswer(random.u64(..20_000)),
        13..16 => Act::LoseCommit,
        16..19 => Act::LoseAnswer,
        19 => Act::Delay,
        20 => Act::Throttle,
        21 => Act::EndSessions,
        22 => Act::Restart,
        _ => Act::Crash,
    }
}

fn within(random: &mut fastrand::Rng, milliseconds: Range<u64>) -> Duration {
    Duration::from_millis(random.u64(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_the_same_every_time() {
        let plan = |seed| -> Vec<String> {
            strikes(seed, Home::Pg)
                .take(50)
                .map(|strike| strike.to_string())
                .collect()
        };
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        let draw = |worker| of_worker(7, worker).u64(..);
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
