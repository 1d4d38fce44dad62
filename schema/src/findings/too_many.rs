//! B0007: more than a sensible schema has, where going on would take time or memory without a bound.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

const CODE: &str = "B0007";

/// More tables than one file may have.
pub(crate) fn tables(limit: usize, at: Span) -> Diagnostic {
    let message = format!("the file has more than {limit} tables");
    let help = "give each part of the program a schema of its own, with the tables it uses";
    one_too_many(message, at).help(help)
}

/// More columns than one table may have.
pub(crate) fn columns(table: &str, limit: usize, column: Span, of: Span) -> Diagnostic {
    let message = format!("table `{table}` has more than {limit} columns");
    one_too_many(message, column)
        .at(of, "the table")
        .help("split the table: no database takes that many")
}

/// More changes to follow than one file may ask for.
pub(crate) fn changes(at: Span) -> Diagnostic {
    let message = "too many changes of tables that too many others depend on";
    one_too_many(message, at).help("dump the schema as it is now: `pg_dump -s`, `.schema`")
}

fn one_too_many(message: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::error(CODE, message).at(at, "one too many")
}
