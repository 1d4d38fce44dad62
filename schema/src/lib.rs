//! Schema reader of bindery: SQL text in, checked model out.
//!
//! One way through, each stage with a type of its own, no stage looks back:
//! `SourceFile → ast → Draft → Model → CheckedModel → plan`. Nothing here knows about generated code or connections.
//!
//! Without the feature `parse` only what a running program needs is left: dialects, names, SQL writing and configuration.

#[cfg(feature = "parse")]
pub mod ast;
pub mod check;
pub mod codes;
pub mod column_type;
pub mod config;
pub mod derives;
pub mod diagnostic;
pub mod dialect;
pub mod disk;
#[cfg(feature = "parse")]
pub mod draft;
pub mod fingerprint;
#[cfg(feature = "parse")]
pub mod input;
#[cfg(feature = "parse")]
pub mod lower;
pub mod model;
pub mod models_of;
pub mod name;
#[cfg(feature = "parse")]
pub mod parse;
pub mod parts;
pub mod plan;
pub mod portable;
#[cfg(feature = "parse")]
pub mod project;
#[cfg(feature = "parse")]
pub mod read_as;
#[cfg(feature = "parse")]
pub mod render;
#[cfg(feature = "parse")]
pub mod resolve;
pub mod source;
pub mod sql_writer;

#[cfg(test)]
mod testing;

/// Reads a schema: `parse`, `lower`, `resolve`.
///
/// What is wrong is in `diagnostics`; the model then holds what could be made of the rest.
#[cfg(feature = "parse")]
pub fn read(input: &input::Input, diagnostics: &mut diagnostic::Diagnostics) -> model::Model {
    let ast = parse::parse(input, diagnostics);
    let draft = lower::lower(&ast, input, diagnostics);
    // What follows has its place.
    drop(ast);
    resolve::resolve(draft, input, diagnostics)
}
