//! Connections that are open on the server, of those that it allows: without a free one no pool of any program can open another.

use bindery::{Dialect, Sql};

use crate::health::level::Level;
use crate::health::{Look, Row};

const SECTION: &str = "connections";

/// One row where few are left.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let connect = || look.engines.registry.connect(look.chosen());
    let (open, most) = match look.dialect() {
        Dialect::Sqlite => return Ok(Vec::new()),
        Dialect::Postgres => connect()?.query_row(
            "SELECT count(*), CAST(current_setting('max_connections') AS bigint) - CAST(current_setting('superuser_reserved_connections') AS bigint) \
             FROM pg_stat_activity WHERE backend_type = 'client backend'",
            (),
        )?,
        Dialect::Mysql => {
            // The table that has it is another on MySQL than on MariaDB.
            let status = Sql::assembled("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
            let mut connection = connect()?;
            let (_, open): (String, String) = connection.query_row(status, ())?;
            let most: i64 = connection.query_scalar("SELECT CAST(@@max_connections AS SIGNED)", ())?;
            (open.parse().unwrap_or(0), most)
        }
    };
    let row = row(open, most, look.thresholds.max_connections);
    Ok(row.into_iter().collect())
}

fn row(open: i64, most: i64, max_percent: u8) -> Option<Row> {
    let is_scarce = open * 100 > most * i64::from(max_percent);
    let level = Level::Warning.or(Level::Error, open >= most);
    let row = Row::new(SECTION, format!("{open} of {most} are open"))
        .count(usize::try_from(open).unwrap_or_default())
        .level(level)
        .hint("have the server allow more, or set `max-connections` of the engines lower: each program may open as many");
    (is_scarce || open >= most).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_short_of_connections_before_it_has_none() {
        let level = |open| row(open, 100, 90).map(|row| row.level);
        let levels = [89, 90, 91, 99, 100, 103].map(level);
        let (warning, error) = (Some(Level::Warning), Some(Level::Error));
        assert_eq!(levels, [None, None, warning, warning, error, error]);
    }
}
