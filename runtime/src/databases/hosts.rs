//! The hosts of an engine of a server: which of them answer, and which takes writes.

use std::time::Duration;

use bindery_core::config::{Address, ConnectionTarget, Endpoint, Server};

use super::status::HostStatus;
use super::{Configured, Registry, pool_of};
use crate::error::Result;
use crate::link::engine::Engine;

/// How long one login may take.
const LOOK_LIMIT: Duration = Duration::from_secs(2);

/// The parameter of the URL that says which hosts will do.
const ATTRIBUTES: &str = "target_session_attrs";

impl Registry {
    /// Logs in to each host of an engine now, one after the other, and reports which of them answer, which takes writes, and which
    /// one the engine's connections lead to. A login may take two seconds. An SQLite file has no hosts.
    ///
    /// A host that does not answer is no error: its status has the reason.
    pub fn check_hosts<E: Engine>(&self, engine: E) -> Vec<HostStatus> {
        let engine = &self.engines[engine.index()];
        let Address::Server(server) = &engine.settings.target.place else {
            return Vec::new();
        };
        let hosts = server.endpoints.iter().enumerate();
        hosts
            .map(|(number, host)| self.look_at(engine, server, number, host))
            .collect()
    }

    fn look_at(
        &self,
        engine: &Configured,
        server: &Server,
        number: usize,
        host: &Endpoint,
    ) -> HostStatus {
        let answers = self.log_in(engine, server, host, "any");
        let takes_writes = || self.log_in(engine, server, host, "read-write").is_ok();
        HostStatus {
            host: host.to_string(),
            is_live: answers.is_ok() && engine.seen.live.number() == number,
            takes_writes: answers.is_ok().then(takes_writes),
            last_error: answers.err().map(|error| error.to_string()),
        }
    }

    /// Connects to this host alone.
    fn log_in(
        &self,
        engine: &Configured,
        server: &Server,
        host: &Endpoint,
        attributes: &str,
    ) -> Result<()> {
        let mut server = server.clone();
        server.endpoints = vec![host.clone()];
        server.parameters.retain(|(name, _)| name != ATTRIBUTES);
        let attributes = (ATTRIBUTES.to_owned(), attributes.to_owned());
        server.parameters.push(attributes);
        let target = ConnectionTarget {
            place: Address::Server(server),
            ..engine.settings.target.clone()
        };
        let (pool, _, _) = pool_of(engine.info, &engine.settings, (&target, None), &self.hub)?;
        pool.open_outside(LOOK_LIMIT)
            .map(drop)
            .map_err(|error| error.on_engine(engine.info.name()))
    }
}
