//! From resolved options to the driver's configuration.

use std::time::Duration;

use bindery_core::cluster::Cluster;
use bindery_core::config::{ChannelBinding, Endpoint, Secret, SessionConfig};

use crate::driver::connect::{ServerOptions, bad_parameter, tls, unknown_parameter};
use crate::driver::wire::{Peer, Tls};
use crate::error::Result;
use bindery_core::dialect::Dialect;

/// How long a name may be: PostgreSQL cuts longer ones off.
const LONGEST_NAME: usize = 63;

/// Everything needed to connect, checked.
#[derive(Clone)]
pub(crate) struct PostgresConfig {
    pub(super) peer: Peer,
    pub(super) tls: Option<Tls>,
    pub(super) channel_binding: ChannelBinding,
    pub(super) user: String,
    pub(super) password: Option<Secret>,
    pub(super) database: String,
    pub(super) application_name: String,
    /// Command-line options for the server's process.
    pub(super) options: Option<String>,
    pub(super) connect_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) session: SessionConfig,
    /// Only a server that takes writes will do.
    pub(super) writable: bool,
    /// Nothing may be written here: a replica.
    pub(super) read_only: bool,
    pub(super) resolve_commits: bool,
    /// It is the coordinator of a Citus cluster.
    pub(super) is_cluster: bool,
    /// The one schema in which names without a schema are looked for.
    pub(super) schema: Option<String>,
}

impl PostgresConfig {
    /// Checks the options; nothing is connected yet.
    pub(crate) fn new(options: &ServerOptions<'_>) -> Result<Self> {
        let server = options.server;
        let user = server.username.clone().unwrap_or_else(system_user);
        let mut config = Self {
            peer: peer(options.endpoint),
            tls: tls(options, Dialect::Postgres)?,
            channel_binding: server.tls.channel_binding.unwrap_or_default(),
            user,
            password: server.password.clone(),
            database: server.database.clone(),
            application_name: options.session.application_name.clone(),
            options: None,
            connect_timeout: options.session.connect_timeout,
            statement_timeout: options.session.statement_timeout,
            session: options.session.clone(),
            writable: false,
            read_only: options.read_only,
            resolve_commits: !options.read_only && options.session.resolve_commits.unwrap_or(true),
            is_cluster: options.cluster == Some(Cluster::Citus),
            schema: None,
        };
        for (name, value) in &server.parameters {
            config.apply(name, value)?;
        }
        Ok(config)
    }

    fn apply(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "application_name" => value.clone_into(&mut self.application_name),
            "schema" if (1..=LONGEST_NAME).contains(&value.len()) => {
                self.schema = Some(value.to_owned());
            }
            "schema" => return Err(bad_parameter(name, "must have 1 to 63 bytes")),
            "options" => self.options = Some(value.to_owned()),
            "target_session_attrs" => match value {
                "any" => (),
                "read-write" | "primary" => self.writable = true,
                _ => {
                    return Err(bad_parameter(
                        name,
                        "must be `any`, `read-write` or `primary`",
                    ));
                }
            },
            "client_encoding" if value.eq_ignore_ascii_case("utf8") => (),
            "client_encoding" => return Err(bad_parameter(name, "must be `utf8`")),
            _ => {
                let known = [
                    "application_name",
                    "channel_binding",
                    "client_encoding",
                    "options",
                    "schema",
                    "sslcert",
                    "sslkey",
                    "sslmode",
                    "sslrootcert",
                    "target_session_attrs",
                    "tls-plaintext",
                ];
                return Err(unknown_parameter(name, &known));
            }
        }
        Ok(())
    }
}

/// The name that PostgreSQL's own programs take where none is given.
fn system_user() -> String {
    let variables = ["USER", "LOGNAME", "USERNAME"];
    let mut names = variables.iter().filter_map(|name| std::env::var(name).ok());
    names.next().unwrap_or_else(|| "postgres".to_owned())
}

/// The server's socket file has its port in its name.
fn peer(endpoint: &Endpoint) -> Peer {
    match endpoint {
        Endpoint::Tcp { host, port } => Peer::Host(host.clone(), *port),
        Endpoint::Socket { path, port } => Peer::File(path.join(format!(".s.PGSQL.{port}"))),
    }
}
