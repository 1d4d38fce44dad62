//! The SQL families bindery speaks. What differs between them is data or a method in that dialect's own file.

use std::fmt;

/// The SQL family an engine speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// SQLite 3.35 and later.
    Sqlite,
    /// PostgreSQL 12 and later.
    Postgres,
    /// MySQL 8 and MariaDB 10.5 and later, as far as both run the same text; see [`Flavour`].
    Mysql,
}

/// Which of two products a `mysql` engine is; without one only SQL that both run is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// MariaDB: `INSERT … RETURNING` and more.
    Mariadb,
    /// MySQL proper.
    Mysql,
}

impl Dialect {
    /// All dialects, in the order of the docs.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name in configuration and annotations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
