//! Copies of tables that are kept up on other engines.

use super::{ColumnId, EngineId, TableId};
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
