//! bindery beside the other clients of each database.

use bindery_testkit::Product;

use crate::clients::{Bindery, Careful, Mariadb, Mysql, Postgres, Rusqlite, TokioPostgres};
use crate::suite::{mysql_server, postgres_server};
use crate::{DatabaseAddress, Failure, Suite, Variant};

/// What bindery is compared with, alone, on a database or server of its own.
///
/// # Errors
/// There is no such database, or it is not installed or does not start.
pub fn by_hand(database: &str) -> Result<Suite, Failure> {
    let suite = match database {
        "sqlite" => sqlite()?,
        "postgres" => postgres()?.0,
        "mysql" => mysql()?.0,
        _ => return Err(format!("`{database}` is none of sqlite, postgres and mysql").into()),
    };
    Ok(suite.by_hand())
}

/// An SQLite database in memory for each client.
///
/// # Errors
/// It cannot be opened.
pub fn sqlite() -> Result<Suite, Failure> {
    let variants: Vec<Box<dyn Variant>> = vec![
        Box::new(Rusqlite::open("by-hand")?),
        Box::new(Bindery::sqlite()?),
        Box::new(Careful::open()?),
    ];
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
    let mut variants: Vec<Box<dyn Variant>> = vec![
        Box::new(Mysql::connect(&place)?),
        Box::new(Bindery::mysql(&place)?),
    ];
    if server.product() == Product::MariaDb {
        variants.push(Box::new(Bindery::mariadb(&place)?));
        variants.push(Box::new(Mariadb::connect(&place)?));
    }
    let title = format!("{:?} {}", server.product(), server.version());
    Ok((Suite::of(title, variants, Some(server)), place))
}
