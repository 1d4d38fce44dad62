//! From a pool to a connection on loan.

use std::sync::Arc;
use std::time::Duration;

use super::Link;
use super::pool::{Pool, Pooled};
use crate::driver::work::{self, Holding};
use crate::error::{Operation, Result};

impl Pool {
    /// An idle connection, or a new one, or the next that comes back: waiters are served first in, first out. Waiting,
    /// trying and opening end within the limit together.
    pub(crate) fn acquire(self: &Arc<Self>) -> Result<Link> {
        self.acquire_within(self.acquire_timeout())
    }

    /// The same within another limit.
    pub(crate) fn acquire_within(self: &Arc<Self>, limit: Duration) -> Result<Link> {
        self.check_out(|pool| pool.take(limit))
    }

    /// The same for a call that writes. Where one connection writes at a time, it waits without holding one.
    pub(crate) fn acquire_writer(self: &Arc<Self>) -> Result<Link> {
        self.check_out(Self::take_writer)
    }

    #[inline]
    fn check_out(
        self: &Arc<Self>,
        take: impl FnOnce(&Arc<Self>) -> Result<Box<Pooled>>,
    ) -> Result<Link> {
        let checkout = self.begin_checkout();
        let taken = take(self).and_then(|pooled| self.hold(pooled));
        if let Some(checkout) = checkout {
            checkout.end(taken.as_ref().err());
            self.note_counts();
        }
        // A link is large: it is made where it goes to, and moved as rarely as can be.
        match taken {
            Ok((pooled, holding)) => Ok(Link::new(pooled, Arc::clone(self), holding)),
            Err(error) => Err(error.on_engine(self.engine())),
        }
    }

    /// The connection goes back unused where the caller was abandoned while it waited.
    #[inline]
    fn hold(self: &Arc<Self>, pooled: Box<Pooled>) -> Result<(Box<Pooled>, Holding)> {
        match work::hold(work::WaitKind::Connection, || pooled.physical.cutter()) {
            Ok(holding) => Ok((pooled, holding)),
            Err(cancelled) => {
                self.put_back(pooled);
                Err(cancelled.during(Operation::Acquire))
            }
        }
    }
}
