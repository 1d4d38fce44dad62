//! The products that can be started.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// A database product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
    /// Oracle's MySQL.
    MySql,
}

impl Product {
    /// The word for it in configuration and in file names: `postgres`, `mariadb`, `mysql`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mariadb",
            Self::MySql => "mysql",
        }
    }

    /// The scheme of URLs that lead to it.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb | Self::MySql => "mysql",
        }
    }

    /// Other spellings of the scheme that are understood.
    pub(crate) const fn accepts_scheme(self, scheme: &str) -> bool {
        match self {
            Self::Postgres => matches!(scheme.as_bytes(), b"postgres" | b"postgresql"),
            Self::MariaDb | Self::MySql => matches!(scheme.as_bytes(), b"mysql" | b"mariadb"),
        }
    }

    /// The port its servers listen on by default.
    pub(crate) const fn default_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::MariaDb | Self::MySql => 3306,
        }
    }

    pub(crate) const fn example_url(self) -> &'static str {
        match self {
            Self::Postgres => "postgres://user:password@127.0.0.1:5432/postgres",
            Self::MariaDb | Self::MySql => "mysql://user:password@127.0.0.1:3306/mysql",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
            Self::MySql => "MySQL",
        })
    }
}

impl FromStr for Product {
    type Err = Error;

    /// Reads what [`Product::word`] wrote.
    fn from_str(word: &str) -> Result<Self> {
        [Self::Postgres, Self::MariaDb, Self::MySql]
            .into_iter()
            .find(|product| product.word() == word)
            .ok_or_else(|| Error::Record {
                reason: format!("no product is called `{word}`"),
            })
    }
}
