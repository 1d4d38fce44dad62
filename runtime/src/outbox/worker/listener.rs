//! The thread that waits for notifications of new tasks, where the database sends them. It only wakes the worker, which then looks
//! for itself: a notification that is lost costs the time until the next poll.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::pace::AWAY;
use crate::driver::Cutter;
use crate::driver::notify::CHANNEL;
use crate::error::Result;
use crate::link::backoff::Backoff;
use crate::link::pool::Pool;

/// The time that connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The silence after which a connection is tried out, and the time that its answer may take.
const QUIET: Duration = Duration::from_mins(1);
const ANSWER: Duration = Duration::from_secs(5);

/// The thread; it ends when this is dropped.
pub(super) struct Listener {
    state: Arc<Listening>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Listening {
    state: Mutex<ListenerState>,
    ended: Condvar,
}

#[derive(Default)]
struct ListenerState {
    /// Of the connection that is listened on.
    cutter: Option<Cutter>,
    is_over: bool,
}

impl Listener {
    /// Starts the thread, on a connection of its own.
    pub(super) fn start(pool: Arc<Pool>, wake: impl Fn() + Send + 'static) -> Result<Self> {
        let state = Arc::<Listening>::default();
        let listening = Arc::clone(&state);
        let thread = std::thread::Builder::new().name("bindery-listen".to_owned());
        let thread = thread
            .spawn(move || listening.run(&pool, &wake))
            .map_err(super::no_thread)?;
        Ok(Self {
            state,
            thread: Some(thread),
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.state.end();
        if let Some(thread) = self.thread.take() {
            // A panic of it was printed.
            let _ = thread.join();
        }
    }
}

impl Listening {
    fn lock(&self) -> MutexGuard<'_, ListenerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        state.cutter.iter().for_each(Cutter::cut);
        self.ended.notify_all();
    }

    fn run(&self, pool: &Arc<Pool>, wake: &impl Fn()) {
        let mut pause = Backoff::new(AWAY);
        while !self.lock().is_over && !pool.is_closed() {
            let Err(error) = self.listen(pool, wake, &mut pause) else {
                return;
            };
            tracing::debug!(engine = pool.engine(), %error, "new tasks are not notified");
            pause.failed();
            self.wait_until_over(pause.at());
        }
    }

    /// Wakes the worker at each notification until the connection is lost or nothing more is to be heard.
    fn listen(&self, pool: &Arc<Pool>, wake: &impl Fn(), pause: &mut Backoff) -> Result<()> {
        let mut connection = pool.open_outside(CONNECT)?;
        if !connection.listen(CHANNEL)? || !self.keep(connection.cutter()) {
            return Ok(());
        }
        pause.end();
        // Tasks may have been committed before this session listened.
        wake();
        loop {
            match connection.await_notification(QUIET)? {
                true => wake(),
                false => connection.ping(ANSWER)?,
            }
        }
    }

    /// `false` where there is nothing to listen for any more.
    fn keep(&self, cutter: Cutter) -> bool {
        let mut state = self.lock();
        state.cutter = Some(cutter);
        !state.is_over
    }

    fn wait_until_over(&self, until: std::time::Instant) {
        let mut state = self.lock();
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            if state.is_over || left.is_zero() {
                return;
            }
            let waited = self.ended.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
