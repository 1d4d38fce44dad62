//! Shows the progress of a long statement of a migration, where its server reports it.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use bindery::migrate::{MigrationProgress, Migrator, StatementProgress};

use crate::progress::Progress;

/// Most migrations have ended by then, and need no second connection.
const FIRST: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_secs(1);

/// Does the work, and shows the progress of its statements meanwhile, by a session that is opened when the work takes long. Nothing is shown where
/// the server reports nothing.
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
                let version = Some(version);
                *lock() = AtWork { version, most: 0 };
            }
            tell(progress);
        })
    })
}

/// The migration whose statement this process runs.
#[derive(Default)]
struct AtWork<'m> {
    /// `None` before the first: the statement that a server reports is then that of another process, which is waited for.
    version: Option<&'m str>,
    /// The largest amount seen of the statement, where the server reports no whole.
    most: u64,
}

impl<'m> AtWork<'m> {
    /// Returns its version where more is done than before. Citus counts less again when the first of several copies has ended.
    fn news(&mut self, seen: StatementProgress) -> Option<&'m str> {
        if seen.of.is_none() {
            if seen.done <= self.most {
                return None;
            }
            self.most = seen.done;
        }
        self.version
    }
}

/// Looks until the work has ended, or the server answers with an error, which is not reported: the work does not depend on it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_another_process_is_not_shown_as_of_this_one() {
        let seen = |done, of| StatementProgress {
            done,
            of,
            unit: "rows",
        };
        let mut waiting = AtWork::default();
        assert_eq!(waiting.news(seen(5, None)), None);
        assert_eq!(waiting.news(seen(5, Some(9))), None);
        let version = Some("1");
        let mut at_work = AtWork { version, most: 0 };
        let news = [5, 3, 5, 6].map(|done| at_work.news(seen(done, None)));
        assert_eq!(news, [version, None, None, version]);
        assert_eq!(at_work.news(seen(2, Some(9))), version);
    }
}
