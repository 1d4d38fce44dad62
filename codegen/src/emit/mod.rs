//! Rust text for a checked model. Nothing here can fail, and nothing decides how lines are broken: that is `rust_writer`.
//!
//! `shape` works out what a model looks like before anything is written. Above it are the kinds of items, one file each, which do
//! not know each other: `model` has those of a model, `program` those that a program has once, `shared` what several of them
//! have. `whole` and `derive` write all of them.

#[cfg(feature = "derive")]
pub(crate) mod derive;
mod features;
#[cfg(feature = "derive")]
pub(crate) mod in_place;
mod model;
mod program;
mod shape;
mod shared;
mod text;
mod whole;

pub use features::{QueryTypes, features, query_types, rust_types, type_features};
#[cfg(feature = "derive")]
pub(crate) use shape::KnownShapes;
#[cfg(feature = "standalone")]
pub(crate) use shape::types::crates_of;
#[cfg(feature = "standalone")]
pub(crate) use shared::version_of;
#[cfg(feature = "standalone")]
pub(crate) use whole::HEADER;
pub(crate) use whole::emit_with;
pub use whole::{EmitOptions, GeneratedFile, emit};
