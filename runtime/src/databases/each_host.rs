//! Connections to all hosts of an engine, for locks that each of them has for itself.

use std::time::Duration;

use bindery_core::config::Address;

use super::{Registry, pool_of};
use crate::driver::Physical;
use crate::error::Result;

/// Connections to the hosts of an engine, more than half of them.
#[derive(Default)]
pub(crate) struct EachHost {
    pub(crate) reached: Vec<Physical>,
    /// The number of hosts.
    pub(crate) of: usize,
}

impl Registry {
    /// Opens a connection for locks to each host of an engine that lets one in.
    ///
    /// # Errors
    /// Half of the hosts, or more, let none in: with what the last one said.
    pub(crate) fn connect_to_most_hosts(
        &self,
        engine: usize,
        lock_timeout: Duration,
    ) -> Result<EachHost> {
        let engine = &self.engines[engine];
        let mut hosts = EachHost::default();
        let Address::Server(server) = &engine.settings.target.place else {
            return Ok(hosts);
        };
        hosts.of = server.endpoints.len();
        let mut settings = engine.settings.clone();
        settings.session.lock_timeout = Some(lock_timeout);
        let mut refused = None;
        for endpoint in &server.endpoints {
            let target = engine.settings.target.at_one(endpoint.clone());
            let (opener, ..) = pool_of(engine.info, &settings, (&target, None), &self.hub)?;
            match opener.open_outside(settings.pool.acquire_timeout) {
                Ok(physical) => hosts.reached.push(physical),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if hosts.reached.len() * 2 <= hosts.of => Err(error),
            Some(_) | None => Ok(hosts),
        }
    }
}
