//! B0251: SQL of another database than the one that the file is read for. The sentences about words in a column stand
//! where they are found: `resolve::foreign`.

use crate::diagnostic::Diagnostic;
use crate::read_as::ReadAs;
use crate::source::Span;
use bindery_core::dialect::Dialect;

/// Text that this database does not have: the reason for the file's dialect stands at its place, and the help names the
/// text that it has instead and the way to the dialect `of`.
pub(crate) fn foreign(
    message: String,
    at: Span,
    instead: &str,
    of: Option<Dialect>,
    read_as: Option<&ReadAs>,
) -> Diagnostic {
    let why = read_as.map_or_else(String::new, ReadAs::why);
    let help = match (of, read_as) {
        (Some(of), Some(read_as)) => format!("{instead}; {}", read_as.otherwise(of)),
        _ => instead.to_owned(),
    };
    Diagnostic::error("B0251", message).at(at, why).help(help)
}

/// Words of another database that SQLite takes for a part of a type's name, in a file that says it is SQLite's.
pub(crate) fn type_words(
    message: String,
    at: Span,
    instead: String,
    read_as: &ReadAs,
) -> Diagnostic {
    Diagnostic::warning("B0254", message)
        .at(at, read_as.why())
        .help(instead)
}

/// A statement with a word of another database.
pub(crate) fn word(kind: &str, product: &str, word: &str) -> String {
    format!("cannot read this `{kind}`: {product} has no {word}")
}

/// A type of another database.
pub(crate) fn type_name(dialect: Dialect, name: &str) -> String {
    format!("{dialect} has no type `{name}`")
}

/// A function of another database.
pub(crate) fn function(dialect: Dialect, name: &str) -> String {
    format!("{} has no function `{name}`", dialect.product())
}
