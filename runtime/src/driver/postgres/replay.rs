//! How far a primary has written, and a standby has applied.

use std::time::{Duration, Instant};

use super::PostgresConnection;
use crate::driver::position::{Position, Replay};
use crate::error::Result;

/// With `synchronous_commit = off` a transaction is committed before it is written to the log's file, and any session or
/// transaction may have set that for itself: what is inserted into the log counts, written or not.
const WRITTEN: &str = "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.int8";

/// Where the last record ends with its page, the primary's position is after the header of the next page, of 24 bytes, or of 40 in the
/// first page of a file; that of the standby is before it. No record ends within 40 bytes of such a page's begin.
const APPLIED: &str = "SELECT pg_catalog.pg_is_in_recovery(), \
    pg_catalog.pg_wal_lsn_diff(standby.replayed, '0/0')::pg_catalog.int8 \
    + CASE WHEN pg_catalog.pg_wal_lsn_diff(standby.replayed, '0/0')::pg_catalog.int8 \
        % pg_catalog.current_setting('wal_block_size')::pg_catalog.int8 = 0 THEN 40 ELSE 0 END \
    FROM pg_catalog.pg_last_wal_replay_lsn() AS standby(replayed)";

/// The pauses between two looks at a standby: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

impl PostgresConnection {
    /// Returns how far the primary has written.
    pub(crate) fn log_position(&mut self) -> Result<Option<Position>> {
        let mut written = None;
        self.query(WRITTEN, &mut |_| (), &mut |row| {
            written = row.next::<Option<i64>>()?;
            Ok(false)
        })?;
        Ok(written.map(|bytes| Position::Lsn(bytes.cast_unsigned())))
    }

    /// Returns how far the standby has applied what it received.
    pub(crate) fn applied(&mut self) -> Result<Replay> {
        let mut replay = Replay {
            position: None,
            is_promoted: false,
        };
        self.query(APPLIED, &mut |_| (), &mut |row| {
            replay.is_promoted = !row.next::<bool>()?;
            let bytes = row.next::<Option<i64>>()?;
            replay.position = bytes.map(|bytes| Position::Lsn(bytes.cast_unsigned()));
            Ok(false)
        })?;
        Ok(replay)
    }

    /// Waits until the standby has applied everything up to a position; `false` where it has not within the time. The
    /// servers of today have no call that waits, so this looks again and again.
    pub(crate) fn wait_for(&mut self, position: &Position, limit: Duration) -> Result<bool> {
        let started = Instant::now();
        let (mut pause, longest) = PAUSES;
        loop {
            let replay = self.applied()?;
            if replay.is_promoted {
                return Ok(false);
            }
            if replay
                .position
                .is_some_and(|applied| applied.reaches(position))
            {
                return Ok(true);
            }
            let left = limit.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(false);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(longest);
        }
    }
}

#[cfg(all(test, feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod tests {
    use super::*;
    use crate::driver::tests::connect;

    /// An idle primary is at `0/1000028`, just after the header of a file's first page.
    #[test]
    fn a_standby_at_the_end_of_a_page_has_what_comes_before_the_next_header() {
        let Some(database) = bindery_testkit::fresh_postgres() else {
            return;
        };
        let mut physical = connect(&database.url()).expect("a test database lets its owner in");
        for (replayed, expected) in [
            ("'0/1000000'", Some(0x0100_0028)),
            ("'0/1002000'", Some(0x0100_2028)),
            ("'0/1002040'", Some(0x0100_2040)),
            ("NULL", None),
        ] {
            let replayed = format!("(VALUES ({replayed}::pg_catalog.pg_lsn))");
            let sql = APPLIED.replace("pg_catalog.pg_last_wal_replay_lsn()", &replayed);
            let mut applied = None;
            physical
                .query(&sql, &mut |_| (), &mut |row| {
                    row.next::<bool>()?;
                    applied = row.next::<Option<i64>>()?;
                    Ok(false)
                })
                .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            assert_eq!(applied, expected, "{replayed}");
        }
    }
}
