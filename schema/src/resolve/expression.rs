//! Expressions: their text, and what they mean where every database has words for it.

use crate::ast::{Expression as Written, outer_parentheses};
use crate::draft::DraftTable;
use crate::model::Expression;

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
    let mut sql = written.sql.trim();
    for _ in 0..outer_parentheses(&written.tokens) {
        sql = sql
            .strip_prefix('(')
            .and_then(|sql| sql.strip_suffix(')'))
            .unwrap_or(sql)
            .trim();
    }
    Expression {
        sql: sql.to_owned(),
        portable: portable(sql, table, is_default),
        span: written.span,
    }
}
