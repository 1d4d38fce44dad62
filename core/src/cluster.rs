//! Clusters of servers that are one engine, as `cluster` in `bindery.toml` names them.

/// The kind of cluster that an engine is, where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cluster {
    /// MariaDB servers that all have all rows and certify each COMMIT among themselves.
    Galera,
    /// A coordinator of PostgreSQL with the extension Citus, whose tables may have their rows on workers.
    Citus,
}
