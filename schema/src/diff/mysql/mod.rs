//! Tables of MySQL and MariaDB alone: their partitions.

mod partitioning;

pub use partitioning::Partitioning;
