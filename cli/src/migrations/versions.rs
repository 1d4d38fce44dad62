//! Versions of migrations that are written.

use std::time::{SystemTime, UNIX_EPOCH};

use bindery_schema::diff::ParsedMigration;

/// Gives versions after the last one: moments, or the next number where versions are numbered.
pub(crate) struct Versions {
    next: u128,
    width: usize,
}

/// Digits of a moment, `20260131120000`.
const MOMENT: usize = 14;

impl Versions {
    pub(crate) fn after(migrations: &[ParsedMigration]) -> Self {
        let last = migrations.last();
        let digits = last.map(|one| {
            one.version
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        });
        let number = digits
            .as_ref()
            .and_then(|digits| digits.parse::<u128>().ok());
        let is_numbered = digits.as_ref().is_some_and(|digits| digits.len() < 8);
        let now = moment();
        let next = match number {
            Some(number) if is_numbered => number + 1,
            Some(number) => now.max(number + 1),
            None => now,
        };
        let width = digits
            .filter(|_| is_numbered)
            .map_or(MOMENT, |digits| digits.len());
        Self { next, width }
    }

    /// Gives the next version, which is above all that are there.
    pub(crate) fn give(&mut self) -> String {
        let version = format!("{:0width$}", self.next, width = self.width);
        self.next += 1;
        version
    }
}

/// The current time as `20260131120000`, in UTC.
fn moment() -> u128 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // The civil date of a day (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let date = (year * 10_000 + month * 100 + day) * 1_000_000;
    u128::from(date + seconds / 3_600 * 10_000 + seconds / 60 % 60 * 100 + seconds % 60)
}
