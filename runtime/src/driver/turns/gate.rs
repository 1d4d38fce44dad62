//! A connection's own way to the turns of its SQLite file.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Answer, NoTurn, Turn, Turns};
use crate::driver::queue::Waiter;

/// One connection's way to a file's turns, which another thread may close: others wait for the same turns.
pub(crate) struct Gate {
    turns: Arc<Turns>,
    way: Mutex<Way>,
}

enum Way {
    /// The place that a thread waits at, or waited at last.
    Open(Option<Arc<Waiter<Answer>>>),
    Closed,
}

impl Gate {
    pub(crate) fn new(turns: Arc<Turns>) -> Self {
        let way = Mutex::new(Way::Open(None));
        Self { turns, way }
    }

    /// Takes the turn, where no thread has it, until [`pass_on`](Self::pass_on) or [`turn`](Self::turn).
    #[inline]
    pub(crate) fn take_now(&self) -> bool {
        self.turns.lock().take()
    }

    /// Waits for the turn for this long, or until the gate is closed, and takes it likewise.
    pub(crate) fn take(&self, limit: Duration) -> Result<(), NoTurn> {
        let turn = self.turns.take_at(limit, |place| match &mut *self.way() {
            Way::Open(waiting) => {
                *waiting = Some(Arc::clone(place));
                true
            }
            Way::Closed => false,
        });
        turn.map(|mut turn| drop(turn.0.take()))
    }

    /// Gives the turn that was taken to the next.
    pub(crate) fn pass_on(&self) {
        self.turns.pass_on();
    }

    /// The turn that was taken, to be dropped elsewhere.
    pub(crate) fn turn(&self) -> Turn {
        Turn::of(&self.turns)
    }

    /// Turns away the thread that waits here, and those that would wait here later.
    pub(crate) fn close(&self) {
        // Not under both locks: a waiter takes them the other way round.
        let way = std::mem::replace(&mut *self.way(), Way::Closed);
        if let Way::Open(Some(place)) = way {
            self.turns.lock().waiting.give_to(&place, Answer::Ended);
        }
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_closed_to_one_and_the_others_get_their_turn() {
        let turns = Arc::new(Turns::default());
        let held = turns.take(Duration::ZERO).ok().unwrap();
        let [closed, open] = [(); 2].map(|()| Gate::new(Arc::clone(&turns)));
        let limit = Duration::from_secs(60);
        std::thread::scope(|scope| {
            let sent_away = scope.spawn(|| closed.take(limit));
            let served = scope.spawn(|| open.take(limit).map(|()| open.pass_on()));
            while turns.waiting() < 2 {
                std::thread::yield_now();
            }
            closed.close();
            // Before the turn is free.
            assert!(matches!(sent_away.join().unwrap(), Err(NoTurn::Ended)));
            assert!(matches!(closed.take(limit), Err(NoTurn::Ended)));
            assert_eq!(turns.waiting(), 1);
            drop(held);
            assert!(served.join().unwrap().is_ok());
        });
        assert!(turns.take_now().is_some());
    }
}
