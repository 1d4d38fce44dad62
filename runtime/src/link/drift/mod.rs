//! Whether the tables of a database are as the program was compiled for: `compare` compares them, `watch` decides when,
//! and `record` keeps for which schema they were made.

mod compare;
pub(crate) mod found;
mod head;
mod record;
mod watch;

pub(crate) use self::record::Record;
pub(crate) use self::watch::{Use, Watch};
