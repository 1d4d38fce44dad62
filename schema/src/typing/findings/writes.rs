//! Mistakes in statements that write, in words.

use super::{listed, near};
use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A value that its column does not take.
pub(in crate::typing) fn unlike_column(
    column: &str,
    takes: &str,
    given: &str,
    span: Span,
) -> Diagnostic {
    let message =
        format!("the column `{column}` is of type {takes}, and the value of type {given}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help(format!(
            "write a value of that type, or `CAST(value AS {takes})`"
        ))
}

/// `DEFAULT` of a column that has none.
pub(in crate::typing) fn no_default(column: &str, span: Span) -> Diagnostic {
    let message =
        format!("`{column}` is NOT NULL and has no default, and `DEFAULT` is written to it");
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help("write a value")
}

/// `ORDER BY` or `LIMIT` where rows of several tables are deleted.
pub(in crate::typing) fn limit_of_several(word: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` stands where `DELETE` reads several tables");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("choose the rows by a query: `WHERE id IN (SELECT …)`")
}

/// `DEFAULT NULL` of a column that is NOT NULL.
pub(in crate::typing) fn null_default(column: &str, span: Span) -> Diagnostic {
    let message = format!("`{column}` is NOT NULL, and its default is NULL");
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help("remove `DEFAULT NULL`, or `NOT NULL`")
}

/// A number of values that is not that of the columns.
pub(in crate::typing) fn number_of_values(columns: usize, values: usize, span: Span) -> Diagnostic {
    let plural = |count: usize, word: &str| {
        if count == 1 {
            format!("1 {word}")
        } else {
            format!("{count} {word}s")
        }
    };
    let message = format!(
        "{} for {}",
        plural(values, "value"),
        plural(columns, "column")
    );
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("write one value for each column, in their order")
}

/// A target of ON CONFLICT that no unique key is of.
pub(in crate::typing) fn no_such_key(table: &str, span: Span) -> Diagnostic {
    let message =
        format!("no primary key and no unique constraint of `{table}` is of these columns");
    Diagnostic::error("B0628", message)
        .at(span, "")
        .help("name all columns of one, or leave the target out: `ON CONFLICT DO NOTHING`")
}

/// A column that is written twice.
pub(in crate::typing) fn column_twice(column: &Name) -> Diagnostic {
    let message = format!("`{}` is among the columns twice", column.text);
    Diagnostic::error("B0628", message)
        .at(column.span, "")
        .help("name each column once, and write one value for it")
}

/// Columns that have to be written and are not.
pub(in crate::typing) fn left_out(table: &str, columns: &[String], span: Span) -> Diagnostic {
    let message = if let [column] = columns {
        format!("`{column}` of `{table}` is left out: it is NOT NULL and has no default")
    } else {
        format!(
            "{} of `{table}` are left out: they are NOT NULL and have no default",
            listed(columns)
        )
    };
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help(format!("add {} with a value", listed(columns)))
}

/// A column that the database computes.
pub(in crate::typing) fn computed_column(column: &Name) -> Diagnostic {
    let message = format!(
        "`{}` is computed by the database and cannot be written",
        column.text
    );
    Diagnostic::error("B0630", message)
        .at(column.span, "")
        .help("remove it from the columns that are written")
}

/// An identity that the database refuses.
pub(in crate::typing) fn given_identity(column: &Name) -> Diagnostic {
    let message = format!("`{}` is always given by the database", column.text);
    Diagnostic::error("B0630", message)
        .at(column.span, "")
        .help("remove it from the columns, or write `OVERRIDING SYSTEM VALUE` before `VALUES`")
}

/// NULL for a column that has none.
pub(in crate::typing) fn null_for(column: &str, span: Span) -> Diagnostic {
    let message = format!("`{column}` is NOT NULL, and NULL is written to it");
    Diagnostic::error("B0629", message)
        .at(span, "")
        .help("write a value, or `DEFAULT`")
}

/// `DEFAULT` that is no whole value of a column.
pub(in crate::typing) fn default_of_no_column(span: Span) -> Diagnostic {
    Diagnostic::error("B0624", "`DEFAULT` stands for no column here")
        .at(span, "")
        .help("write it as the whole value of a column: `VALUES (DEFAULT)`, `SET title = DEFAULT`")
}

/// A lock of rows that are none of a table.
pub(in crate::typing) fn lock_of(what: &str, span: Span) -> Diagnostic {
    let message = format!("`FOR UPDATE` locks rows of tables, and not {what}");
    Diagnostic::error("B0626", message)
        .at(span, "")
        .help("lock them in a query of their own, and read its rows: `FROM (SELECT … FOR UPDATE) AS locked`")
}

/// A constant that a column refuses.
pub(in crate::typing) fn not_taken(
    written: &str,
    column: &str,
    sql_type: &str,
    span: Span,
) -> Diagnostic {
    let message =
        format!("the column `{column}` is of type {sql_type} and does not take {written}");
    Diagnostic::error("B0624", message)
        .at(span, "")
        .help("write a value of the column's type, within its bounds")
}

/// Several columns that are set to what is no row.
pub(in crate::typing) fn no_row(columns: usize, span: Span) -> Diagnostic {
    let help = if columns == 1 {
        "write the column without parentheses: `SET a = 1`"
    } else {
        "write a value for each column: `SET (a, b) = (1, 2)`, or a query in parentheses"
    };
    Diagnostic::error(
        "B0628",
        "columns in parentheses are set to a row, and this is one value",
    )
    .at(span, "")
    .help(help)
}

/// A view whose rows cannot be written.
pub(in crate::typing) fn written_view(view: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "B0630",
        format!("the view `{view}` cannot be written: {why}"),
    )
    .at(span, "")
    .help("write the tables that it reads, or create a trigger that does: `INSTEAD OF`")
}

/// A constraint of `ON CONFLICT` that the table does not have.
pub(in crate::typing) fn unknown_constraint(wanted: &Name, known: &[String]) -> Diagnostic {
    let message = format!("the table has no key `{}`", wanted.text);
    let help = near(&wanted.text, known).unwrap_or_else(|| match known {
        [] => "name the columns: `ON CONFLICT (id)`".to_owned(),
        known => format!("its keys are {}", listed(known)),
    });
    Diagnostic::error("B0620", message)
        .at(wanted.span, "")
        .help(help)
}
