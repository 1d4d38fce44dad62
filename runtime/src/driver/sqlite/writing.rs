//! The turns of writers to a file: one connection at a time, of all that the process has at it. Connections of other
//! processes are kept out by SQLite's own lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::readings::Readings;
use crate::driver::forks;
use crate::driver::turns::{Gate, Turn, Turns};
use crate::error::Result;

/// One connection's part in it.
pub(super) struct Writing {
    database: Arc<Database>,
    gate: Arc<Gate>,
    /// It is passed on when this is dropped.
    has_turn: bool,
    limit: Duration,
    /// When all waiting has to be over.
    bound: Option<Instant>,
}

impl Writing {
    /// For a connection to this file, by the path that SQLite made of its name. A database in memory has none: it is shared
    /// where it was opened by a URI, else no other connection has it.
    pub(super) fn new(path: Option<&str>, opened: &str, limit: Duration) -> Self {
        let path = path.filter(|path| !path.is_empty());
        let database = match path.or(Some(opened).filter(|uri| uri.starts_with("file:"))) {
            Some(name) => database_at(name),
            None => Arc::default(),
        };
        Self {
            gate: Arc::new(Gate::new(Arc::clone(&database.turns))),
            database,
            has_turn: false,
            limit,
            bound: None,
        }
    }

    /// Returns the gate by which another thread can end its waiting.
    pub(super) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// Returns the readers of the same database, where they matter.
    pub(super) fn readings(&self) -> Arc<Readings> {
        Arc::clone(&self.database.readings)
    }

    /// Waits for the turn and gives the time that is left for the lock of the file.
    #[inline]
    pub(super) fn take_turn(&mut self) -> Result<Duration> {
        if self.gate.take_now() {
            self.has_turn = true;
            return Ok(self.limit());
        }
        let (limit, started) = (self.limit(), Instant::now());
        self.gate.take(limit)?;
        self.has_turn = true;
        Ok(limit.saturating_sub(started.elapsed()))
    }

    #[inline]
    pub(super) fn has_turn(&self) -> bool {
        self.has_turn
    }

    /// Gives the turn to the next.
    #[inline]
    pub(super) fn end_turn(&mut self) {
        if std::mem::take(&mut self.has_turn) {
            self.gate.pass_on();
        }
    }

    /// Takes the turn away to be dropped elsewhere.
    pub(super) fn hand_over(&mut self) -> Option<Turn> {
        std::mem::take(&mut self.has_turn).then(|| self.gate.turn())
    }

    /// Returns how long to wait at most.
    pub(super) fn limit(&self) -> Duration {
        match self.bound {
            None => self.limit,
            Some(bound) => self
                .limit
                .min(bound.saturating_duration_since(Instant::now())),
        }
    }

    /// Has all waiting end by this moment; `None` as otherwise.
    pub(super) fn set_bound(&mut self, bound: Option<Instant>) {
        self.bound = bound;
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.end_turn();
    }
}

/// The state that the connections of a process to one database share.
#[derive(Default)]
struct Database {
    turns: Arc<Turns>,
    readings: Arc<Readings>,
}

/// Returns the state of a file. A forked child has its own: the thread that has its parent's turn does not exist there.
fn database_at(path: &str) -> Arc<Database> {
    static FILES: Mutex<BTreeMap<(u32, String), Weak<Database>>> = Mutex::new(BTreeMap::new());
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (forks::count(), path.to_owned());
    if let Some(database) = files.get(&key).and_then(Weak::upgrade) {
        return database;
    }
    files.retain(|_, database| database.strong_count() > 0);
    let database = Arc::new(Database::default());
    files.insert(key, Arc::downgrade(&database));
    database
}
