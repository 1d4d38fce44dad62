//! A right that one thread has at a time, given first in, first out: writing to one SQLite file.
//! Its use is up to the pool and the driver.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::driver::queue::{Queue, Waiter};
use crate::driver::{Cutter, work};
use crate::error::{Error, ErrorKind};

#[cfg(feature = "sqlite")]
mod gate;

#[cfg(feature = "sqlite")]
pub(crate) use self::gate::Gate;

/// The holder of the turn and the waiters.
#[derive(Default)]
pub(crate) struct Turns(Mutex<TurnState>);

#[derive(Default)]
struct TurnState {
    taken: bool,
    /// Nobody gets a turn any more.
    ended: bool,
    waiting: Queue<Answer>,
}

enum Answer {
    Yours,
    Ended,
}

/// The turn; the next gets it when it is dropped.
pub(crate) struct Turn(Option<Arc<Turns>>);

/// Why there was none.
pub(crate) enum NoTurn {
    InVain(InVain),
    /// Nobody gets one any more.
    Ended,
}

/// Time ran out.
#[derive(Debug)]
pub(crate) struct InVain {
    waiting: usize,
    waited_ms: u128,
}

impl fmt::Display for InVain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { waiting, waited_ms } = self;
        write!(
            out,
            "others were writing to the database file and {waiting} more wait to; waited {waited_ms} ms"
        )
    }
}

impl std::error::Error for InVain {}

impl Turns {
    /// The turn, where no thread has it.
    #[inline]
    pub(crate) fn take_now(self: &Arc<Self>) -> Option<Turn> {
        self.lock().take().then(|| Turn::of(self))
    }

    /// Gives the turn to the next.
    fn pass_on(&self) {
        let mut state = self.lock();
        if state.waiting.give(Answer::Yours).is_err() {
            state.taken = false;
        }
    }

    /// Waits for the turn for this long.
    pub(crate) fn take(self: &Arc<Self>, limit: Duration) -> Result<Turn, NoTurn> {
        self.take_at(limit, |_| true)
    }

    /// The same, with a place in the queue that may be refused.
    fn take_at(
        self: &Arc<Self>,
        limit: Duration,
        may_wait: impl FnOnce(&Arc<Waiter<Answer>>) -> bool,
    ) -> Result<Turn, NoTurn> {
        let mut state = self.lock();
        if state.ended {
            return Err(NoTurn::Ended);
        }
        if state.take() {
            return Ok(Turn::of(self));
        }
        let place = state.waiting.join();
        if !may_wait(&place) {
            state.waiting.leave(&place);
            return Err(NoTurn::Ended);
        }
        drop(state);
        let started = Instant::now();
        let held = work::hold(work::WaitKind::Place, || Cutter::new(&place));
        let given = held
            .is_ok()
            .then(|| work::pause(|| place.wait(limit)))
            .flatten();
        if let Some(answer) = given {
            return self.turn(&answer);
        }
        let mut state = self.lock();
        match state.waiting.leave(&place) {
            Some(answer) => {
                drop(state);
                self.turn(&answer)
            }
            None if work::is_abandoned() => Err(NoTurn::Ended),
            None => Err(NoTurn::InVain(InVain {
                waiting: state.waiting.len(),
                waited_ms: started.elapsed().as_millis(),
            })),
        }
    }

    fn turn(self: &Arc<Self>, answer: &Answer) -> Result<Turn, NoTurn> {
        match answer {
            Answer::Yours => Ok(Turn::of(self)),
            Answer::Ended => Err(NoTurn::Ended),
        }
    }

    /// Returns how many threads wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Turns away every waiter, and those that come later.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        while state.waiting.give(Answer::Ended).is_ok() {}
    }

    fn lock(&self) -> MutexGuard<'_, TurnState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TurnState {
    /// A waiter gets the turn from its holder, so it is never free while a thread waits.
    fn take(&mut self) -> bool {
        let free = !self.taken && !self.ended;
        self.taken |= free;
        free
    }
}

impl Turn {
    fn of(turns: &Arc<Turns>) -> Self {
        Self(Some(Arc::clone(turns)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = &self.0 {
            turns.pass_on();
        }
    }
}

/// The error that the caller gets.
impl From<NoTurn> for Error {
    #[cold]
    fn from(refusal: NoTurn) -> Self {
        match refusal {
            NoTurn::InVain(how) => Self::new(ErrorKind::Busy).with_source(how),
            NoTurn::Ended => Self::new(work::reason()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_vain(turn: Result<Turn, NoTurn>) -> bool {
        matches!(turn, Err(NoTurn::InVain(InVain { waiting: 0, .. })))
    }

    #[test]
    fn one_has_the_turn_and_the_next_gets_it() {
        let turns = Arc::new(Turns::default());
        let first = turns.take(Duration::ZERO).ok().unwrap();
        assert!(in_vain(turns.take(Duration::ZERO)));
        std::thread::scope(|scope| {
            let second = scope.spawn(|| turns.take(Duration::from_secs(60)).map(drop).is_ok());
            while turns.waiting() == 0 {
                std::thread::yield_now();
            }
            drop(first);
            assert!(second.join().unwrap());
        });
        assert!(turns.take(Duration::ZERO).is_ok());
    }

    #[test]
    fn who_waits_learns_of_the_end() {
        let turns = Arc::new(Turns::default());
        let held = turns.take(Duration::ZERO).ok().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.take(Duration::from_secs(60)).map(drop));
            while turns.waiting() == 0 {
                std::thread::yield_now();
            }
            turns.end();
            assert!(matches!(waiting.join().unwrap(), Err(NoTurn::Ended)));
        });
        drop(held);
        assert!(matches!(turns.take(Duration::ZERO), Err(NoTurn::Ended)));
    }
}
