//! The code that the compiler and the running program share: `bindery.toml`, findings and their places, the names of
//! dialects, and the one writer of SQL text.
//!
//! Both sides compile this crate once. Nothing here knows a schema, a rule, a plan or a connection.

pub mod capture;
pub mod config;
pub mod derives;
pub mod diagnostic;
pub mod dialect;
pub mod disk;
pub mod fingerprint;
pub mod json_names;
pub mod lints;
pub mod models_of;
pub mod name;
pub mod sorting;
pub mod source;
pub mod sql_writer;
