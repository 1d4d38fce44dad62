//! The code that the compiler and the running program share: `bindery.toml`, findings and their places, the names of
//! dialects, and the one writer of SQL text.
//!
//! Both sides compile this crate once, as neither adds a feature to it. Nothing here knows a schema, a rule, a plan or a connection.
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `checksum` | the files of migrations read, with their checksums: for the command and for `migrations!` | `sha2` |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod capture;
pub mod cluster;
pub mod config;
pub mod derives;
pub mod diagnostic;
pub mod dialect;
pub mod disk;
pub mod fingerprint;
pub mod json_names;
pub mod kept;
pub mod lints;
pub mod lists;
pub mod migrations;
pub mod models_of;
pub mod name;
pub mod program;
pub mod slots;
pub mod sorting;
pub mod source;
pub mod sql_writer;
pub mod statements;
