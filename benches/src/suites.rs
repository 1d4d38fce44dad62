//! bindery beside the other clients of each database.

use crate::clients::{Bindery, Mysql, Postgres, Rusqlite, TokioPostgres};
use crate::suite::{mysql_server, postgres_server};
use crate::{DatabaseAddress, Failure, Suite, Variant};

/// An SQLite database in memory for each client.
///
/// # Errors
/// It cannot be opened.
pub fn sqlite() -> Result<Suite, Failure> {
    let variants: Vec<Box<dyn Variant>> =
        vec![Box::new(Rusqlite::open()?), Box::new(Bindery::sqlite()?)];
    Ok(Suite::of("SQLite, in memory".to_owned(), variants, None))
}

/// A private PostgreSQL server, reached over its socket file.
///
/// # Errors
/// It is not installed, or does not start.
pub fn postgres() -> Result<(Suite, DatabaseAddress), Failure> {
    let (server, place) = postgres_server()?;
    let variants: Vec<Box<dyn Variant>> = vec![
        Box::new(Postgres::connect(&place)?),
        Box::new(Bindery::postgres(&place)?),
        Box::new(TokioPostgres::connect(&place)?),
    ];
    let title = format!("PostgreSQL {}", server.version());
    Ok((Suite::of(title, variants, Some(server)), place))
}

/// A private MariaDB or MySQL server, reached over its socket file.
///
/// # Errors
/// It is not installed, or does not start.
pub fn mysql() -> Result<(Suite, DatabaseAddress), Failure> {
    let (server, place) = mysql_server()?;
    let variants: Vec<Box<dyn Variant>> = vec![
        Box::new(Mysql::connect(&place)?),
        Box::new(Bindery::mysql(&place)?),
    ];
    let title = format!("{:?} {}", server.product(), server.version());
    Ok((Suite::of(title, variants, Some(server)), place))
}
