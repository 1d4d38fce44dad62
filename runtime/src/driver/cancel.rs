//! Requests to a server to cancel a statement. They are not waited for: the caller has its error already. They go over
//! connections of their own, one after the other, in a thread that is there only while there are any.
//!
//! One that arrives before the server has begun with the statement is ignored, and the statement would run on: each is repeated
//! until the session has ended, and a few times where that cannot be seen.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::own_threads;

/// How long one may take, connecting and encrypting included.
const LIMIT: Duration = Duration::from_secs(1);
/// How many may wait; requests beyond that are dropped.
const WAITING: usize = 64;
/// The pauses after which one is repeated.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(20),
    Duration::from_millis(150),
    Duration::from_millis(600),
];

/// The outcome of a request.
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "a file has no server")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The server was not reached within the time.
    NotReached,
    /// The server has it; whether the statement had begun is not known.
    Sent,
    /// The session has ended, and there is nothing to cancel.
    Ended,
}

/// Is given its time.
type Request = Box<dyn FnMut(Duration) -> Asked + Send>;

/// Sends the requests of the connections of one pool.
#[derive(Clone, Default)]
pub(crate) struct Canceller(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<CancellerState>,
    changed: Condvar,
}

#[derive(Default)]
struct CancellerState {
    waiting: Vec<Waiting>,
    /// The thread is there.
    is_working: bool,
}

struct Waiting {
    request: Request,
    due: Instant,
    /// How many times it was made.
    made: usize,
}

impl Canceller {
    /// Has a request sent soon. Where there can be no thread it is not sent: the server has limits of its own.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        allow(dead_code, reason = "a file has no server")
    )]
    pub(super) fn ask(&self, request: impl FnMut(Duration) -> Asked + Send + 'static) {
        let mut state = self.0.lock();
        if state.waiting.len() == WAITING {
            let Some(repeated) = state.waiting.iter().position(|it| it.made > 0) else {
                return;
            };
            state.waiting.remove(repeated);
        }
        state.waiting.push(Waiting {
            request: Box::new(request),
            due: Instant::now(),
            made: 0,
        });
        if state.is_working {
            self.0.changed.notify_all();
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
        let is_working = |state: &mut CancellerState| state.is_working;
        drop(self.0.changed.wait_timeout_while(state, limit, is_working));
    }
}

impl Shared {
    fn work(&self) {
        while let Some(mut one) = self.next() {
            let asked = (one.request)(LIMIT);
            let mut state = self.lock();
            match asked {
                Asked::Ended => (),
                Asked::Sent => state.waiting.extend(one.later()),
                // The others are for the same server.
                Asked::NotReached => {
                    let all = std::mem::take(&mut state.waiting).into_iter();
                    state.waiting = all.chain([one]).filter_map(Waiting::later).collect();
                }
            }
        }
    }

    /// Waits for the time of the next one.
    fn next(&self) -> Option<Waiting> {
        let mut state = self.lock();
        loop {
            let due = state.waiting.iter().enumerate();
            let Some((first, due)) = due.map(|(n, it)| (n, it.due)).min_by_key(|it| it.1) else {
                state.is_working = false;
                self.changed.notify_all();
                return None;
            };
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Some(state.waiting.remove(first));
            }
            let woken = self.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// No request runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, CancellerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The same to be made again, unless that was often enough.
    fn later(mut self) -> Option<Self> {
        self.due = Instant::now() + *PAUSES.get(self.made)?;
        self.made += 1;
        Some(self)
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
                    done.send(number).expect("the test listens");
                    Asked::Ended
                });
            }
            canceller.wait_until_idle(PATIENCE);
            assert!(!canceller.0.lock().is_working, "round {round}");
            assert!(is_done.try_iter().eq(0..5));
        }
    }

    #[test]
    fn one_is_repeated_until_the_session_has_ended_or_often_enough() {
        let made = |ended_at: usize| {
            let canceller = Canceller::default();
            let (done, is_done) = mpsc::channel();
            let mut made = 0;
            canceller.ask(move |_| {
                done.send(()).expect("the test listens");
                made += 1;
                if made == ended_at {
                    Asked::Ended
                } else {
                    Asked::Sent
                }
            });
            canceller.wait_until_idle(PATIENCE);
            is_done.iter().count()
        };
        assert_eq!((made(1), made(2), made(9)), (1, 2, 1 + PAUSES.len()));
    }

    #[test]
    fn a_new_one_does_not_wait_for_those_that_are_repeated() {
        let canceller = Canceller::default();
        let (done, is_done) = mpsc::channel();
        let to_be_repeated = || Waiting {
            request: Box::new(|_| Asked::Sent),
            due: Instant::now() + PATIENCE * 60,
            made: 1,
        };
        let waiting = (0..WAITING).map(|_| to_be_repeated()).collect();
        canceller.0.lock().waiting = waiting;
        for number in 0..2 * WAITING {
            let done = done.clone();
            canceller.ask(move |_| {
                done.send(number).expect("the test listens");
                Asked::Ended
            });
            assert_eq!(is_done.recv(), Ok(number));
        }
        canceller.0.lock().waiting.clear();
        canceller.0.changed.notify_all();
        canceller.wait_until_idle(PATIENCE);
        assert!(!canceller.0.lock().is_working);
    }

    #[test]
    fn a_server_that_is_not_reached_is_asked_a_few_times_for_all() {
        let canceller = Canceller::default();
        let (go, may_go) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel();
        let first = done.clone();
        canceller.ask(move |_| {
            // The later times find that it was sent or that the test has gone on.
            let _ = may_go.recv();
            first.send(()).expect("the test listens");
            Asked::NotReached
        });
        for _ in 0..2 * WAITING {
            let done = done.clone();
            canceller.ask(move |_| {
                done.send(()).expect("the test listens");
                Asked::NotReached
            });
        }
        assert!(canceller.0.lock().waiting.len() <= WAITING);
        drop(go);
        canceller.wait_until_idle(PATIENCE);
        assert_eq!(is_done.try_iter().count(), 1 + PAUSES.len());
    }
}
