//! Schema reader of bindery: SQL text in, checked model out.
//!
//! One way through, each stage with a type of its own, no stage looks back:
//! `SourceFile → ast → Draft → Model → CheckedModel → plan`. Nothing here knows about generated code or connections.
//!
//! Without the feature `parse` only what a running program needs is left: dialects, names, SQL writing and configuration.

pub mod check;
pub mod codes;
pub mod column_type;
pub mod config;
pub mod diagnostic;
pub mod dialect;
pub mod model;
pub mod name;
pub mod plan;
#[cfg(feature = "parse")]
pub mod render;
pub mod source;
pub mod sql_writer;

#[cfg(test)]
mod testing;
