//! PostgreSQL, MySQL and MariaDB: a server that has to be the product the program was compiled for.

use std::time::{Duration, Instant};

use bindery_schema::config::Server;

use super::{Seen, Wanted};
use crate::driver::{Physical, ServerInfo, ServerOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::pool::OpenPhysical;
use crate::program::EngineInfo;
use crate::{Dialect, Flavour};

/// Opens connections to the first of the hosts that lets one in. All of them together have the time of one.
pub(super) fn opener(wanted: &Wanted<'_>, server: &Server) -> Result<OpenPhysical> {
    let settings = wanted.settings;
    let endpoints = server.endpoints.iter();
    let hosts = endpoints
        .map(|endpoint| {
            let options = ServerOptions {
                server,
                endpoint,
                session: settings.session.clone(),
                read_only: wanted.read_only,
            };
            host(wanted, &options)
        })
        .collect::<Result<Vec<_>>>()?;
    let connect_timeout = settings.session.connect_timeout;
    Ok(Box::new(move |limit| {
        in_turn(&hosts, limit.min(connect_timeout))
    }))
}

/// What opens connections to one host.
fn host(wanted: &Wanted<'_>, options: &ServerOptions<'_>) -> Result<OpenPhysical> {
    let (info, seen) = (wanted.info, wanted.seen.clone());
    match wanted.target.dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            use crate::driver::postgres::{PostgresConfig, PostgresConnection};
            let config = PostgresConfig::new(options)?;
            Ok(Box::new(move |limit| {
                let mut connection = PostgresConnection::connect(&config, limit)?;
                connection.cancel_by(&seen.canceller);
                check_product(info, &seen, connection.server_info())?;
                Ok(Physical::Postgres(Box::new(connection)))
            }))
        }
        #[cfg(feature = "mysql")]
        Dialect::Mysql => {
            use crate::driver::mysql::{MysqlConfig, MysqlConnection};
            let config = MysqlConfig::new(options)?;
            Ok(Box::new(move |limit| {
                let mut connection = MysqlConnection::connect(&config, limit)?;
                connection.cancel_by(&seen.canceller);
                check_product(info, &seen, connection.server_info())?;
                Ok(Physical::Mysql(Box::new(connection)))
            }))
        }
        #[cfg(not(feature = "postgres"))]
        Dialect::Postgres => Err(super::missing(Dialect::Postgres)),
        #[cfg(not(feature = "mysql"))]
        Dialect::Mysql => Err(super::missing(Dialect::Mysql)),
        Dialect::Sqlite => unreachable!("SQLite has files and no servers, the URL's reader says"),
    }
}

/// Tries one host after the other; each has its share of what is left, so that a silent one leaves time for the next.
/// The last error counts. A host that answers and does not let us in is the right one: others are not tried then.
fn in_turn(hosts: &[OpenPhysical], limit: Duration) -> Result<Physical> {
    let started = Instant::now();
    let mut outcome = Err(Error::new(ErrorKind::Unavailable));
    for (index, open) in hosts.iter().enumerate() {
        let left = limit.saturating_sub(started.elapsed());
        let others = u32::try_from(hosts.len() - index).unwrap_or(u32::MAX);
        outcome = open(left / others);
        match outcome.as_ref().map_err(Error::kind) {
            Err(ErrorKind::Unavailable | ErrorKind::Timeout { .. } | ErrorKind::ConnectionLost) => {
            }
            Ok(_) | Err(_) => return outcome,
        }
    }
    outcome
}

/// Where statements are written for one of MySQL and MariaDB, the other is refused before any is sent.
fn check_product(info: &EngineInfo, seen: &Seen, found: &ServerInfo) -> Result<()> {
    seen.note(found.product, &found.version);
    let expected = match info.flavour {
        Some(Flavour::Mariadb) => "MariaDB",
        Some(Flavour::Mysql) => "MySQL",
        None => return Ok(()),
    };
    if found.product == expected {
        return Ok(());
    }
    let kind = ErrorKind::UnsupportedServer {
        expected: expected.to_owned(),
        found: format!("{} {}", found.product, found.version),
    };
    Err(Error::new(kind).during(Operation::Connect))
}
