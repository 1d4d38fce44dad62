//! The libraries, each in the way in which it is fast: statements prepared once, rows read by position into owned values.

mod bindery;
mod mysql;
mod postgres;
mod rusqlite;
mod sql;
mod tokio_postgres;

pub(crate) use self::bindery::Bindery;
pub(crate) use self::mysql::Mysql;
pub(crate) use self::postgres::Postgres;
pub(crate) use self::rusqlite::Rusqlite;
pub(crate) use self::tokio_postgres::TokioPostgres;
