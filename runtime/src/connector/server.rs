//! PostgreSQL, MySQL and MariaDB: a server that has to be the product the program was compiled for.

use std::time::Duration;

use bindery_schema::config::Server;

use crate::config::Settings;
use crate::driver::{Physical, ServerInfo, ServerOptions};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::pool::OpenPhysical;
use crate::program::EngineInfo;
use crate::{Dialect, Flavour};

/// Over name resolution, connecting and logging in together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const APPLICATION_NAME: &str = "bindery";

pub(super) fn opener(
    info: &'static EngineInfo,
    server: &Server,
    settings: &Settings,
) -> Result<OpenPhysical> {
    let options = ServerOptions {
        server,
        connect_timeout: CONNECT_TIMEOUT,
        statement_timeout: settings.statement_timeout,
        application_name: APPLICATION_NAME,
    };
    match settings.target.dialect {
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            use crate::driver::postgres::{PostgresConfig, PostgresConnection};
            let config = PostgresConfig::new(&options)?;
            Ok(Box::new(move |limit| {
                let connection = PostgresConnection::connect(&config, limit)?;
                check_product(info, connection.server_info())?;
                Ok(Physical::Postgres(Box::new(connection)))
            }))
        }
        #[cfg(feature = "mysql")]
        Dialect::Mysql => {
            use crate::driver::mysql::{MysqlConfig, MysqlConnection};
            let config = MysqlConfig::new(&options)?;
            Ok(Box::new(move |limit| {
                let connection = MysqlConnection::connect(&config, limit)?;
                check_product(info, connection.server_info())?;
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

/// Where statements are written for one of MySQL and MariaDB, the other is refused before any is sent.
fn check_product(info: &EngineInfo, found: &ServerInfo) -> Result<()> {
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
