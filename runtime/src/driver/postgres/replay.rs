//! How far a primary has written, and a standby has applied.

use std::time::{Duration, Instant};

use super::PostgresConnection;
use crate::driver::position::{Position, Replay};
use crate::error::Result;

/// With `synchronous_commit = off` a transaction is committed before it is written to the log's file, and any session or
/// transaction may have set that for itself: what is inserted into the log counts, written or not.
const WRITTEN: &str = "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.int8";

const APPLIED: &str = "SELECT pg_catalog.pg_is_in_recovery(), \
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_replay_lsn(), '0/0')::pg_catalog.int8";

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
