//! Expressions: their text, and what they mean where every database has words for it.

use crate::ast::Expression as Written;
use crate::draft::DraftTable;
use crate::model::Expression;
use crate::syntax::{ungrouped, without_own_table};

use super::portable::portable;

/// A condition or a computed value of a table.
pub(super) fn expression(written: &Written, table: &DraftTable) -> Expression {
    resolve_with(written, table, false)
}

/// A default, where the current time may stand too.
pub(super) fn default_expression(written: &Written, table: &DraftTable) -> Expression {
    resolve_with(written, table, true)
}

fn resolve_with(written: &Written, table: &DraftTable, is_default: bool) -> Expression {
    let sql = ungrouped(&written.sql, table.dialect);
    let sql = without_own_table(sql, &table.name.name.text, table.dialect);
    Expression {
        portable: portable(&sql, table, is_default),
        sql: sql.into_owned(),
        span: written.span,
    }
}
