//! Days and microseconds from 1970-01-01 to dates of the calendar and back (proleptic Gregorian).
//!
//! The day arithmetic follows Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;
/// 0001-01-01 and 9999-12-31, the range all databases share.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

pub(crate) fn is_representable(days: i64) -> bool {
    (FIRST_DAY..=LAST_DAY).contains(&days)
}

/// Day and microsecond of the day.
pub(crate) fn split(micros: i64) -> (i64, i64) {
    (
        micros.div_euclid(MICROS_PER_DAY),
        micros.rem_euclid(MICROS_PER_DAY),
    )
}

/// Year, month, day of a day number.
pub(crate) fn civil(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, small(month), small(day))
}

/// A month or a day of one.
fn small(number: i64) -> u8 {
    u8::try_from(number).expect("months end at 12 and days at 31")
}

#[cfg(any(
    feature = "sqlite",
    feature = "mysql",
    feature = "data",
    feature = "messages"
))]
/// Day number of a date; `None` where there is no such date.
pub(crate) fn days(year: i64, month: u8, day: u8) -> Option<i64> {
    let shifted = year - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_index = i64::from(if month > 2 {
        month.checked_sub(3)?
    } else {
        month + 9
    });
    let day_of_year = (153 * month_index + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (civil(days) == (year, month, day)).then_some(days)
}
