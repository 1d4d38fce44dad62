//! A primary key of any length is repeated by every index and every foreign key, and MySQL cannot have it.

use crate::column_type::ColumnType;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::ColumnPlace;
use crate::dialect::DialectRules as _;
use crate::model::{Column, ColumnId, FieldType, Model, TableId};

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for id in model.table_ids() {
        let table = model.table(id);
        for column in table.primary_key.iter().flat_map(|key| &key.columns) {
            let place = table.column(*column);
            if is_text(place, id) && !is_refused(model, id, *column) {
                diagnostics.push(diagnostic(&table.name.name, place));
            }
        }
    }
}

/// One that refers to a row elsewhere is as that row's key is.
fn is_text(column: &Column, own: TableId) -> bool {
    let is_long = matches!(
        column.column_type,
        ColumnType::Text(_) | ColumnType::VarChar(None)
    );
    let is_own = match column.field_type {
        FieldType::Key { table, .. } => table == own,
        FieldType::Plain | FieldType::Custom(_) => true,
    };
    let is_own = is_own && column.link.is_none();
    is_long && !column.as_text && is_own
}

/// Returns whether an engine refuses such a key, which is then an error.
fn is_refused(model: &Model, table: TableId, column: ColumnId) -> bool {
    let place = ColumnPlace {
        model,
        table,
        column,
    };
    let engines = model.table(table).engines.iter();
    let source = model.table(table).source_dialect;
    engines
        .map(|id| model.engine(*id).dialect)
        .any(|dialect| dialect != source && dialect.rules().key_column(place).is_err())
}

fn diagnostic(table: &str, column: &Column) -> Diagnostic {
    let name = &column.name;
    let message = format!("the primary key of `{table}` is a text of any length: `{name}`");
    let help = format!("give it a length: `{name} VARCHAR(191)`, or `-- @length 191` above it");
    Diagnostic::warning("B0412", message)
        .at(column.type_span, "every index and reference repeats it")
        .help(help)
}
