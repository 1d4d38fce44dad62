//! One file for each command: its options, and what it does.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod create;
pub(crate) mod docs;
pub(crate) mod doctor;
pub(crate) mod drop;
pub(crate) mod dump;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod load;
pub(crate) mod messages;
pub(crate) mod migrate;
pub(crate) mod mirror;
pub(crate) mod pull;
pub(crate) mod recover;
pub(crate) mod reset;
pub(crate) mod shell;
pub(crate) mod status;
pub(crate) mod sync;
mod task_tables;
pub(crate) mod tasks;
pub(crate) mod truncate;
pub(crate) mod validate;
pub(crate) mod verify;
