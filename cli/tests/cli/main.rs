//! The built `bindery`, run as a user runs it. Rows CLI-01 to CLI-05 and XREL-01 of the acceptance list are named by their ids.

mod check;
mod create;
mod drift;
mod drop;
mod dump;
mod engines;
mod explain;
mod findings;
mod generate;
mod migrate;
mod migrate_add;
mod migrate_random;
mod mirror;
mod pull;
mod recover;
mod status;
mod support;
mod tasks;
mod usage;
mod validate;
