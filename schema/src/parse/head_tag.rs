//! A tag of engines at the head of a file, with a table right below the blank line: it may have been meant for that table
//! alone, and would move all of them.

use super::annotation::Head;
use crate::ast::{CreateTable, FileAst, Statement};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;

/// Asks which is meant. Only a head has a `@dialect`, so that beside one the tag is the head's for certain; so it is above a
/// table that has a tag of its own, and a file of one table is that table.
pub(super) fn check(head: &Head, ast: &FileAst, diagnostics: &mut Diagnostics) {
    let (Some(tag), None) = (&head.engines, head.dialect) else {
        return;
    };
    let Some(Statement::CreateTable(first)) = ast.statements.first() else {
        return;
    };
    if first.notes.engines.is_some() || untagged(ast).nth(1).is_none() {
        return;
    }
    let names: Vec<&str> = tag.names.iter().map(|name| name.text.as_str()).into_vec();
    let (names, table) = (names.join(", "), &first.name.name);
    let message = format!(
        "`@engines {names}` could be for the whole file or for table `{}` alone",
        table.text
    );
    let diagnostic = Diagnostic::error("B0061", message)
        .at(tag.span, "a blank line makes it the head of the file")
        .at(table.span, "the first table below it");
    diagnostics.push(diagnostic.help(format!(
        "for the whole file write `-- @dialect {}` beside it, which only a head has; for the table remove the blank line",
        ast.dialect
    )));
}

/// Tables that live where the head says.
fn untagged(ast: &FileAst) -> impl Iterator<Item = &CreateTable> {
    ast.statements
        .iter()
        .filter_map(|statement| match statement {
            Statement::CreateTable(table) if table.notes.engines.is_none() => Some(&**table),
            _ => None,
        })
}
