//! The messages of B0105: a key, an index, an expression of a table or a view names a column that is not there.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::draft::DraftTable;
use crate::lists::IntoVec as _;
use crate::model::Table;
use crate::name::{self, quoted_list};
use crate::source::Span;

/// Of a table; `what` names it.
pub(super) fn of_table(table: &DraftTable, wanted: &Name, what: &str) -> Diagnostic {
    let columns = table.columns.iter();
    let known: Vec<&str> = columns.map(|column| column.name.text.as_str()).into_vec();
    let table = &table.name.name.text;
    let message = format!(
        "{what} names a column `{}` that table `{table}` does not have",
        wanted.text
    );
    finding(message, wanted.span).help(help(table, &wanted.text, &known))
}

/// Of a DEFAULT, which is computed before there is a row.
pub(super) fn in_default(wanted: &Name) -> Diagnostic {
    let name = &wanted.text;
    let message =
        format!("this DEFAULT names a column `{name}`, and a default is computed without a row");
    finding(message, wanted.span)
        .help("write a constant or a function; a value that follows from other columns is `GENERATED ALWAYS AS (value) STORED`")
}

/// Of a domain, which is of one value.
pub(super) fn in_domain(domain: &str, wanted: &Name) -> Diagnostic {
    let message = format!(
        "domain `{domain}` names a column `{}`, and it is of one value",
        wanted.text
    );
    finding(message, wanted.span).help("write `VALUE` for the value of the domain")
}

/// Of a view with an index.
pub(super) fn of_view(view: &str, known: &[&str], wanted: &Name) -> Diagnostic {
    let message = format!(
        "this index names a column `{}` that view `{view}` does not have",
        wanted.text
    );
    finding(message, wanted.span).help(help(view, &wanted.text, known))
}

/// Of the tables that a view reads.
pub(super) fn in_view(view: &str, known: &[&str], wanted: &str, span: Span) -> Diagnostic {
    let message =
        format!("view `{view}` names `{wanted}`, and nothing that it reads has such a column");
    let help = match name::suggest(wanted, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => format!("the columns are {}", quoted_list(known)),
    };
    finding(message, span).help(help)
}

/// The name before the point of a column, which is none of what the view reads.
pub(super) fn table_in_view(view: &str, known: &[&str], wanted: &str, span: Span) -> Diagnostic {
    let message =
        format!("view `{view}` names a column of `{wanted}`, and reads nothing of that name");
    let help = match name::suggest(wanted, known.iter().copied()) {
        Some(near) => format!("write `{near}`"),
        None => format!("it reads {}", quoted_list(known)),
    };
    finding(message, span).help(help)
}

/// A table that a view reads.
pub(super) fn table_of_view(view: &str, known: &[&str], wanted: &Name) -> Diagnostic {
    let text = &wanted.text;
    let message = format!("there is no table `{text}`, which view `{view}` reads");
    let made = format!(
        "declare it with `-- @unmanaged` above its `CREATE TABLE`, or write that above `{view}`"
    );
    let help = match name::suggest(text, known.iter().copied()) {
        Some(near) => format!("write `{near}`; where others make `{text}`, {made}"),
        None => format!("where others make `{text}`, {made}"),
    };
    Diagnostic::error("B0104", message)
        .at(wanted.span, "")
        .help(help)
}

/// Of a table without a primary key, which a foreign key names without a column.
pub(super) fn of_reference(target: &Table, reference: Span) -> Diagnostic {
    let name = &target.name.name;
    let message = format!("this foreign key names no column and table `{name}` has no primary key");
    let mut uniques = target.uniques.iter();
    let unique = uniques.find(|unique| unique.columns.len() == 1);
    let column = unique.map_or("id", |unique| &target.column(unique.columns[0]).name);
    finding(message, reference)
        .at(target.span, "no primary key")
        .help(format!("write the column: `REFERENCES {name}({column})`"))
}

fn help(owner: &str, wanted: &str, known: &[&str]) -> String {
    let list = format!("the columns of `{owner}` are {}", quoted_list(known));
    match name::suggest(wanted, known.iter().copied()) {
        Some(near) => format!("write `{near}`; {list}"),
        None => list,
    }
}

fn finding(message: String, span: Span) -> Diagnostic {
    Diagnostic::error("B0105", message).at(span, "")
}
