//! A link refers to one row: by a unique column of a type that the linking column can hold.

use super::referred_key::is_key;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::{Column, Link, Model};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for table in &model.tables {
        for column in &table.columns {
            if let Some(link) = &column.link {
                target(model, column, link, diagnostics);
            }
        }
    }
}

fn target(model: &Model, column: &Column, link: &Link, diagnostics: &mut Diagnostics) {
    let table = model.table(link.table);
    let referred = table.column(link.column);
    let name = format!("`{}({})`", table.name.name, referred.name);
    if !is_key(table, &[link.column]) {
        let message = format!("`{}` links to {name}, which is not unique", column.name);
        let diagnostic = Diagnostic::error("B0123", message)
            .at(link.span, "this link")
            .at(referred.span, "not a key");
        diagnostics.push(diagnostic.help(format!(
            "link to the primary key, or add `UNIQUE ({})` to `{}`",
            referred.name, table.name.name
        )));
    }
    if !column.column_type.holds(&referred.column_type) {
        let message = format!(
            "`{}` cannot hold every value of {name}, which it links to",
            column.name
        );
        let diagnostic = Diagnostic::error("B0122", message)
            .at(column.type_span, format!("this is `{}`", column.sql_type))
            .at(
                referred.type_span,
                format!("and this `{}`", referred.sql_type),
            );
        let help = format!(
            "declare `{}` as `{}`, as the column that it links to",
            column.name, referred.sql_type
        );
        diagnostics.push(diagnostic.help(help));
    }
}
