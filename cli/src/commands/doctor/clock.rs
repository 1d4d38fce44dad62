//! The clock of the server beside that of this machine: `now()` in one and the other is not the same moment where they differ.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bindery::{Dialect, Sql};

use crate::health::level::Level;
use crate::health::{Look, Row};

const SECTION: &str = "clock";
/// Less is of no account.
const SMALL: Duration = Duration::from_secs(1);
/// With more, leases and ages are wrong.
const LARGE: Duration = Duration::from_secs(30);

pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let sql = match look.dialect() {
        // It has the clock of this machine.
        Dialect::Sqlite => return Ok(Vec::new()),
        Dialect::Postgres => "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        Dialect::Mysql => "SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)",
    };
    let mut connection = look.engines.registry.connect(look.chosen())?;
    let (begun, before) = (Instant::now(), now_ms());
    let theirs: i64 = connection.query_scalar(Sql::assembled(sql), ())?;
    let half = i64::try_from(begun.elapsed().as_millis() / 2).unwrap_or_default();
    let ahead = theirs - (before + half);
    Ok(vec![row(ahead)])
}

fn row(ahead_ms: i64) -> Row {
    let difference = Duration::from_millis(ahead_ms.unsigned_abs());
    let direction = if ahead_ms < 0 { "behind" } else { "ahead of" };
    let level = Level::Ok
        .or(Level::Warning, difference >= SMALL)
        .or(Level::Error, difference >= LARGE);
    let text = if level == Level::Ok {
        "as this machine's".to_owned()
    } else {
        format!("{} ms {direction} this machine's", difference.as_millis())
    };
    Row::new(SECTION, text)
        .level(level)
        .hint("have both machines set their clocks by NTP")
}

/// By this machine's clock, in milliseconds since 1970.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_of_no_account() {
        let levels = [0, -999, 1_000, -29_999, 30_000].map(|ahead| row(ahead).level);
        let (ok, warning) = (Level::Ok, Level::Warning);
        assert_eq!(levels, [ok, ok, warning, warning, Level::Error]);
    }
}
