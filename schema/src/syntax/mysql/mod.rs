//! Texts of MySQL and MariaDB alone.

mod divided;

#[cfg(feature = "diff")]
pub(crate) use divided::DividedPart;
pub(crate) use divided::{Divided, divided_parts};
