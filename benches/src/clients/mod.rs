//! The libraries, each in the way in which it is fast: statements prepared once, rows read by position into owned values.

mod bindery;
#[cfg(feature = "clients")]
mod by_hand;
#[cfg(feature = "clients")]
mod careful;
#[cfg(feature = "clients")]
mod mariadb;
#[cfg(feature = "clients")]
mod mysql;
#[cfg(feature = "clients")]
mod postgres;
#[cfg(feature = "clients")]
mod rusqlite;
#[cfg(feature = "clients")]
mod sql;
#[cfg(feature = "clients")]
mod tokio_postgres;

pub(crate) use self::bindery::Bindery;
#[cfg(feature = "clients")]
pub use self::by_hand::in_order;
#[cfg(feature = "clients")]
pub(crate) use self::careful::Careful;
#[cfg(feature = "clients")]
pub(crate) use self::mariadb::Mariadb;
#[cfg(feature = "clients")]
pub(crate) use self::mysql::Mysql;
#[cfg(feature = "clients")]
pub(crate) use self::postgres::Postgres;
#[cfg(feature = "clients")]
pub(crate) use self::rusqlite::Rusqlite;
#[cfg(feature = "clients")]
pub use self::rusqlite::SQLITE_PEOPLE;
#[cfg(feature = "clients")]
pub(crate) use self::tokio_postgres::TokioPostgres;
