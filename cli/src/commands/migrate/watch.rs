//! Shows how far a long statement of a migration is, where its server says so.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use bindery::migrate::{MigrationProgress, Migrator, StatementProgress};

use crate::progress::Progress;

/// Most migrations have ended by then, and need no second connection.
const FIRST: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_secs(1);

/// Does the work, and shows meanwhile how far its statement is that is at work: by a session of its own, which is opened when the work
/// takes long. A server that says nothing of its statements is left alone.
pub(super) fn beside<'a, T>(
    migrator: &Migrator<'_, 'a>,
    (word, engine): (&str, &str),
    shown: &Progress<'_>,
    tell: &mut dyn FnMut(MigrationProgress<'a>),
    work: impl FnOnce(&mut dyn FnMut(MigrationProgress<'a>)) -> T,
) -> T {
    if shown.is_quiet() {
        return work(tell);
    }
    let at_work = Mutex::new(AtWork::default());
    let lock = || at_work.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        // Dropped at the end of the work, also where it panics: then the receiver ends.
        let (_end, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            watch(migrator, &ended, &|seen| {
                if let Some(version) = lock().news(seen) {
                    let amount = (seen.done, seen.of);
                    shown.amount((word, version, engine), amount, seen.unit);
                }
            });
        });
        work(&mut |progress| {
            if let MigrationProgress::Statement { version, .. } = progress {
                *lock() = AtWork { version, most: 0 };
            }
            tell(progress);
        })
    })
}

/// The migration whose statement is at work.
#[derive(Default)]
struct AtWork<'m> {
    version: &'m str,
    /// The most that was seen done of the statement, where it is not known of how much.
    most: u64,
}

impl<'m> AtWork<'m> {
    /// Its version, where more is done than before. What a server counts becomes less again when the first of several copies are whole.
    fn news(&mut self, seen: StatementProgress) -> Option<&'m str> {
        if seen.of.is_none() {
            if seen.done <= self.most {
                return None;
            }
            self.most = seen.done;
        }
        Some(self.version)
    }
}

/// Until the work has ended, or the server does not answer: what it says is for show.
fn watch(migrator: &Migrator<'_, '_>, ended: &Receiver<()>, show: &dyn Fn(StatementProgress)) {
    if !matches!(ended.recv_timeout(FIRST), Err(RecvTimeoutError::Timeout)) {
        return;
    }
    let Ok(Some(mut watch)) = migrator.watch() else {
        return;
    };
    while let Ok(seen) = watch.look() {
        if let Some(seen) = seen {
            show(seen);
        }
        if !matches!(ended.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
            return;
        }
    }
}
