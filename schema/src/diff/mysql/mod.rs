//! What tables of MySQL and MariaDB alone have.

mod partitioning;

pub use partitioning::Partitioning;
