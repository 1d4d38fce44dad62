//! Things that a command makes and takes away again: files that are not whole yet, scratch databases. An interrupted run leaves none of them.

use std::collections::BTreeMap;
use std::io::{self, Write as _, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_default;
use signal_hook::iterator::Signals;

use crate::failure::Failure;

/// Removes a thing, or says in a sentence why not. One that is not there is removed.
type Remove = Box<dyn Fn() -> Result<(), String> + Send>;

/// Those of this process, by their numbers.
static PASSING: Mutex<BTreeMap<u64, Remove>> = Mutex::new(BTreeMap::new());
static NUMBERS: AtomicU64 = AtomicU64::new(0);

fn passing() -> MutexGuard<'static, BTreeMap<u64, Remove>> {
    PASSING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thing that does not stay. It is removed with this, unless it is kept.
pub(crate) struct Passing {
    number: u64,
}

impl Passing {
    /// A thing that is made from now on.
    pub(crate) fn new(remove: impl Fn() -> Result<(), String> + Send + 'static) -> Self {
        Self::among(&mut passing(), Box::new(remove))
    }

    /// A thing that `make` makes; an interruption waits for that.
    pub(crate) fn made<T, E>(
        remove: impl Fn() -> Result<(), String> + Send + 'static,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<(Self, T), E> {
        let mut passing = passing();
        let this = Self::among(&mut passing, Box::new(remove));
        let made = make();
        // Removing it, where it was made in part, takes the lock.
        drop(passing);
        made.map(|made| (this, made))
    }

    fn among(passing: &mut BTreeMap<u64, Remove>, remove: Remove) -> Self {
        // None is given again: one that was kept is dropped later, beside new ones of other threads.
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        passing.insert(number, remove);
        Self { number }
    }

    /// The thing stays once `work` is done; an interruption waits for that.
    pub(crate) fn keep<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let mut passing = passing();
        let done = work()?;
        passing.remove(&self.number);
        Ok(done)
    }

    /// Removes it now.
    pub(crate) fn remove(self) -> Result<(), String> {
        self.take()
    }

    fn take(&self) -> Result<(), String> {
        let mut passing = passing();
        let remove = passing.remove(&self.number);
        remove.map_or(Ok(()), |remove| remove())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let _ = self.take();
    }
}

/// From now on SIGINT and SIGTERM remove what does not stay, and then end the process as they would. A second one ends it at once, and
/// leaves what is still there.
pub(crate) fn remove_when_interrupted() -> Result<(), Failure> {
    let waiting = wait_for_signals();
    waiting.map_err(|error| Failure::new(format!("signals cannot be waited for: {error}")))
}

fn wait_for_signals() -> io::Result<()> {
    let is_removing = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        register_conditional_default(signal, Arc::clone(&is_removing))?;
    }
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            is_removing.store(true, Ordering::Relaxed);
            // Held to the end of the process: nothing is begun any more.
            let passing = passing();
            passing.values().for_each(remove_one);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// The rest of the process is at work meanwhile: it may make a file in a folder that is removed.
fn remove_one(remove: &Remove) {
    const ATTEMPTS: usize = 5;
    let mut outcome = Ok(());
    for _ in 0..ATTEMPTS {
        outcome = remove();
        if outcome.is_ok() {
            return;
        }
    }
    if let Err(why) = outcome {
        let _ = writeln!(stderr(), "error: {why}");
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::time::Duration;

    use super::*;

    const CHILD: &str = "BINDERY_TEST_SIGNALS_CHILD";

    /// A process whose removal waits for a thing that is never done; nothing in a run of all tests.
    #[test]
    fn interrupted_child() {
        if env::var_os(CHILD).is_none() {
            return;
        }
        remove_when_interrupted().expect("signals can be waited for");
        let _held = passing();
        loop {
            signal_hook::low_level::raise(SIGINT).expect("it is our process");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn one_that_was_kept_takes_no_other_along() {
        let kept = Passing::new(|| Ok(()));
        kept.keep(|| Ok(())).expect("nothing is done");
        let is_removed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_removed);
        let new = Passing::new(move || {
            seen.store(true, Ordering::Relaxed);
            Ok(())
        });
        drop(kept);
        assert!(!is_removed.load(Ordering::Relaxed));
        drop(new);
        assert!(is_removed.load(Ordering::Relaxed));
    }

    /// Covers CLI-1.
    #[test]
    fn a_second_signal_ends_a_removal() {
        let mut child = Command::new(env::current_exe().expect("the path of the test"))
            .args(["interrupted::tests::interrupted_child", "--exact"])
            .env(CHILD, "1")
            .spawn()
            .expect("the test runs");
        let ended = child.wait().expect("it is our child");
        assert_eq!(ended.signal(), Some(SIGINT), "{ended}");
    }
}
