//! Rows that are pulled one after the other over a connection on loan.

use std::time::Instant;

use super::Link;
use super::standing::Standing;
use crate::driver::work::Holding;
use crate::driver::{Cursor, WriteParams};
use crate::error::{Error, ErrorKind, Operation, Result, TimeoutPhase};
use crate::link::pool::Pool;
use crate::value::RowReader;

/// Rows that are being read, as long as it lives.
pub(crate) struct Reading<'l> {
    cursor: Cursor<'l>,
    pool: &'l Pool,
    holding: &'l Holding,
    reading: &'l mut bool,
    distrusted: &'l mut bool,
    standing: &'l mut Standing,
    /// When the last row has to be read, if there is a limit to all of them.
    until: Option<Instant>,
}

impl Reading<'_> {
    /// Has the reading of all rows be over by then.
    pub(crate) fn end_by(&mut self, moment: Instant) {
        self.until = Some(moment);
        self.cursor.end_by(moment);
    }

    /// Rows that come fast enough never wait, so the clock is looked at here.
    fn ensure_in_time(&self) -> Result<()> {
        match self.until {
            Some(until) if Instant::now() >= until => Err(Error::new(ErrorKind::Timeout {
                phase: TimeoutPhase::Statement,
            })),
            Some(_) | None => Ok(()),
        }
    }

    /// The next row, which `read` reads.
    #[inline]
    pub(crate) fn next<T>(
        &mut self,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Option<Result<T>> {
        if let Err(error) = self.ensure_wanted() {
            return Some(Err(self.failed(error)));
        }
        let row = match self.cursor.next() {
            Ok(Some(mut row)) => read(&mut row),
            Ok(None) => return None,
            Err(error) => Err(error),
        };
        match row {
            Err(error) => Some(Err(self.failed(error))),
            row => Some(row),
        }
    }

    #[inline]
    fn ensure_wanted(&self) -> Result<()> {
        self.pool.ensure_usable()?;
        self.holding.ensure_wanted()?;
        self.ensure_in_time()
    }

    #[cold]
    fn failed(&mut self, error: Error) -> Error {
        *self.distrusted |= is_unreadable(&error);
        self.standing.failed(Operation::Select, &error);
        error
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        *self.reading = false;
    }
}

impl Link {
    /// Starts a query whose rows are pulled.
    pub(crate) fn reading(&mut self, sql: &str, write: WriteParams<'_>) -> Result<Reading<'_>> {
        self.ready()?;
        let pooled = self.pooled.as_mut().expect("taken out only by drop");
        let cursor = match pooled.physical.cursor(sql, write) {
            Ok(cursor) => cursor,
            Err(error) => {
                self.standing.failed(Operation::Select, &error);
                return Err(error);
            }
        };
        self.reading = true;
        Ok(Reading {
            cursor,
            pool: &self.pool,
            holding: &self.holding,
            reading: &mut self.reading,
            distrusted: &mut self.distrusted,
            standing: &mut self.standing,
            until: None,
        })
    }
}

/// A row came that the program cannot read: its idea of the table may be old.
pub(super) fn is_unreadable(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Decode { .. })
}
