//! The periodic tasks of a worker. Each has a row with its last tick: the process that moves it on writes the task, in the same
//! transaction, so that a tick has one task however many workers there are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::push::{Row, ensure_short};
use super::super::schedule::Schedule;
use super::super::store;
use super::super::task::{Task, TaskOptions};
use super::engine::Store;
use super::handler::message;
use crate::driver::Physical;
use crate::driver::own_tables::statements::schedules;
use crate::error::Result;

/// The longest time between two looks at the clock.
const LOOK: Duration = Duration::from_mins(1);

type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A task that is written again and again.
struct Periodic {
    name: String,
    schedule: Schedule,
    write: Box<dyn Fn(SystemTime) -> Result<Row> + Send>,
    /// The next tick; `None` until the database was looked at.
    next_ms: Option<i64>,
}

/// The periodic tasks of a worker.
#[derive(Default)]
pub(super) struct Timetable {
    entries: Vec<Periodic>,
    /// In place of that of the database.
    clock: Option<Clock>,
    /// The milliseconds by which the clock of the database is ahead of that of this process.
    ahead_ms: i64,
}

/// The outcome of a look at one of them.
struct Look {
    now_ms: i64,
    next_ms: i64,
    is_written: bool,
    /// Why the task of the tick could not be made; the next tick is another attempt.
    refused: Option<String>,
}

impl Timetable {
    pub(super) fn add<T: Task + 'static>(
        &mut self,
        name: String,
        schedule: Schedule,
        task: impl Fn(SystemTime) -> T + Send + 'static,
    ) {
        self.entries.retain(|entry| entry.name != name);
        self.entries.push(Periodic {
            name,
            schedule,
            write: Box::new(move |tick| Row::new(&task(tick), TaskOptions::new())),
            next_ms: None,
        });
    }

    pub(super) fn set_clock(&mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) {
        self.clock = Some(Arc::new(clock));
    }

    /// Refuses names that cannot be stored, and a table that is not there.
    pub(super) fn ensure_usable(&self, engine: &Store) -> Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let mut names = self.entries.iter().map(|entry| &entry.name);
        names.try_for_each(|name| ensure_short("name", name))?;
        engine.ensure_table(store::SCHEDULES)
    }

    /// The time of the next look for a tick; `None` where there are no periodic tasks.
    pub(super) fn next_at(&self) -> Option<Instant> {
        let now = self.now_ms();
        let next = self
            .entries
            .iter()
            .map(|entry| entry.next_ms.unwrap_or(now));
        let left = next.min()?.saturating_sub(now).max(0).unsigned_abs();
        Some(Instant::now() + Duration::from_millis(left).min(LOOK))
    }

    /// Writes the tasks whose tick has come; gives how many.
    pub(super) fn write_due(&mut self, engine: &Store) -> Result<u64> {
        let mut written = 0;
        for at in 0..self.entries.len() {
            let now = self.now_ms();
            let entry = &self.entries[at];
            if entry.next_ms.is_some_and(|next| next > now) {
                continue;
            }
            let given = self.clock.as_ref().map(|clock| store::since_epoch(clock()));
            let look = engine.write(|physical| entry.look(physical, given))?;
            if let Some(reason) = &look.refused {
                tracing::warn!(name = entry.name, %reason, "a tick of a periodic task is left out");
            }
            written += u64::from(look.is_written);
            self.ahead_ms = look.now_ms - self.process_ms();
            self.entries[at].next_ms = Some(look.next_ms);
        }
        Ok(written)
    }

    fn now_ms(&self) -> i64 {
        self.process_ms() + self.ahead_ms
    }

    fn process_ms(&self) -> i64 {
        let now = self
            .clock
            .as_ref()
            .map_or_else(SystemTime::now, |clock| clock());
        store::since_epoch(now)
    }
}

impl Periodic {
    fn look(&self, physical: &mut Physical, given_ms: Option<i64>) -> Result<Look> {
        let found = schedules::last_tick(physical, &self.name)?;
        let now_ms = given_ms.unwrap_or(found.now_ms);
        let Some(last_ms) = found.tick else {
            // Ticks before it was there are none of its own.
            store::is_new(schedules::add(physical, &self.name, now_ms))?;
            return Ok(self.looked(now_ms, now_ms, false));
        };
        let Some(tick_ms) = self.schedule.last_ms(last_ms, now_ms) else {
            return Ok(self.looked(now_ms, last_ms, false));
        };
        let is_ours = schedules::advance(physical, tick_ms, &self.name, last_ms)? > 0;
        if !is_ours || self.schedule.is_skipped(tick_ms, now_ms) {
            return Ok(self.looked(now_ms, tick_ms, false));
        }
        let tick = UNIX_EPOCH + Duration::from_millis(tick_ms.max(0).unsigned_abs());
        match self.task(tick) {
            Ok(row) => {
                row.insert(physical)?;
                Ok(self.looked(now_ms, tick_ms, true))
            }
            Err(reason) => Ok(Look {
                refused: Some(reason),
                ..self.looked(now_ms, tick_ms, false)
            }),
        }
    }

    /// The task of a tick; a panic of the program's closure, or a task that is no JSON, keeps no other task from its work.
    fn task(&self, tick: SystemTime) -> std::result::Result<Row, String> {
        match catch_unwind(AssertUnwindSafe(|| (self.write)(tick))) {
            Ok(made) => made.map_err(|error| error.to_string()),
            Err(panic) => Err(format!("its closure panicked: {}", message(&*panic))),
        }
    }

    /// A clock that went back does not have a tick come twice.
    fn looked(&self, now_ms: i64, last_ms: i64, is_written: bool) -> Look {
        let next = self.schedule.next_ms(now_ms.max(last_ms));
        Look {
            now_ms,
            next_ms: next.unwrap_or(i64::MAX),
            is_written,
            refused: None,
        }
    }
}
