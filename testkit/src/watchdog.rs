//! An end for tests that would otherwise hang.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Ends the process, with the test's name, when it lives longer than it may. Kept by a test until its end.
///
/// ```
/// use std::time::Duration;
/// use bindery_testkit::Watchdog;
///
/// let _watchdog = Watchdog::start("a_silent_server_is_given_up", Duration::from_secs(60));
/// // … what must not hang
/// ```
#[must_use = "it watches only while it is kept"]
pub struct Watchdog {
    alive: Option<Sender<()>>,
    watching: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Begins to watch.
    pub fn start(test: &'static str, limit: Duration) -> Self {
        let (alive, dropped) = channel::<()>();
        let watching = thread::spawn(move || {
            if dropped.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                bark(test, limit);
            }
        });
        Self {
            alive: Some(alive),
            watching: Some(watching),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.alive.take());
        if let Some(watching) = self.watching.take() {
            // It has nothing to say once the sender is gone.
            let _ = watching.join();
        }
    }
}

/// A thread that hangs cannot be ended, so the process is; the stacks of its threads are for a debugger to show.
fn bark(test: &str, limit: Duration) -> ! {
    use std::io::Write;
    let text = format!(
        "{test} still runs after {} s: the process is ended\n",
        limit.as_secs()
    );
    // Past the capture of the test's output, which would be lost.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    std::process::abort()
}

/// Says that threads have to end, also where the test fails meanwhile: a scope waits for its threads, so a test that failed would hang.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use bindery_testkit::SetOnDrop;
///
/// let is_over = AtomicBool::new(false);
/// std::thread::scope(|scope| {
///     let _over = SetOnDrop(&is_over);
///     scope.spawn(|| while !is_over.load(Ordering::Relaxed) { std::thread::yield_now() });
///     // … what may fail
/// });
/// ```
#[derive(Debug)]
#[must_use = "it is set where this is dropped"]
pub struct SetOnDrop<'flag>(pub &'flag AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
