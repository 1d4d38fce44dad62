//! The built `bindery`, run as a user runs it. Rows CLI-01 to CLI-05 and XREL-01 of the acceptance list are named by their ids.

mod check;
mod commands;
mod create;
mod docs;
mod doctor;
mod drift;
mod drop;
mod dump;
mod engines;
mod explain;
mod findings;
mod generate;
mod init;
mod migrate;
mod migrate_add;
mod migrate_random;
mod mirror;
mod pull;
mod recover;
mod reset;
mod shell;
mod status;
mod support;
mod tasks;
mod usage;
mod validate;
