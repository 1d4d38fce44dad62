//! Copies of tables that are kept up on other engines.

use super::{ColumnId, EngineId, Model, TableId};
use crate::plan::statements::{is_required, is_writable};
use crate::source::Span;

/// `@sync from default to analytics as UserAnalytics by updated_at`, or `captured` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSync {
    /// The method of generated code, and what the target keeps it under: `users_to_analytics`.
    pub name: String,
    /// The engine that is read.
    pub from: EngineId,
    /// The table that is read.
    pub source: TableId,
    /// The engine that is written.
    pub to: EngineId,
    /// The table that is written.
    pub target: TableId,
    /// The column that says what was changed.
    pub by: Option<ColumnId>,
    /// Triggers record what was changed. Without them and without a column both tables are compared.
    pub captured: bool,
    /// The whole tag.
    pub span: Span,
}

impl TableSync {
    /// Returns whether rows can be copied as they are. Then each column that a row of the target needs is in the source by the same
    /// name, and each column that both have takes every value that may come. Else the program maps rows.
    pub fn copies_columns(&self, model: &Model) -> bool {
        let (source, target) = (model.table(self.source), model.table(self.target));
        let key = target.primary_key.as_ref().map(|key| &key.columns[..]);
        let key = key.unwrap_or_default();
        let ids = (0..).map(ColumnId).zip(&target.columns);
        let mut columns = ids.filter(|(_, column)| is_writable(column) && !column.skip);
        columns.all(|(id, column)| {
            let mut others = source.columns.iter().filter(|other| !other.skip);
            match others.find(|other| other.name == column.name) {
                Some(other) => {
                    column.column_type.holds(&other.column_type)
                        && (column.nullable || !other.nullable)
                }
                None => !key.contains(&id) && !is_required(model, target, id),
            }
        })
    }
}
