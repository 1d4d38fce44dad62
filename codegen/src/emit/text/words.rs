//! Words of documentation.

use crate::rust_writer::doc_line;
use bindery_schema::lists::IntoVec as _;

/// A name of the schema as code in documentation.
pub(crate) fn code(name: &str) -> String {
    format!("`{}`", doc_line(name).replace('`', "'"))
}

/// The schema's own words, or `otherwise` where there are none.
pub(crate) fn prose(docs: &[String], otherwise: &str) -> Vec<String> {
    let lines: Vec<_> = docs.iter().map(|line| doc_line(line)).into_vec();
    if lines.iter().all(|line| line.trim().is_empty()) {
        vec![otherwise.to_owned()]
    } else {
        lines
    }
}

/// `a, b and c`.
pub(crate) fn in_words(names: &[String]) -> String {
    joined(names, "and")
}

/// `a, b or c`.
pub(crate) fn in_words_or(names: &[String]) -> String {
    joined(names, "or")
}

fn joined(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}
