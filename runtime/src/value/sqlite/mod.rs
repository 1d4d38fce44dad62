//! Values as SQLite keeps them: bound to a prepared statement, read from its row.

pub(crate) mod error;
pub(crate) mod like;
mod params;
mod row;
pub(crate) mod statement;

pub(crate) use self::params::Params;
pub(crate) use self::row::RowRef;
