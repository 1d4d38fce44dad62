//! The times of periodic tasks: cron expressions, their time zones, and missed ticks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Year};

use super::store::since_epoch;
use crate::error::{Error, ErrorKind, Result};

/// A tick that is later than this was missed.
const LATE_MS: i64 = 60_000;

/// The moments at which a periodic task runs, as a cron expression.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use bindery::outbox::Schedule;
///
/// # fn main() -> bindery::Result<()> {
/// let nightly = Schedule::cron("30 2 * * *")?.time_zone("Europe/Berlin")?;
/// let moment = UNIX_EPOCH + Duration::from_secs(1_750_000_000); // 2025-06-15 15:06:40 UTC
/// let next = UNIX_EPOCH + Duration::from_secs(1_750_033_800); // 02:30 in Berlin, 00:30 UTC
/// assert_eq!(nightly.next_after(moment), Some(next));
/// # Ok(())
/// # }
/// ```
///
/// Where clocks go forward, a time that is left out (02:30) runs at the first moment after the gap (03:00). Where they go back, an hour
/// that comes twice has its fixed times run once, the first time; expressions with `*` or steps in minutes or hours go on running through it.
#[derive(Debug, Clone)]
#[must_use = "a schedule does nothing until a worker has it"]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
    missed: MissedTicks,
}

/// The policy for ticks that no worker was there for, or that are more than a minute late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MissedTicks {
    /// One task is written for all of them, with the time of the last.
    #[default]
    RunOnce,
    /// They are left out.
    Skip,
}

impl Schedule {
    /// Reads a cron expression: five fields (minute, hour, day of the month, month, day of the week), or six with seconds
    /// first; `@daily` and its like; `L`, `#` and `W` for days. Times are UTC unless a [`time_zone`](Self::time_zone) is given.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: it cannot be read.
    pub fn cron(expression: &str) -> Result<Self> {
        let parser = CronParser::builder().year(Year::Disallowed).build();
        let cron = parser.parse(expression).map_err(|error| {
            let help = "write for example `30 2 * * *`: minute, hour, day of the month, month, day of the week";
            config(format!("`{expression}` is not a cron expression: {error}; {help}"))
        })?;
        Ok(Self {
            cron,
            zone: Tz::UTC,
            missed: MissedTicks::default(),
        })
    }

    /// Has the expression be in the time of a place, by its name in the time zone database.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: there is no such time zone.
    pub fn time_zone(mut self, name: &str) -> Result<Self> {
        self.zone = name.parse().map_err(|_| {
            config(format!(
                "`{name}` is not a time zone: write for example `Europe/Berlin` or `UTC`"
            ))
        })?;
        Ok(self)
    }

    /// The policy for ticks that were missed: one task for all of them otherwise.
    pub fn missed(mut self, missed: MissedTicks) -> Self {
        self.missed = missed;
        self
    }

    /// The first tick after a moment; `None` where there is none in sight, as for the 30th of February.
    pub fn next_after(&self, moment: SystemTime) -> Option<SystemTime> {
        let next = self.next_ms(since_epoch(moment))?;
        Some(UNIX_EPOCH + Duration::from_millis(next.unsigned_abs()))
    }

    pub(super) fn next_ms(&self, after_ms: i64) -> Option<i64> {
        let next = self.cron.find_next_occurrence(&self.at(after_ms)?, false);
        next.ok().map(|next| next.timestamp_millis())
    }

    /// The last tick after one moment and not after another.
    pub(super) fn last_ms(&self, after_ms: i64, until_ms: i64) -> Option<i64> {
        let last = self
            .cron
            .find_previous_occurrence(&self.at(until_ms)?, true);
        let last = last.ok().map(|last| last.timestamp_millis());
        last.filter(|last| *last > after_ms)
    }

    /// Whether a tick is to be left out.
    pub(super) fn is_skipped(&self, tick_ms: i64, now_ms: i64) -> bool {
        match self.missed {
            MissedTicks::RunOnce => false,
            MissedTicks::Skip => now_ms - tick_ms > LATE_MS,
        }
    }

    /// A moment in whole seconds, as expressions have them.
    fn at(&self, ms: i64) -> Option<DateTime<Tz>> {
        let moment = DateTime::<Utc>::from_timestamp(ms.div_euclid(1_000), 0)?;
        Some(moment.with_timezone(&self.zone))
    }
}

fn config(why: String) -> Error {
    Error::new(ErrorKind::Config(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    /// The ticks between two moments, looked for from both ends.
    fn ticks(schedule: &Schedule, from: &str, until: &str) -> Vec<String> {
        let (mut at, until) = (ms(from), ms(until));
        let mut found = Vec::new();
        while let Some(next) = schedule.next_ms(at).filter(|next| *next <= until) {
            assert_eq!(schedule.last_ms(at, next), Some(next));
            assert_eq!(schedule.last_ms(at, next - 1_000), None);
            found.push(
                DateTime::<Utc>::from_timestamp_millis(next)
                    .unwrap()
                    .format("%H:%M")
                    .to_string(),
            );
            at = next;
        }
        found
    }

    fn berlin(expression: &str) -> Schedule {
        let schedule = Schedule::cron(expression).unwrap();
        schedule.time_zone("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_time_that_is_left_out_runs_after_the_gap() {
        // 02:00 becomes 03:00 at 01:00 UTC.
        let (from, until) = ("2026-03-28T22:00:00Z", "2026-03-29T03:00:00Z");
        assert_eq!(ticks(&berlin("30 2 * * *"), from, until), ["01:00"]);
        assert_eq!(
            ticks(&berlin("30 * * * *"), from, until),
            ["22:30", "23:30", "00:30", "01:30", "02:30"]
        );
    }

    #[test]
    fn a_time_that_comes_twice_runs_once() {
        // 03:00 becomes 02:00 at 01:00 UTC.
        let (from, until) = ("2026-10-24T22:00:00Z", "2026-10-25T03:00:00Z");
        assert_eq!(ticks(&berlin("30 2 * * *"), from, until), ["00:30"]);
        assert_eq!(
            ticks(&berlin("*/30 2 * * *"), from, until),
            ["00:00", "00:30", "01:00", "01:30"]
        );
    }

    #[test]
    fn times_are_utc_unless_said() {
        let daily = Schedule::cron("30 2 * * *").unwrap();
        assert_eq!(
            ticks(&daily, "2026-03-28T03:00:00Z", "2026-03-30T03:00:00Z"),
            ["02:30", "02:30"]
        );
    }

    #[test]
    fn mistakes_are_explained() {
        let said = |outcome: Result<Schedule>| outcome.unwrap_err().to_string();
        let wrong = said(Schedule::cron("61 * * * *"));
        assert!(
            wrong.contains("`61 * * * *` is not a cron expression")
                && wrong.contains("`30 2 * * *`"),
            "{wrong}"
        );
        let wrong = said(Schedule::cron("@daily").unwrap().time_zone("Berlin"));
        assert!(wrong.contains("`Berlin` is not a time zone"), "{wrong}");
    }
}
