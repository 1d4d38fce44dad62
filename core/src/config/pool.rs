//! `pool`: how many connections an engine has, and how long.

use std::time::Duration;

/// `pool`: how many connections an engine has, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolConfig {
    /// At least 1.
    pub max_connections: u32,
    /// Kept open when idle.
    pub min_connections: u32,
    /// Longest wait for a connection.
    pub acquire_timeout: Duration,
    /// An idle connection is closed after this.
    pub idle_timeout: Duration,
    /// Any connection is closed after this.
    pub max_lifetime: Duration,
    /// One that was idle for this long is tried before it is given out.
    pub test_after_idle: Duration,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_connections: 8,
            min_connections: 0,
            acquire_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(10 * 60),
            max_lifetime: Duration::from_secs(30 * 60),
            test_after_idle: Duration::from_secs(30),
        }
    }
}
