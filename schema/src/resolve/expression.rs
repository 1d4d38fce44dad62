//! Expressions: their text, and what they mean where every database has words for it.

use crate::ast::{Expression as Written, ExpressionPiece, outer_parentheses};
use crate::draft::DraftTable;
use crate::model::Expression;
use crate::portable::Portable;

use super::portable::Reader;

/// A condition or a computed value of a table.
pub(super) fn expression(written: &Written, table: &DraftTable) -> Expression {
    resolve_with(written, |tokens| Reader::new(tokens, table).expression())
}

/// A default, where the current time may stand too.
pub(super) fn default_expression(written: &Written, table: &DraftTable) -> Expression {
    resolve_with(written, |tokens| {
        Reader::of_default(tokens, table).expression()
    })
}

fn resolve_with(
    written: &Written,
    portable: impl Fn(&[ExpressionPiece]) -> Result<Portable, String>,
) -> Expression {
    let outer = outer_parentheses(&written.tokens);
    let tokens = &written.tokens[outer..written.tokens.len() - outer];
    let mut sql = written.sql.trim();
    for _ in 0..outer {
        sql = sql
            .strip_prefix('(')
            .and_then(|sql| sql.strip_suffix(')'))
            .unwrap_or(sql)
            .trim();
    }
    Expression {
        sql: sql.to_owned(),
        portable: portable(tokens),
        span: written.span,
    }
}
