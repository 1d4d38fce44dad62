//! `@length`: how long the values of a column without a limit of its own become, for the databases that need one in keys.

use crate::column_type::ColumnType;
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::model::{Column, ColumnId};

use super::{Resolver, types};

impl Resolver<'_> {
    /// A tag at a column is for this column, one at a table or the file's head for the columns of its keys.
    pub(super) fn lengths(&mut self) {
        for (table, draft) in self.model.tables.iter_mut().zip(&self.bound) {
            let dialect = table.source_dialect;
            for (index, written) in draft.columns.iter().enumerate() {
                let is_key = table.is_unique(ColumnId(index as u32));
                let column = &mut table.columns[index];
                if let Some(tag) = &written.notes.length {
                    if !limit(column, tag.length, dialect) {
                        let message = format!(
                            "`@length` is for texts and bytes of no limited length, and `{}` is `{}`",
                            column.name, column.sql_type
                        );
                        let diagnostic = Diagnostic::error("B0060", message)
                            .at(tag.span, "")
                            .at(column.type_span, "this type");
                        self.diagnostics
                            .push(diagnostic.help("leave `@length` out"));
                    }
                } else if let (Some(tag), true) = (&draft.notes.length, is_key) {
                    limit(column, tag.length, dialect);
                }
            }
        }
    }
}

/// Gives a column its length, if it has none. The type of a value that is kept in its text form stays as it is.
fn limit(column: &mut Column, length: u32, dialect: Dialect) -> bool {
    let limited = if let ColumnType::Text(_) | ColumnType::VarChar(None) = column.column_type {
        ColumnType::VarChar(Some(length))
    } else if let ColumnType::Blob(_) = column.column_type {
        ColumnType::VarBinary(length)
    } else {
        return false;
    };
    if !column.as_text {
        let is_bytes = limited == ColumnType::VarBinary(length);
        let spelled = types::limited(length, is_bytes, dialect);
        column.sql_type = spelled.unwrap_or(column.sql_type.clone());
    }
    column.column_type = limited;
    true
}
