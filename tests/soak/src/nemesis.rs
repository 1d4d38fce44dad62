//! Carries out the plan of faults, one at a time on each engine, and heals each.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use bindery_testkit::{Direction, Fault, Shutdown};

use crate::Failure;
use crate::arena::{Arena, Backend};
use crate::plan::{Act, Home, Strike, strikes};

/// How often each fault struck, by its word and its engine's name.
pub(crate) type Struck = BTreeMap<(&'static str, &'static str), u64>;

/// How often it is looked whether the run is over.
const LOOK: Duration = Duration::from_millis(50);
/// For the server to act on a COMMIT whose answer is lost.
const COMMIT_TIME: Duration = Duration::from_millis(5);

/// Strikes each engine until the run is over, and leaves everything healed.
pub(crate) fn haunt(arena: &mut Arena, seed: u64, over: &AtomicBool) -> Result<Struck, Failure> {
    let file = arena.file();
    let (pg, maria) = (&mut arena.pg, &mut arena.maria);
    let outcomes = thread::scope(|scope| {
        let threads = [
            scope.spawn(|| haunt_one(seed, Home::Lite, over, |strike| lock(&file, strike, over))),
            scope.spawn(|| haunt_one(seed, Home::Pg, over, |strike| hit(pg, strike, over))),
            scope.spawn(|| haunt_one(seed, Home::Maria, over, |strike| hit(maria, strike, over))),
        ];
        threads.map(|thread| thread.join())
    });
    let mut struck = Struck::new();
    for outcome in outcomes {
        struck.extend(outcome.map_err(|_| "a nemesis panicked")??);
    }
    Ok(struck)
}

/// A nemesis that fails ends the run: what follows would be no soak.
fn haunt_one(
    seed: u64,
    home: Home,
    over: &AtomicBool,
    mut carry_out: impl FnMut(&Strike) -> Result<(), Failure>,
) -> Result<Struck, Failure> {
    let mut struck = Struck::new();
    for strike in strikes(seed, home) {
        if rest(strike.pause, over) {
            break;
        }
        *struck.entry((strike.act.word(), home.name())).or_default() += 1;
        if let Err(error) = carry_out(&strike) {
            over.store(true, Ordering::Relaxed);
            return Err(format!("`{}`: {strike}: {error}", home.name()).into());
        }
    }
    Ok(struck)
}

/// Waits; true where the run is over.
pub(crate) fn rest(time: Duration, over: &AtomicBool) -> bool {
    let until = Instant::now() + time;
    while !over.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        sleep(left.min(LOOK));
    }
    true
}

fn hit(backend: &mut Backend, strike: &Strike, over: &AtomicBool) -> Result<(), Failure> {
    match strike.act {
        Act::EndSessions => {
            backend.end_sessions()?;
            rest(strike.lasting, over);
        }
        Act::Restart => restart(backend, Shutdown::Orderly, strike, over)?,
        Act::Crash => restart(backend, Shutdown::Crash, strike, over)?,
        act => {
            let (Some(fault), Some(proxy)) = (fault(act), &backend.proxy) else {
                return Err("this fault needs a proxy".into());
            };
            proxy.set(fault);
            rest(strike.lasting, over);
            proxy.heal();
        }
    }
    Ok(())
}

fn restart(
    backend: &mut Backend,
    how: Shutdown,
    strike: &Strike,
    over: &AtomicBool,
) -> Result<(), Failure> {
    backend.server.go_down(how);
    rest(strike.lasting, over);
    backend.server.come_back()?;
    Ok(())
}

/// Returns the fault of the proxy; the other faults are not its own.
fn fault(act: Act) -> Option<Fault> {
    let commit = || b"COMMIT".to_vec();
    Some(match act {
        Act::Stall => Fault::Stall,
        Act::Cut => Fault::Cut,
        Act::CutRequest(bytes) => Fault::CutAfter {
            direction: Direction::ToServer,
            bytes,
        },
        Act::CutAnswer(bytes) => Fault::CutAfter {
            direction: Direction::ToClient,
            bytes,
        },
        Act::LoseCommit => Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern: commit(),
        },
        Act::LoseAnswer => Fault::CutAfterPattern {
            direction: Direction::ToServer,
            pattern: commit(),
            wait: COMMIT_TIME,
        },
        Act::Delay => Fault::Delay(Duration::from_millis(5)),
        Act::Throttle => Fault::Throttle {
            bytes: 16,
            pause: Duration::from_millis(1),
        },
        Act::EndSessions | Act::Restart | Act::Crash | Act::Lock => return None,
    })
}

/// Another connection, as another process has it, takes the write lock of the file.
fn lock(file: &Path, strike: &Strike, over: &AtomicBool) -> Result<(), Failure> {
    let other = rusqlite::Connection::open(file)?;
    other.busy_timeout(Duration::from_secs(30))?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    rest(strike.lasting, over);
    other.execute_batch("ROLLBACK")?;
    Ok(())
}
