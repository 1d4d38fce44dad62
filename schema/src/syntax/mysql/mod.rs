//! Texts and clauses of MySQL and MariaDB alone.

mod call_forms;
mod divided;
mod operand;
mod source;
mod write;

#[cfg(feature = "diff")]
pub(crate) use divided::DividedPart;
pub(crate) use divided::{Divided, divided_parts};
pub(super) use operand::UNITS;
