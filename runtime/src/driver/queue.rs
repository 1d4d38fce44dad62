//! Threads that wait for something, served in the order in which they came.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cut::Cut;

/// The waiters, first in, first out; kept under the lock of what they wait for.
pub(crate) struct Queue<T>(VecDeque<Arc<Waiter<T>>>);

/// One thread's place in a queue.
pub(crate) struct Waiter<T> {
    state: Mutex<Waiting<T>>,
    changed: Condvar,
}

struct Waiting<T> {
    given: Option<T>,
    /// Another thread has ended the wait.
    is_cut: bool,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Queue<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the last place.
    pub(crate) fn join(&mut self) -> Arc<Waiter<T>> {
        let place = Self::place();
        self.0.push_back(Arc::clone(&place));
        place
    }

    /// Takes the first place, for a thread that had its turn and got nothing.
    pub(crate) fn join_first(&mut self) -> Arc<Waiter<T>> {
        let place = Self::place();
        self.0.push_front(Arc::clone(&place));
        place
    }

    fn place() -> Arc<Waiter<T>> {
        Arc::new(Waiter {
            state: Mutex::new(Waiting {
                given: None,
                is_cut: false,
            }),
            changed: Condvar::new(),
        })
    }

    /// Gives to the thread that has waited longest; gives back where none waits.
    pub(crate) fn give(&mut self, thing: T) -> Result<(), T> {
        let Some(first) = self.pop() else {
            return Err(thing);
        };
        first.fill(thing);
        Ok(())
    }

    /// Takes out the thread that has waited longest, for something to be [given](Waiter::fill) to it.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Arc<Waiter<T>>> {
        self.0.pop_front()
    }

    /// Gives to this one, wherever it stands; not where it was given something before or has left.
    #[cfg(feature = "sqlite")]
    pub(crate) fn give_to(&mut self, place: &Arc<Waiter<T>>, thing: T) {
        let standing = self.0.len();
        self.0.retain(|other| !Arc::ptr_eq(other, place));
        if self.0.len() < standing {
            place.fill(thing);
        }
    }

    /// Leaves the queue. What was given to the place before comes back: nothing is lost between waking and leaving.
    pub(crate) fn leave(&mut self, place: &Arc<Waiter<T>>) -> Option<T> {
        self.0.retain(|other| !Arc::ptr_eq(other, place));
        place.taken()
    }
}

impl<T> Waiter<T> {
    /// Waits for this long, or until it is cut off.
    pub(crate) fn wait(&self, limit: Duration) -> Option<T> {
        let started = Instant::now();
        let mut state = self.lock();
        loop {
            if let Some(thing) = state.given.take() {
                return Some(thing);
            }
            let left = limit.checked_sub(started.elapsed());
            let left = left.filter(|_| !state.is_cut)?;
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(crate) fn fill(&self, thing: T) {
        self.lock().given = Some(thing);
        self.changed.notify_one();
    }

    fn taken(&self) -> Option<T> {
        self.lock().given.take()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its place in the queue is left by the thread that waits there.
impl<T: Send> Cut for Waiter<T> {
    fn cut(&self) {
        self.lock().is_cut = true;
        self.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_first_is_served_first_and_nothing_given_is_lost() {
        let mut queue = Queue::default();
        let (first, second, third) = (queue.join(), queue.join(), queue.join());
        assert_eq!(queue.give(1), Ok(()));
        assert_eq!(queue.leave(&second), None);
        assert_eq!(queue.give(2), Ok(()));
        assert_eq!(queue.give(3), Err(3));
        assert_eq!(first.wait(Duration::ZERO), Some(1));
        assert_eq!(queue.leave(&third), Some(2));
        assert_eq!(third.wait(Duration::ZERO), None);
    }

    #[test]
    fn a_wait_that_is_cut_off_ends_and_what_was_given_before_is_not_lost() {
        let mut queue = Queue::default();
        let (first, second) = (queue.join(), queue.join());
        assert_eq!(queue.give(1), Ok(()));
        first.cut();
        second.cut();
        let limit = Duration::from_secs(60);
        assert_eq!((first.wait(limit), second.wait(limit)), (Some(1), None));
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn one_that_is_not_the_first_can_be_served() {
        let mut queue = Queue::default();
        let (first, second) = (queue.join(), queue.join());
        queue.give_to(&second, 2);
        assert_eq!(queue.len(), 1);
        assert_eq!(queue.give(1), Ok(()));
        // Too late.
        queue.give_to(&first, 3);
        assert_eq!(second.wait(Duration::ZERO), Some(2));
        assert_eq!(first.wait(Duration::ZERO), Some(1));
    }
}
