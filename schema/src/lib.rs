//! Schema reader of bindery: SQL text in, checked model out.
//!
//! One way through, each stage with a type of its own, no stage looks back:
//! `SourceFile → ast → Draft → Model → CheckedModel → plan`. Nothing here knows about generated code or connections.
//!
//! Configuration, findings and the writer of SQL text are of `bindery-core`, which a running program has too.
//!
//! # Features
//!
//! | feature | gives | brings in |
//! |---|---|---|
//! | `serde` | findings that can be serialized, for the command | `serde` |
//! | `diff` | the differences of two models, for the command and for builds that check their migrations | |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod ast;
pub mod check;
pub mod codes;
pub mod column_type;
pub mod dialect;
#[cfg(feature = "diff")]
pub mod diff;
pub mod draft;
mod findings;
pub mod input;
mod levels;
pub mod lower;
pub mod model;
pub mod name;
pub mod parse;
pub mod parts;
pub mod plan;
pub mod portable;
pub mod project;
mod queries;
mod read;
pub mod read_as;
pub mod redaction;
pub mod render;
pub mod resolve;
pub mod rust_type;
#[allow(
    dead_code,
    reason = "views and checks are to be read by it, which need the words and places that types do not"
)]
mod syntax;
mod typing;

pub use queries::{ChangedQuery, UnfitQuery, changed_queries, unfit_queries};
pub use read::read_model;

pub use bindery_core::{
    cluster, config, derives, diagnostic, disk, fingerprint, json_names, kept, lints, lists,
    migrations, models_of, slots, sorting, source, sql_writer,
};

pub use queries::{InPlace, query_in_place};
pub use typing::{SpreadView, spread_view};

#[cfg(test)]
mod testing;
