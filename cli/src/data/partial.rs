//! Files and folders that are not whole yet: an interrupted run leaves none of them.

use std::collections::BTreeSet;
use std::io::{self, Write as _, stderr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::register_conditional_default;
use signal_hook::iterator::Signals;

use super::layout::remove;

/// Those of this process.
static PARTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn parts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or folder that is not whole yet. It is removed with this, unless it was given its name.
pub(super) struct Partial {
    path: PathBuf,
}

impl Partial {
    pub(super) fn new(path: PathBuf) -> Self {
        parts().insert(path.clone());
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has `name` give it its name; an interruption waits for that.
    pub(super) fn finish<T>(&self, name: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        let mut parts = parts();
        let named = name(&self.path)?;
        parts.remove(&self.path);
        Ok(named)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let mut parts = parts();
        if parts.remove(&self.path) {
            let _ = remove(&self.path);
        }
    }
}

/// From now on SIGINT and SIGTERM remove what is not whole, and then end the process as they would. A second one ends it at once, and leaves
/// the files that are still there.
pub(crate) fn remove_when_interrupted() -> io::Result<()> {
    let is_removing = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        register_conditional_default(signal, Arc::clone(&is_removing))?;
    }
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            is_removing.store(true, Ordering::Relaxed);
            // Held to the end of the process: nothing is begun any more.
            let parts = parts();
            remove_all(&parts);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// A file may be made in a folder while that is removed.
fn remove_all(parts: &BTreeSet<PathBuf>) {
    const ATTEMPTS: usize = 5;
    for path in parts {
        let removed = (0..ATTEMPTS).any(|_| remove(path).is_ok());
        if !removed {
            let _ = writeln!(stderr(), "error: cannot remove `{}`", path.display());
        }
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

    /// A process whose removal waits for a file that never gets its name; nothing in a run of all tests.
    #[test]
    fn interrupted_child() {
        if env::var_os(CHILD).is_none() {
            return;
        }
        remove_when_interrupted().expect("signals can be waited for");
        let _held = parts();
        loop {
            signal_hook::low_level::raise(SIGINT).expect("it is our process");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Covers CLI-1.
    #[test]
    fn a_second_signal_ends_a_removal() {
        let mut child = Command::new(env::current_exe().expect("the path of the test"))
            .args(["data::partial::tests::interrupted_child", "--exact"])
            .env(CHILD, "1")
            .spawn()
            .expect("the test runs");
        let ended = child.wait().expect("it is our child");
        assert_eq!(ended.signal(), Some(SIGINT), "{ended}");
    }
}
