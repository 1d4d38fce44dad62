//! Threads that do something again and again until they are stopped: recovery, sagas, the intake of messages. Workers of tasks have a
//! loop of their own, which waits for what their handlers do, and the keeper of pools one that goes when nothing rests.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// Says that threads are to end.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    is_set: AtomicBool,
    sleeping: Mutex<()>,
    woken: Condvar,
}

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    pub(crate) fn set(&self) {
        let _sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_set.store(true, Ordering::Release);
        self.woken.notify_all();
    }

    /// Waits for as long, and no longer than until it is set.
    fn wait(&self, limit: Duration) {
        let sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        let is_set = |_: &mut ()| !self.is_set();
        drop(self.woken.wait_timeout_while(sleeping, limit, is_set));
    }
}

/// Threads that repeat something. They end when this is dropped, each after its turn.
#[derive(Default)]
pub(crate) struct Repeating {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
}

impl Repeating {
    /// Starts one more thread: it waits for the pause, takes a turn, which gives the next pause, and so on.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(
        &mut self,
        name: &str,
        mut pause: Duration,
        mut turn: impl FnMut(&Stop) -> Duration + Send + 'static,
    ) -> Result<()> {
        let stop = Arc::clone(&self.stop);
        let work = move || {
            stop.wait(pause);
            while !stop.is_set() {
                pause = turn(&stop);
                stop.wait(pause);
            }
        };
        let thread = Builder::new().name(name.to_owned()).spawn(work);
        let thread = thread.map_err(|error| Error::new(ErrorKind::Io).with_source(error))?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Repeating {
    fn drop(&mut self) {
        self.stop.set();
        for thread in self.threads.drain(..) {
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Repeating {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let threads = self.threads.len();
        out.debug_struct("Repeating")
            .field("threads", &threads)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn turns_are_taken_until_the_end_and_a_pause_is_not_waited_for() {
        let turns = Arc::new(AtomicU32::new(0));
        let mut threads = Repeating::default();
        for _ in 0..2 {
            let turns = Arc::clone(&turns);
            let turn = move |_: &Stop| match turns.fetch_add(1, Ordering::Relaxed) {
                ..10 => Duration::ZERO,
                _ => Duration::MAX,
            };
            threads.start("repeating", Duration::ZERO, turn).unwrap();
        }
        threads
            .start("never", Duration::MAX, |_| {
                unreachable!("its pause is not over")
            })
            .unwrap();
        while turns.load(Ordering::Relaxed) < 12 {
            std::thread::yield_now();
        }
        drop(threads);
        assert_eq!(turns.load(Ordering::Relaxed), 12);
    }
}
