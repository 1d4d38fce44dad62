//! Who may write to a file: one connection at a time, of all that the process has at it. Connections of other processes
//! are kept out by SQLite's own lock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::forks;
use crate::turns::{Gate, Turn, Turns};

/// One connection's part in it.
pub(super) struct Writing {
    gate: Arc<Gate>,
    turn: Option<Turn>,
    limit: Duration,
}

impl Writing {
    /// For a connection to this file, by the path that SQLite made of its name; nobody else has a nameless database.
    pub(super) fn new(path: Option<&str>, limit: Duration) -> Self {
        let turns = match path {
            Some(path) if !path.is_empty() => turns_of(path),
            _ => Arc::default(),
        };
        Self {
            gate: Arc::new(Gate::new(turns)),
            turn: None,
            limit,
        }
    }

    /// What another thread can end its waiting by.
    pub(super) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// Waits for the turn and gives the time that is left for the lock of the file.
    #[inline]
    pub(super) fn take_turn(&mut self) -> Result<Duration> {
        if let Some(turn) = self.gate.take_now() {
            self.turn = Some(turn);
            return Ok(self.limit);
        }
        let started = Instant::now();
        self.turn = Some(self.gate.take(self.limit)?);
        Ok(self.limit.saturating_sub(started.elapsed()))
    }

    #[inline]
    pub(super) fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// Gives the turn to the next.
    #[inline]
    pub(super) fn end_turn(&mut self) {
        self.turn = None;
    }

    /// Takes the turn away to be dropped elsewhere.
    pub(super) fn hand_over(&mut self) -> Option<Turn> {
        self.turn.take()
    }

    /// How long to wait at most.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }
}

/// The turns of a file. A forked child has turns of its own: the thread that has its parent's does not exist there.
fn turns_of(path: &str) -> Arc<Turns> {
    static FILES: Mutex<BTreeMap<(u32, String), Weak<Turns>>> = Mutex::new(BTreeMap::new());
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (forks::count(), path.to_owned());
    if let Some(turns) = files.get(&key).and_then(Weak::upgrade) {
        return turns;
    }
    files.retain(|_, turns| turns.strong_count() > 0);
    let turns = Arc::new(Turns::default());
    files.insert(key, Arc::downgrade(&turns));
    turns
}
