//! Columns of a query's rows as those of a model.

use super::written::WrittenQuery;
use crate::ast::SerdeTags;
use crate::diagnostic::Diagnostic;
use crate::model::{Column, FieldType, Generated, Model, NativeColumn, QueryKind};
use crate::name;
use crate::typing::CheckedColumn;

/// The column; it has the Rust type and the documentation of the one that it is, unchanged.
pub(super) fn column(
    model: &Model,
    query: &WrittenQuery,
    at: usize,
    found: CheckedColumn,
) -> Result<Column, Diagnostic> {
    let name = match found.name {
        Some(name) => name,
        None if query.notes.kind == QueryKind::Scalar => "value".to_owned(),
        None => {
            let message = format!("column {} of {} has no name", at + 1, query.subject());
            let finding = Diagnostic::error("B0609", message).at(found.span, "");
            return Err(finding.help("give it one: `AS name` after it"));
        }
    };
    let source = found
        .source
        .map(|(table, id)| model.table(table).column(id));
    Ok(Column {
        field: name::escape_keyword(&name::field(&name)),
        name,
        span: found.span,
        type_span: found.span,
        sql_type: found.sql_type,
        column_type: found.column_type,
        float_digits: None,
        as_text: found.as_text,
        field_type: source.map_or(FieldType::Plain, |source| source.field_type.clone()),
        nullable: found.nullable,
        default: None,
        generated: Generated::No,
        collation: None,
        on_update_now: false,
        version: false,
        updated: false,
        skip: false,
        renamed_from: None,
        redact: None,
        serde: SerdeTags::default(),
        link: None,
        docs: source.map_or_else(Vec::new, |source| source.docs.clone()),
        native: NativeColumn::default(),
    })
}
