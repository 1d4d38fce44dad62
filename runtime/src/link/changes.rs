//! Counts the changes of this process to a database, for those that keep rows of it in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The target of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// To this table, as statements write its name.
    Table(&'static str),
    /// By SQL of the program's own, which may write to any.
    Anything,
}

/// Counts the writes to a database, by tables. A write in a transaction counts once that has ended.
pub(crate) struct Changes {
    /// Tells databases apart, also of engines of one name.
    database: u64,
    /// Spares programs without a cache the lock.
    is_watched: AtomicBool,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    anything: u64,
    by_table: HashMap<&'static str, u64>,
}

impl Default for Changes {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self {
            database: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            is_watched: AtomicBool::new(false),
            counts: Mutex::default(),
        }
    }
}

impl Changes {
    /// Counts writes that may have been committed.
    #[inline]
    pub(crate) fn add(&self, written: &[Written]) {
        if !written.is_empty() && self.is_watched() {
            self.count(written);
        }
    }

    fn count(&self, written: &[Written]) {
        let mut counts = self.lock();
        for written in written {
            match written {
                Written::Table(table) => *counts.by_table.entry(table).or_default() += 1,
                Written::Anything => counts.anything += 1,
            }
        }
    }

    /// Whether rows of the table are kept in memory.
    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::SeqCst)
    }

    /// A number that any write to one of these tables makes another. Read it before what is to be kept: then what was
    /// written in between is noticed.
    pub(crate) fn state_of(&self, tables: &[&'static str]) -> u64 {
        self.is_watched.store(true, Ordering::SeqCst);
        let counts = self.lock();
        let of_table = |table| counts.by_table.get(table).copied().unwrap_or_default();
        counts.anything + tables.iter().map(of_table).sum::<u64>()
    }

    /// The number of the database.
    pub(crate) fn database(&self) -> u64 {
        self.database
    }

    /// Nothing panics under the lock.
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
