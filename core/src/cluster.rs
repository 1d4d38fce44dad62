//! Clusters of servers that are one engine, as `cluster` in `bindery.toml` names them.

use crate::dialect::Dialect;

/// The kind of cluster that an engine is, where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cluster {
    /// MariaDB servers that all have all rows and certify each COMMIT among themselves.
    Galera,
    /// A coordinator of PostgreSQL with the extension Citus, whose tables may have their rows on workers.
    Citus,
}

impl Cluster {
    /// The dialect of its servers.
    pub const fn dialect(self) -> Dialect {
        match self {
            Self::Galera => Dialect::Mysql,
            Self::Citus => Dialect::Postgres,
        }
    }
}
