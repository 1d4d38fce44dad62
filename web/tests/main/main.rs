//! Requests over real HTTP, with real databases: how each ends, and that nothing is held afterwards.

mod app;
mod counts;
mod ending;
mod errors;
mod health;
mod http;
mod load;
mod replicas;
mod searched;
mod services;
mod tenants;

/// One table on every engine: `default` is MariaDB, `p` PostgreSQL, `lite` SQLite, `proper` MySQL.
use bindery_cases::versions as wiki;
