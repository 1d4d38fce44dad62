//! Requests to a server to cancel a statement. They are not waited for: the caller has its error already. They go over
//! connections of their own, one after the other, in a thread that is there only while there are any.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::own_threads;

/// How long one may take, connecting and encrypting included.
const LIMIT: Duration = Duration::from_secs(1);
/// How many may wait; requests beyond that are dropped.
const WAITING: usize = 64;

/// Is given its time, and says whether the server was reached within it.
type Request = Box<dyn FnOnce(Duration) -> bool + Send>;

/// Sends the requests of the connections of one pool.
#[derive(Clone, Default)]
pub(crate) struct Canceller(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Request>,
    /// The thread is there.
    is_working: bool,
}

impl Canceller {
    /// Has a request sent soon. Where there can be no thread it is not sent: the server has limits of its own.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "a file has no server")
    )]
    pub(super) fn ask(&self, request: impl FnOnce(Duration) -> bool + Send + 'static) {
        let mut state = self.0.lock();
        if state.waiting.len() == WAITING {
            return;
        }
        state.waiting.push_back(Box::new(request));
        if state.is_working {
            return;
        }
        let shared = Arc::clone(&self.0);
        match own_threads::start("bindery-cancel", Box::new(move || shared.work())) {
            Ok(()) => state.is_working = true,
            Err(_) => state.waiting.clear(),
        }
    }

    /// Waits until the thread is gone, but no longer than this.
    pub(crate) fn wait_until_idle(&self, limit: Duration) {
        let state = self.0.lock();
        let is_working = |state: &mut State| state.is_working;
        drop(self.0.idle.wait_timeout_while(state, limit, is_working));
    }
}

impl Shared {
    fn work(&self) {
        while let Some(request) = self.next() {
            // The others are for the same server.
            if !request(LIMIT) {
                self.lock().waiting.clear();
            }
        }
    }

    fn next(&self) -> Option<Request> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.is_working = false;
            self.idle.notify_all();
        }
        next
    }

    /// No request runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn requests_go_one_after_the_other_and_nobody_is_left() {
        let canceller = Canceller::default();
        let (done, is_done) = mpsc::channel();
        for round in 0..3 {
            for number in 0..5 {
                let done = done.clone();
                canceller.ask(move |limit| {
                    assert_eq!(limit, LIMIT);
                    done.send(number).is_ok()
                });
            }
            canceller.wait_until_idle(PATIENCE);
            assert!(!canceller.0.lock().is_working, "round {round}");
            assert!(is_done.try_iter().eq(0..5));
        }
    }

    #[test]
    fn a_server_that_is_not_reached_is_asked_once() {
        let canceller = Canceller::default();
        let (go, may_go) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel();
        let first = done.clone();
        canceller.ask(move |_| {
            may_go.recv().expect("the signal to go");
            first.send("first").expect("the test listens");
            false
        });
        for _ in 0..2 * WAITING {
            let done = done.clone();
            canceller.ask(move |_| done.send("another").is_ok());
        }
        assert!(canceller.0.lock().waiting.len() <= WAITING);
        go.send(()).expect("it waits");
        canceller.wait_until_idle(PATIENCE);
        assert!(is_done.try_iter().eq(["first"]));
    }
}
