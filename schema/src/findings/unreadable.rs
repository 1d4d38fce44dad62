//! B0006: SQL that is not what the grammar of its dialect has there, or that says too little.

use bindery_core::statements::lex::Unclosed;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

const CODE: &str = "B0006";

/// A statement of this kind has something else at this place.
pub(crate) fn unexpected(kind: &str, expected: &str, found: &str, at: Span) -> Diagnostic {
    let message = format!("cannot read this `{kind}`: expected {expected}, {found}");
    Diagnostic::error(CODE, message).at(at, format!("expected {expected}"))
}

/// Why a statement of this kind cannot be read, without saying so.
pub(crate) fn reason<'m>(kind: &str, message: &'m str) -> &'m str {
    let head = format!("cannot read this `{kind}`: ");
    message.strip_prefix(&head).unwrap_or(message)
}

/// A statement runs into the next one.
pub(crate) fn missing_delimiter(kind: &str, last: Span, next: Span) -> Diagnostic {
    let message = format!("this `{kind}` is not ended: its `;` is missing");
    Diagnostic::error(CODE, message)
        .at(last, "`;` is missing after this")
        .at(next, "the next statement begins here")
        .help("end the statement with `;`")
}

/// A statement of this kind cannot be read for a reason of its own.
pub(crate) fn part(kind: &str, message: &str, at: Span, help: &str) -> Diagnostic {
    let message = format!("cannot read this `{kind}`: {message}");
    Diagnostic::error(CODE, message).at(at, "").help(help)
}

/// A table that would be lost in silence: it stands within a statement that is passed over.
pub(crate) fn swallowed_table(kind: &str, at: Span, of_sql_server: bool) -> Diagnostic {
    let message = format!("this `CREATE TABLE` is part of the `{kind}` before it");
    let help = if of_sql_server {
        "`GO` ends statements of SQL Server only, whose SQL is not read: end each statement with `;` and write it for \
         sqlite, postgres or mysql"
    } else {
        "end the statement before it with `;`"
    };
    Diagnostic::error(CODE, message).at(at, "").help(help)
}

/// The places of a statement beyond those that are reported one by one.
pub(crate) fn more_places(more: usize, kind: &str, at: Span) -> Diagnostic {
    let message = format!("{more} more places of this `{kind}` cannot be read");
    Diagnostic::error(CODE, message).at(at, "from here on")
}

/// `CREATE TABLE … AS SELECT …` over columns whose types are not known.
pub(crate) fn query_of_unknown_types(at: Span) -> Diagnostic {
    let help = "write the columns with their types; what the query gives cannot be known without a database";
    part(
        "CREATE TABLE",
        "its columns come from a query whose types are not known",
        at,
        help,
    )
}

/// `CREATE TABLE … OF type` of a type without columns, or of none.
pub(crate) fn row_type(name: &str, at: Span) -> Diagnostic {
    let message = format!("there is no type `{name}` here with these columns");
    let help =
        format!("create the type before this statement: `CREATE TYPE {name} AS (id bigint)`");
    part("CREATE TABLE", &message, at, &help)
}

/// A primary key over an expression.
pub(crate) fn key_of_no_column(table: &str, at: Span) -> Diagnostic {
    let message = format!("the primary key of `{table}` holds something that is not a column");
    let help = "write plain columns: `PRIMARY KEY (a, b)`";
    Diagnostic::error(CODE, message).at(at, "").help(help)
}

/// Something that was opened and never closed.
pub(crate) fn unclosed(file: FileId, unclosed: &Unclosed) -> Diagnostic {
    let message = format!("a {} is never closed", unclosed.what);
    let span = Span {
        file,
        start: unclosed.start,
        end: unclosed.end,
    };
    let help = if unclosed.closer.contains('`') {
        format!("close it with {}", unclosed.closer)
    } else {
        format!("close it with `{}`", unclosed.closer)
    };
    Diagnostic::error("B0004", message)
        .at(span, "opened here")
        .help(help)
}
