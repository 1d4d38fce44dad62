//! An engine's connections, for calls that take one each.

use std::panic::Location;
use std::sync::Arc;

use super::{EngineUnit, Replicas};
use crate::error::Result;
use crate::link::Link;
use crate::link::inside;
use crate::link::pool::Pool;

/// Where calls that hold no connection take one: writes of the primary, reads of where the engine has them go.
#[derive(Clone, Copy)]
pub(crate) struct PoolSource<'c> {
    pub(crate) pool: &'c Arc<Pool>,
    pub(crate) replicas: Option<&'c Arc<Replicas>>,
    pub(crate) unit: Option<&'c EngineUnit>,
}

impl PoolSource<'_> {
    /// A connection for a call that writes, or may.
    pub(crate) fn writer(self, called_at: &'static Location<'static>) -> Result<Link> {
        inside::ensure_none(self.pool, called_at)?;
        if let Some(unit) = self.unit {
            unit.writes();
        }
        self.pool.acquire_writer()
    }

    /// A connection of the primary, for a call of which it is known later whether it writes.
    pub(crate) fn primary(self, called_at: &'static Location<'static>) -> Result<Link> {
        inside::ensure_none(self.pool, called_at)?;
        let link = self.pool.acquire()?;
        Ok(match self.unit {
            Some(unit) => unit.noting(link),
            None => link,
        })
    }

    /// A connection for a call that only reads.
    pub(crate) fn reader(self, called_at: &'static Location<'static>) -> Result<Link> {
        inside::ensure_none(self.pool, called_at)?;
        match self.replicas {
            None => self.pool.acquire(),
            Some(replicas) => replicas.reader(self.pool, self.unit, None),
        }
    }
}
