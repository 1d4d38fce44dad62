//! The seam tested on every database there is: SQLite always, PostgreSQL and MySQL or MariaDB where a server is given.

mod bulk;
mod catalogue;
mod citus;
mod crate_values;
mod edges;
mod error_table;
mod errors;
mod held;
mod lost;
mod more_values;
#[cfg(feature = "sync")]
mod plans;
mod session;
mod silence;
mod statements;
mod streams;
#[cfg(feature = "tls")]
mod tls;
mod values;

use std::time::Duration;

use bindery_core::config::{Address, Server, SessionConfig, parse_url, scheme_dialect};
use bindery_testkit::FreshDatabase;

use super::mysql::{MysqlConfig, MysqlConnection};
use super::postgres::{PostgresConfig, PostgresConnection};
use super::sqlite::{SqliteConnection, SqliteOptions};
use super::{ParamWriter, Physical, ServerOptions};
use crate::error::Result;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Dialect;

/// An empty database and a connection to it.
pub(crate) struct Database {
    pub(crate) physical: Physical,
    /// More connections are opened from here.
    fresh: Option<FreshDatabase>,
}

/// All databases to test with.
pub(crate) fn databases() -> Vec<Database> {
    let servers = [
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ];
    let served = servers.into_iter().flatten().map(|fresh| Database {
        physical: connect(&fresh.url()).expect("a test database lets its owner in"),
        fresh: Some(fresh),
    });
    std::iter::once(sqlite()).chain(served).collect()
}

fn sqlite() -> Database {
    let options = SqliteOptions {
        path: ":memory:",
        busy_timeout: Duration::from_secs(1),
        statement_timeout: None,
        synchronous: bindery_core::config::Synchronous::default(),
        read_only: false,
        creates: true,
    };
    let connection =
        SqliteConnection::open(&options, options.busy_timeout).expect("memory is there");
    Database {
        physical: Physical::from(connection),
        fresh: None,
    }
}

fn server(url: &str) -> Server {
    match parse_url(url)
        .expect("the test kit writes valid URLs")
        .place
    {
        Address::Server(server) => server,
        Address::Sqlite(_) => panic!("not the URL of a server"),
    }
}

pub(crate) fn connect(url: &str) -> Result<Physical> {
    let server = server(url);
    let dialect = scheme_dialect(url).expect("a known scheme").0;
    connect_with(&options(&server), dialect)
}

fn connect_with(options: &ServerOptions<'_>, dialect: Dialect) -> Result<Physical> {
    match dialect {
        Dialect::Postgres => {
            let config = PostgresConfig::new(options)?;
            let connection = PostgresConnection::connect(&config, options.session.connect_timeout)?;
            Ok(Physical::from(Box::new(connection)))
        }
        Dialect::Mysql => {
            let config = MysqlConfig::new(options)?;
            let connection = MysqlConnection::connect(&config, options.session.connect_timeout)?;
            Ok(Physical::from(Box::new(connection)))
        }
        Dialect::Sqlite => panic!("SQLite has no servers"),
    }
}

fn options(server: &Server) -> ServerOptions<'_> {
    ServerOptions {
        server,
        endpoint: &server.endpoints[0],
        cluster: None,
        read_only: false,
        session: SessionConfig {
            statement_timeout: Some(Duration::from_secs(20)),
            application_name: "bindery tests".to_owned(),
            ..SessionConfig::default()
        },
    }
}

impl Database {
    fn dialect(&self) -> Dialect {
        self.physical.dialect()
    }

    /// The text for this dialect.
    fn pick(
        &self,
        sqlite: &'static str,
        postgres: &'static str,
        mysql: &'static str,
    ) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
            Dialect::Mysql => mysql,
        }
    }

    fn batch(&mut self, sql: &str) {
        self.physical
            .batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Runs a statement with `?` for its placeholders.
    fn run(&mut self, sql: &str, values: &[&dyn ToColumn]) -> Result<u64> {
        let sql = self.with_placeholders(sql);
        self.physical
            .execute(&sql, &mut |params| push(params, values))
    }

    /// The first column of all rows.
    fn read<T: FromColumn>(&mut self, sql: &str, values: &[&dyn ToColumn]) -> Result<Vec<T>> {
        let sql = self.with_placeholders(sql);
        let mut read = Vec::new();
        self.physical
            .query(&sql, &mut |params| push(params, values), &mut |row| {
                read.push(row.next()?);
                Ok(true)
            })?;
        Ok(read)
    }

    fn with_placeholders(&self, sql: &str) -> String {
        let numbered = |(index, part): (usize, &str)| match index {
            0 => part.to_owned(),
            _ => format!("${index}{part}"),
        };
        match self.dialect() {
            Dialect::Sqlite | Dialect::Mysql => sql.to_owned(),
            Dialect::Postgres => sql.split('?').enumerate().map(numbered).collect(),
        }
    }
}

fn push(params: &mut ParamWriter<'_>, values: &[&dyn ToColumn]) {
    values.iter().for_each(|value| value.write(params));
}
