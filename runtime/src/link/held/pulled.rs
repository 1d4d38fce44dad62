//! Rows that are pulled, over a connection that the caller holds or one that was taken for them.

use std::time::{Duration, Instant};

use self_cell::{MutBorrow, self_cell};

use super::Link;
use super::reading::Reading;
use crate::driver::WriteParams;
use crate::error::Result;
use crate::value::RowReader;

/// Rows that are being pulled.
pub(crate) enum Pulled<'c> {
    /// On a connection that the caller holds.
    Borrowed(Reading<'c>),
    /// On a connection taken for this reading only.
    Owned(OwnReading),
}

self_cell! {
    pub(crate) struct OwnReading {
        owner: MutBorrow<Link>,
        #[not_covariant]
        dependent: Reading,
    }
}

impl<'c> Pulled<'c> {
    pub(crate) fn on_link(link: &'c mut Link, sql: &str, write: WriteParams<'_>) -> Result<Self> {
        link.reading(sql, write).map(Self::Borrowed)
    }

    pub(crate) fn on_own(link: Link, sql: &str, write: WriteParams<'_>) -> Result<Self> {
        let reading = OwnReading::try_new(MutBorrow::new(link), |link| {
            link.borrow_mut().reading(sql, write)
        })?;
        Ok(Self::Owned(reading))
    }

    /// Has the reading of all rows be over within this time from now.
    pub(crate) fn end_within(&mut self, limit: Duration) {
        let Some(moment) = Instant::now().checked_add(limit) else {
            return;
        };
        match self {
            Self::Borrowed(reading) => reading.end_by(moment),
            Self::Owned(own) => own.with_dependent_mut(|_, reading| reading.end_by(moment)),
        }
    }

    /// The next row, which `read` reads.
    #[inline]
    pub(crate) fn next<T>(
        &mut self,
        read: impl FnOnce(&mut RowReader<'_>) -> Result<T>,
    ) -> Option<Result<T>> {
        match self {
            Self::Borrowed(reading) => reading.next(read),
            Self::Owned(own) => own.with_dependent_mut(|_, reading| reading.next(read)),
        }
    }
}
