//! One file for each command: its options, and what it does.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod create;
pub(crate) mod drop;
pub(crate) mod dump;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod load;
pub(crate) mod migrate;
pub(crate) mod mirror;
pub(crate) mod pull;
pub(crate) mod recover;
pub(crate) mod status;
pub(crate) mod tasks;
pub(crate) mod validate;
pub(crate) mod verify;
