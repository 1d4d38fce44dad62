//! Rust text for a checked model. Nothing here can fail, and nothing decides how lines are broken: that is `rust_writer`.
//!
//! One file a kind of item; [`shapes`] works out what a model looks like before anything is written.

mod access;
mod atomic;
mod capture;
mod column_types;
mod columns;
mod constraints;
mod databases;
mod ddl;
#[cfg(feature = "derive")]
pub(crate) mod derive;
mod engine;
mod enums;
mod events;
mod from_row;
mod info;
mod interface;
mod json;
mod key;
mod model;
mod module;
mod names;
mod new;
mod outbox;
mod patch;
mod program;
mod related;
mod relations;
mod required;
mod row;
mod session;
mod setters;
mod shape;
mod shapes;
mod source;
mod sql;
mod sql_text;
mod syncs;
mod type_tokens;
mod types;

use crate::rust_writer::{doc_line, string_literal};
use shape::Shape;
use shapes::Surroundings;

#[cfg(feature = "standalone")]
pub(crate) use program::HEADER;
pub(crate) use program::emit_with;
pub use program::{EmitOptions, GeneratedFile, emit, features, rust_types, type_features};
pub(crate) use types::crates_of;

/// Statements are reported with their place in the program. On a trait's method it holds for all that implement it.
const TRACKED: &str = "#[track_caller]";

/// A program need not use everything that its schema gives it, and may keep it in a private module.
const UNUSED: &str = "#[allow(dead_code, unreachable_pub, clippy::pedantic)]";
/// The same of what is named again at the top.
const UNUSED_IMPORT: &str = "#[allow(unused_imports, unreachable_pub, clippy::pedantic)]";

/// `impl<E: Engine> Name<E>`, or `impl Name`.
fn impl_head(generic: bool, what: &str) -> String {
    if generic {
        format!("impl<E: ::bindery::Engine> {what}")
    } else {
        format!("impl {what}")
    }
}

/// The parameter `E` of a struct, with the first engine as its default.
fn default_parameter(around: &Surroundings<'_>, shape: &Shape<'_>, generic: bool) -> String {
    if generic {
        let first = first_engine(around, shape);
        format!("<E: ::bindery::Engine = {first}>")
    } else {
        String::new()
    }
}

/// The type of the first engine of a model.
fn first_engine(around: &Surroundings<'_>, shape: &Shape<'_>) -> String {
    around.engine(shape.table.engines[0])
}

/// A name of the schema as code in documentation.
fn code(name: &str) -> String {
    format!("`{}`", doc_line(name).replace('`', "'"))
}

/// Returns the derives of an item: those it always has, then what the configuration adds to it. Of the standard
/// library's a second time would be an error.
fn derives<'d>(always: &[&'d str], added: &[&'d str]) -> Vec<&'d str> {
    let more = added
        .iter()
        .filter(|path| !always.contains(&derived_name(path)));
    always.iter().chain(more).copied().collect()
}

/// The name of a derive of the standard library, else the path.
fn derived_name(path: &str) -> &str {
    match path.trim_start_matches("::").split_once("::") {
        Some(("core" | "std", rest)) => rest.rsplit("::").next().unwrap_or(rest),
        Some(_) | None => path,
    }
}

/// Whether the configuration adds a derive of `serde`: the runtime's types must have it then.
fn derives_serde<'d>(mut paths: impl Iterator<Item = &'d str>) -> bool {
    paths.any(|path| crates_of(path).contains(&"serde"))
}

/// The schema's own words, or `otherwise` where there are none.
fn prose(docs: &[String], otherwise: &str) -> Vec<String> {
    let lines: Vec<_> = docs.iter().map(|line| doc_line(line)).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        vec![otherwise.to_owned()]
    } else {
        lines
    }
}

/// `a, b and c`.
fn in_words(names: &[String]) -> String {
    joined(names, "and")
}

/// `a, b or c`.
fn in_words_or(names: &[String]) -> String {
    joined(names, "or")
}

fn joined(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}
