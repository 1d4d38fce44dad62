//! From resolved options to what connecting needs.

use std::time::Duration;

use bindery_core::cluster::Cluster;
use bindery_core::config::{Endpoint, Secret, SessionConfig};

use super::cluster::Nodes;
use crate::driver::connect::{ServerOptions, bad_parameter, tls, unknown_parameter};
use crate::driver::wire::{Peer, Tls};
use crate::error::Result;
use bindery_core::dialect::Dialect;

/// Everything needed to connect, checked.
#[derive(Clone)]
pub(crate) struct MysqlConfig {
    pub(super) peer: Peer,
    pub(super) tls: Option<Tls>,
    pub(super) user: String,
    password: Option<Secret>,
    pub(super) database: String,
    pub(super) application_name: String,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) session: SessionConfig,
    /// Only a server that takes writes will do.
    pub(super) writable: bool,
    /// Nothing may be written here: a replica.
    pub(super) read_only: bool,
    pub(super) resolve_commits: bool,
    /// Where the engine is a Galera cluster.
    pub(super) nodes: Option<Nodes>,
}

impl MysqlConfig {
    /// Checks the options; nothing is connected yet.
    pub(crate) fn new(options: &ServerOptions<'_>) -> Result<Self> {
        let server = options.server;
        let mut writable = false;
        for (name, value) in &server.parameters {
            match (name.as_str(), value.as_str()) {
                ("target_session_attrs", "any") => (),
                ("target_session_attrs", "read-write" | "primary") => writable = true,
                (name @ "target_session_attrs", _) => {
                    return Err(bad_parameter(
                        name,
                        "must be `any`, `read-write` or `primary`",
                    ));
                }
                (name, value) => check(name, value)?,
            }
        }
        Ok(Self {
            peer: peer(options.endpoint),
            tls: tls(options, Dialect::Mysql)?,
            user: server.username.clone().unwrap_or_default(),
            password: server.password.clone(),
            database: server.database.clone(),
            application_name: options.session.application_name.clone(),
            connect_timeout: options.session.connect_timeout,
            statement_timeout: options.session.statement_timeout,
            session: options.session.clone(),
            writable,
            read_only: options.read_only,
            // It takes a table of ours among the user's.
            nodes: options
                .cluster
                .filter(|cluster| *cluster == Cluster::Galera)
                .map(|_| Nodes {
                    are_several: server.endpoints.len() > 1,
                }),
            resolve_commits: !options.read_only && options.session.resolve_commits.unwrap_or(false),
        })
    }

    /// Empty where there is none.
    pub(super) fn password(&self) -> &[u8] {
        self.password
            .as_ref()
            .map_or(b"", |password| password.expose().as_bytes())
    }
}

fn peer(endpoint: &Endpoint) -> Peer {
    match endpoint {
        Endpoint::Tcp { host, port } => Peer::Host(host.clone(), *port),
        Endpoint::Socket { path, port: _ } => Peer::File(path.clone()),
    }
}

fn check(name: &str, value: &str) -> Result<()> {
    match name {
        "charset" if value.eq_ignore_ascii_case("utf8mb4") => Ok(()),
        "charset" => Err(bad_parameter(name, "must be `utf8mb4`")),
        _ => Err(unknown_parameter(
            name,
            &[
                "charset",
                "ssl-ca",
                "ssl-cert",
                "ssl-key",
                "ssl-mode",
                "target_session_attrs",
                "tls-plaintext",
            ],
        )),
    }
}
