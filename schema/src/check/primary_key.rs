//! Without a primary key no single row can be found, updated or deleted.

use super::galera::cluster_of;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::DialectRules as _;
use crate::lists::IntoVec as _;
use crate::model::{Column, Generated, Model, Table, Unique};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    // Of a table without columns nothing could be read, and a version wants a key: both are reported already.
    let is_told = |table: &Table| {
        table.columns.is_empty() || table.columns.iter().any(|column| column.version)
    };
    // On a Galera cluster it is an error.
    let keyless = |table: &&Table| {
        let is_told = is_told(table) || cluster_of(model, table).is_some();
        table.primary_key.is_none() && table.view.is_none() && !is_told
    };
    for table in model.tables.iter().filter(keyless) {
        let message = format!("`{}` has no primary key", table.name.name);
        let diagnostic = Diagnostic::warning("B0400", message)
            .at(table.span, "no `find`, `update`, `save` and `delete`");
        diagnostics.push(diagnostic.help(help(table)));
    }
}

/// A unique key whose columns are never NULL can be the primary one, and so can an auto-increment column; else one has to be added.
pub(super) fn help(table: &Table) -> String {
    let never_null = |unique: &&Unique| unique.columns.iter().all(|id| !table.column(*id).nullable);
    if let Some(unique) = table.uniques.iter().find(never_null) {
        let columns = unique
            .columns
            .iter()
            .map(|id| table.column(*id).name.as_str());
        let columns: Vec<&str> = columns.into_vec();
        return format!(
            "make the unique key the primary one: `PRIMARY KEY ({})`",
            columns.join(", ")
        );
    }
    let counted = |column: &&Column| matches!(column.generated, Generated::Key { .. });
    if let Some(column) = table.columns.iter().find(counted) {
        return format!(
            "make the auto-increment column the key: `PRIMARY KEY ({})`",
            column.name
        );
    }
    let declaration = table.source_dialect.rules().counted_key();
    let taken = table
        .columns
        .iter()
        .any(|column| column.name.eq_ignore_ascii_case("id"));
    if taken {
        return "make it the key: `PRIMARY KEY (id)`".to_owned();
    }
    format!(
        "add an auto-increment key: `id {declaration}`; or name columns that are never equal: `PRIMARY KEY (…)`"
    )
}
