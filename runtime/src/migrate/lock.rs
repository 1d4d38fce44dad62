//! The lock that only one process at a time has that migrates a database. It is the session's, so it goes with it.

use std::thread;
use std::time::{Duration, Instant};

use super::{MigrationProgress, refused};
use crate::driver::Physical;
use crate::error::{MigrationError, Result};
use bindery_core::dialect::Dialect;

const PAUSE: Duration = Duration::from_millis(100);

/// Waits for the lock, within the limit.
pub(super) fn take<'m>(
    physical: &mut Physical,
    limit: Duration,
    told: &mut dyn FnMut(MigrationProgress<'m>),
) -> Result<()> {
    let Some(sql) = try_lock(physical.dialect()) else {
        return Ok(());
    };
    let started = Instant::now();
    let mut is_told = false;
    while !is_taken(physical, sql)? {
        if started.elapsed() >= limit {
            return Err(refused(MigrationError::Locked));
        }
        if !std::mem::replace(&mut is_told, true) {
            told(MigrationProgress::Waiting);
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// A query that has a row where the lock was given. SQLite has no such lock: there the transaction of each migration begins
/// with the right to write, and looks whether the migration is still pending.
fn try_lock(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            Some("SELECT 1 WHERE pg_catalog.pg_try_advisory_lock(7088215736291453)")
        }
        Dialect::Mysql => Some(
            "SELECT 1 FROM (SELECT GET_LOCK(CONCAT('bindery_migrate.', SHA1(DATABASE())), 0) AS given) AS tried WHERE given = 1",
        ),
    }
}

fn is_taken(physical: &mut Physical, sql: &str) -> Result<bool> {
    let mut is_taken = false;
    physical.query(sql, &mut |_| (), &mut |_| {
        is_taken = true;
        Ok(true)
    })?;
    Ok(is_taken)
}
