//! Code generator of bindery: checked model in, Rust source out.
//!
//! The doors for a build script and for a crate of its own are here too. Nothing here reads SQL or talks to a database.
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `derive` | the code beside structs of the program's own and of queries in place, for `bindery-macros` | |
//! | `standalone` | crates of their own, for `bindery generate` | |
//! | `migrations` | migrations that are compared with the schema by the build | |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cargo;
#[cfg(feature = "derive")]
pub mod derive;
mod emit;
mod error;
#[cfg(feature = "derive")]
pub mod in_place;
mod inputs;
mod kept;
mod output;
mod project;
mod rust_writer;
#[cfg(feature = "derive")]
pub mod sql_places;
#[cfg(feature = "standalone")]
mod standalone;

pub use cargo::{Config, compile};
pub use emit::{
    EmitOptions, GeneratedFile, QueryTypes, emit, features, query_types, rust_types, type_features,
};
pub use error::CompileError;
#[cfg(feature = "standalone")]
pub use standalone::{Difference, FileState, Outcome, Standalone, has_rustfmt};
