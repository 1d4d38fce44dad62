//! Dates and times of `chrono`. The runtime itself counts days and microseconds from 1970-01-01.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Timelike, Utc};

use super::{FromColumn, Now, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("1970-01-01 is a date");

/// The current time in whole microseconds, which is what databases hold: equal to what is read back, where
/// `chrono::Utc::now()` has digits that are cut off when it is stored.
pub fn now() -> DateTime<Utc> {
    let now = Utc::now();
    let finer = now.nanosecond() % 1_000;
    now.with_nanosecond(now.nanosecond() - finer).unwrap_or(now)
}

impl Now for DateTime<Utc> {
    fn now(digits: u32) -> Self {
        // A microsecond is the finest that any database keeps.
        Utc::now().trunc_subsecs(digits.min(6) as u16)
    }
}

/// In UTC, as databases have it.
impl Now for NaiveDateTime {
    fn now(digits: u32) -> Self {
        DateTime::<Utc>::now(digits).naive_utc()
    }
}

/// In UTC, as databases have it.
impl Now for NaiveDate {
    fn now(digits: u32) -> Self {
        DateTime::<Utc>::now(digits).date_naive()
    }
}

/// Why databases cannot hold this part of a second, if they cannot. What is finer than a microsecond is cut off, toward the
/// past: so the microseconds of `chrono` are counted.
fn unheld(nanoseconds: u32) -> Option<&'static str> {
    (nanoseconds >= 1_000_000_000).then_some("a leap second cannot be stored")
}

impl ToColumn for NaiveDate {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.date((*self - EPOCH).num_days());
    }
}

impl FromColumn for NaiveDate {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let days = row.date()?;
        let distance = Days::new(days.unsigned_abs());
        let date = if days < 0 {
            EPOCH.checked_sub_days(distance)
        } else {
            EPOCH.checked_add_days(distance)
        };
        date.ok_or_else(|| row.mismatch("date of chrono's range"))
    }
}

impl ToColumn for NaiveTime {
    fn write(&self, params: &mut ParamWriter<'_>) {
        if let Some(why) = unheld(self.nanosecond()) {
            return params.refuse(why);
        }
        let micros = i64::from(self.num_seconds_from_midnight()) * 1_000_000
            + i64::from(self.nanosecond() / 1_000);
        params.time(micros);
    }
}

impl FromColumn for NaiveTime {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let micros = row.time()?;
        let seconds = u32::try_from(micros.div_euclid(1_000_000)).ok();
        let nanos = u32::try_from(micros.rem_euclid(1_000_000) * 1_000).ok();
        seconds
            .zip(nanos)
            .and_then(|(seconds, nanos)| Self::from_num_seconds_from_midnight_opt(seconds, nanos))
            .ok_or_else(|| row.mismatch("time of day"))
    }
}

impl ToColumn for NaiveDateTime {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match unheld(self.nanosecond()) {
            Some(why) => params.refuse(why),
            None => params.datetime(self.and_utc().timestamp_micros()),
        }
    }
}

impl FromColumn for NaiveDateTime {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let micros = row.datetime()?;
        DateTime::from_timestamp_micros(micros)
            .map(|time| time.naive_utc())
            .ok_or_else(|| row.mismatch("date and time of chrono's range"))
    }
}

impl ToColumn for DateTime<Utc> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match unheld(self.nanosecond()) {
            Some(why) => params.refuse(why),
            None => params.timestamp(self.timestamp_micros()),
        }
    }
}

impl FromColumn for DateTime<Utc> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let micros = row.timestamp()?;
        DateTime::from_timestamp_micros(micros)
            .ok_or_else(|| row.mismatch("timestamp of chrono's range"))
    }
}
