//! PostgreSQL, MySQL and MariaDB: a server that has to be the product the program was compiled for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery_core::config::Server;

use super::{Seen, Wanted};
use crate::driver::{LiveHost, Physical, ServerInfo, ServerOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::pool::OpenPhysical;
use bindery_core::dialect::{Dialect, Flavour};

/// Opens connections to the first of the hosts that lets one in, and from then on to that one as long as it does: a host that comes
/// back is no reason to write to two. All of them together have the time of one.
pub(super) fn opener(wanted: &Wanted<'_>, server: &Server) -> Result<OpenPhysical> {
    let settings = wanted.settings;
    let endpoints = server.endpoints.iter();
    let hosts = endpoints
        .map(|endpoint| {
            let options = ServerOptions {
                server,
                endpoint,
                session: settings.session.clone(),
                cluster: wanted.info.cluster,
                read_only: wanted.read_only,
            };
            host(wanted, &options)
        })
        .collect::<Result<Vec<_>>>()?;
    let connect_timeout = settings.session.connect_timeout;
    let live = Arc::clone(&wanted.seen.live);
    Ok(Box::new(move |limit| {
        agreed(&hosts, &live, limit.min(connect_timeout))
    }))
}

/// Returns the function that opens connections to one host.
fn host(wanted: &Wanted<'_>, options: &ServerOptions<'_>) -> Result<OpenPhysical> {
    let declared = wanted.info.flavour.or(wanted.target.flavour);
    let seen = wanted.seen.clone();
    match wanted.target.dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            use crate::driver::postgres::{PostgresConfig, PostgresConnection};
            let config = PostgresConfig::new(options)?;
            Ok(Box::new(move |limit| {
                let mut connection = PostgresConnection::connect(&config, limit)?;
                connection.cancel_by(&seen.canceller);
                check_product(declared, &seen, connection.server_info())?;
                Ok(Physical::from(Box::new(connection)))
            }))
        }
        #[cfg(feature = "mysql")]
        Dialect::Mysql => {
            use crate::driver::mysql::{MysqlConfig, MysqlConnection};
            let config = MysqlConfig::new(options)?;
            Ok(Box::new(move |limit| {
                let mut connection = MysqlConnection::connect(&config, limit)?;
                connection.cancel_by(&seen.canceller);
                check_product(declared, &seen, connection.server_info())?;
                Ok(Physical::from(Box::new(connection)))
            }))
        }
        #[cfg(not(feature = "postgres"))]
        Dialect::Postgres => Err(super::missing(Dialect::Postgres)),
        #[cfg(not(feature = "mysql"))]
        Dialect::Mysql => Err(super::missing(Dialect::Mysql)),
        Dialect::Sqlite => unreachable!("SQLite has files and no servers, the URL's reader says"),
    }
}

/// Opens a connection to the host that all callers agree on. One to a host that others have left meanwhile is closed, and the
/// hosts are tried again.
fn agreed(hosts: &[OpenPhysical], live: &Arc<LiveHost>, limit: Duration) -> Result<Physical> {
    let started = Instant::now();
    loop {
        let first = live.number();
        let left = limit.saturating_sub(started.elapsed());
        let (number, physical) = in_turn(hosts, first, left)?;
        if let Some(host) = live.agree(first, number, hosts.len()) {
            return Ok(physical.on_host(host));
        }
    }
}

/// Tries one host after the other, beginning with this one, and returns which of them let the connection in; each has its share of
/// what is left, so that a silent one leaves time for the next. The last error counts. A host that answers and does not let us in
/// is the right one: others are not tried then.
fn in_turn(hosts: &[OpenPhysical], first: usize, limit: Duration) -> Result<(usize, Physical)> {
    let started = Instant::now();
    let mut outcome = Err(Error::new(ErrorKind::Unavailable));
    for step in 0..hosts.len() {
        let number = (first + step) % hosts.len();
        let left = limit.saturating_sub(started.elapsed());
        let others = u32::try_from(hosts.len() - step).unwrap_or(u32::MAX);
        outcome = hosts[number](left / others).map(|physical| (number, physical));
        match outcome.as_ref().map_err(Error::kind) {
            Err(
                ErrorKind::Unavailable
                | ErrorKind::UnknownHost { .. }
                | ErrorKind::Timeout { .. }
                | ErrorKind::ConnectionLost,
            ) => {}
            Ok(_) | Err(_) => return outcome,
        }
    }
    outcome
}

/// Refuses the other product where statements are written for one of MySQL and MariaDB, or the configuration names one
/// before any is sent.
fn check_product(declared: Option<Flavour>, seen: &Seen, found: &ServerInfo) -> Result<()> {
    seen.note(found.product, &found.version);
    let expected = match declared {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers CON-09 on MariaDB, MySQL: both ways round, as a run has one of the two products only.
    #[test]
    fn con_09_a_product_is_refused_where_the_other_was_declared() {
        let met = |declared, product, version: &str| {
            let found = ServerInfo {
                product,
                version: version.to_owned(),
            };
            check_product(declared, &Seen::default(), &found)
        };
        let (mariadb, mysql) = (Some(Flavour::Mariadb), Some(Flavour::Mysql));
        for (declared, product) in [(mariadb, "MariaDB"), (mysql, "MySQL"), (None, "MySQL")] {
            met(declared, product, "11.8").expect("it is what was declared");
        }
        for (declared, product, expected) in [
            (mariadb, "MySQL", "compiled for MariaDB, found MySQL 9.4"),
            (mysql, "MariaDB", "compiled for MySQL, found MariaDB 9.4"),
        ] {
            let error = met(declared, product, "9.4").expect_err("it is the other one");
            assert!(error.to_string().ends_with(expected), "{error}");
        }
    }
}
