//! Values of the binary protocol of MySQL and MariaDB.

pub(crate) mod bytes;
pub(crate) mod column;
pub(crate) mod params;
pub(crate) mod row;

pub(crate) use self::params::Params;
pub(crate) use self::row::RowRef;
