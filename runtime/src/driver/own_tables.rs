//! Tables that bindery keeps in a user's database beside the user's own: how they are made, and the clock that their times are of.

use std::time::{SystemTime, UNIX_EPOCH};

#[cfg(any(feature = "outbox", feature = "saga", feature = "sync"))]
use bindery_core::dialect::Dialect;
#[cfg(any(feature = "outbox", feature = "sync"))]
use bindery_core::sql_writer::SqlWriter;

/// The table of the migrations that were applied or begun.
pub(crate) const MIGRATIONS: &str = "_bindery_migrations";

/// Makes the table of outcomes of transactions, on MySQL and MariaDB.
pub(crate) const CREATE_COMMITS: &str = "CREATE TABLE IF NOT EXISTS _bindery_commits (\
     session CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, \
     number BIGINT UNSIGNED NOT NULL, \
     used TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (used)) ENGINE = InnoDB";

/// Milliseconds since 1970 by the clock of this process; never negative.
pub(crate) fn process_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Milliseconds since 1970 at the moment of the statement, by the clock of the database.
#[cfg(any(feature = "outbox", feature = "saga", feature = "sync"))]
pub(crate) fn now_ms(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        Dialect::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        Dialect::Mysql => "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
    }
}

/// The columns of a new row in a table of tasks, whether of the outbox, of events or of messages.
#[cfg(feature = "outbox")]
pub(crate) const TASK_COLUMNS: &str = "(uid, task, payload, status, task_key, unique_key, priority, due_at, retry_count, max_attempts, lapses, \
     created_at, requeues)";

/// A statement in the words of a database: in the template `?` is a parameter, and `@now` the time by the clock of the database.
#[cfg(any(feature = "outbox", feature = "sync"))]
pub(crate) fn statement(dialect: Dialect, template: &str) -> String {
    let template = template.replace("@now", now_ms(dialect));
    let mut sql = SqlWriter::new(dialect);
    for (at, part) in template.split('?').enumerate() {
        if at > 0 {
            sql.placeholder();
        }
        sql.push(part);
    }
    sql.finish()
}
