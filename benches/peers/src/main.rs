//! The benches with more libraries beside bindery: libpq, diesel, sqlx and SeaORM.

mod diesel;
mod libpq;
mod row;
mod sea_orm;
mod sqlx;

use bindery_benches::{
    Arguments, DatabaseAddress, Failure, SQLITE_PEOPLE, Suite, hold_to_core, mysql, postgres, run,
    sqlite,
};

use self::diesel::Diesel;
use self::libpq::Libpq;
use self::sea_orm::SeaOrm;
use self::sqlx::Sqlx;

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    hold_to_core(&arguments)?;
    let mut suites = Vec::new();
    if arguments.takes_database("sqlite") {
        suites.push(with_sqlite_peers(sqlite()?)?);
    }
    if arguments.takes_database("postgres") {
        let (suite, place) = postgres()?;
        suites.push(with_postgres_peers(suite, &place)?);
    }
    if arguments.takes_database("mysql") {
        let (suite, place) = mysql()?;
        suites.push(with_mariadb_peers(suite, &place)?);
    }
    run(&arguments, &mut suites)
}

/// Each has a database of its own, of the kind of memory that the others have.
fn with_sqlite_peers(mut suite: Suite) -> Result<Suite, Failure> {
    let url = |name| format!("sqlite:///bindery-benches-{name}?vfs=memdb");
    let mut diesel = Diesel::<::diesel::SqliteConnection>::connect(&url("diesel"))?;
    diesel.execute(SQLITE_PEOPLE)?;
    suite.add(diesel);
    let mut sqlx = Sqlx::<::sqlx::SqliteConnection>::connect(&url("sqlx"))?;
    sqlx.execute(SQLITE_PEOPLE)?;
    suite.add(sqlx);
    let mut sea_orm = SeaOrm::connect(&url("sea-orm"))?;
    sea_orm.execute(SQLITE_PEOPLE)?;
    suite.add(sea_orm);
    Ok(suite)
}

fn with_postgres_peers(mut suite: Suite, place: &DatabaseAddress) -> Result<Suite, Failure> {
    let DatabaseAddress {
        socket,
        port,
        user,
        database,
        ..
    } = place;
    let url = format!("postgres://{user}@localhost:{port}/{database}?host={socket}");
    suite.add(Libpq::connect(&url)?);
    suite.add(Diesel::<::diesel::PgConnection>::connect(&url)?);
    suite.add(Sqlx::<::sqlx::PgConnection>::connect(&url)?);
    suite.add(SeaOrm::connect(&url)?);
    Ok(suite)
}

/// Of MariaDB alone: what sqlx inserts comes back by RETURNING, which MySQL does not have.
fn with_mariadb_peers(mut suite: Suite, place: &DatabaseAddress) -> Result<Suite, Failure> {
    let DatabaseAddress {
        socket,
        user,
        database,
        ..
    } = place;
    // Each library has a word of its own for the socket, and passes over the other.
    let url = format!(
        "mysql://{user}:{}@localhost/{database}?socket={socket}&unix_socket={socket}",
        place.password()
    );
    suite.add(Diesel::<::diesel::MysqlConnection>::connect(&url)?);
    suite.add(Sqlx::<::sqlx::MySqlConnection>::connect(&url)?);
    suite.add(SeaOrm::connect(&url)?);
    Ok(suite)
}
