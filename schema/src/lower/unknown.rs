//! The messages of B0010: a change of a table, a column or an index that is not there.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::draft::DraftTable;
use crate::lists::IntoVec as _;
use crate::name;

use crate::name::quoted_list;

/// Of a table; `near` is the name of a similar one.
pub(super) fn table(wanted: &Name, what: &str, near: Option<&str>) -> Diagnostic {
    let message = format!(
        "there is no table `{}` here that {what} could belong to",
        wanted.text
    );
    finding(message, wanted).help(near.map_or_else(
        || "create the table before this statement".to_owned(),
        |near| format!("write `{near}`"),
    ))
}

/// Of a column; the help names those of the table.
pub(super) fn column(table: &DraftTable, wanted: &Name) -> Diagnostic {
    let message = format!(
        "table `{}` has no column `{}`",
        table.name.name.text, wanted.text
    );
    let columns = table.columns.iter();
    let known: Vec<&str> = columns.map(|column| column.name.text.as_str()).into_vec();
    let near = name::suggest(&wanted.text, known.iter().copied());
    finding(message, wanted).help(near.map_or_else(
        || format!("its columns are {}", quoted_list(&known)),
        |near| format!("write `{near}`"),
    ))
}

/// Of the unique index that a constraint is made of.
pub(super) fn unique_index(table: &DraftTable, wanted: &Name) -> Diagnostic {
    let message = format!(
        "table `{}` has no unique index `{}`",
        table.name.name.text, wanted.text
    );
    let uniques = table.uniques.iter();
    let known = uniques.filter_map(|unique| unique.name.as_deref());
    finding(message, wanted).help(name::suggest(&wanted.text, known).map_or_else(
        || "create the index before this statement".to_owned(),
        |near| format!("write `{near}`"),
    ))
}

fn finding(message: String, wanted: &Name) -> Diagnostic {
    Diagnostic::error("B0010", message).at(wanted.span, "")
}
