//! Tables of MySQL and MariaDB alone: their partitions, their history.

mod history;
mod partitioning;

pub(super) use history::with_history;
pub use partitioning::Partitioning;
