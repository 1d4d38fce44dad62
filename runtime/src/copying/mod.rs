//! The parts that every copy of a table has, whether a program's types are known or not: two tables side by side in the order of their
//! keys, rows that wait for each other's unique values, and the texts of keys. Nothing is read or written here.

#![cfg_attr(
    not(feature = "data"),
    allow(unreachable_pub, reason = "for the command, which has both")
)]

mod circles;
mod exchange;
mod key_text;
mod side_by_side;

pub use self::exchange::{Circle, Failed, WAITS, Waiting, Written, in_halves, second_half};
pub(crate) use self::key_text::shown;
#[cfg(feature = "data")]
pub(crate) use self::side_by_side::compare;
pub use self::side_by_side::{SideBySide, Unordered};
