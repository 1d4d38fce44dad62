//! Expressions: their text, and what they mean where every database has words for it.

use crate::ast::{Expression as Written, ExpressionPiece, PieceKind};
use crate::draft::DraftTable;
use crate::model::Expression;
use crate::portable::Portable;

use super::portable::Reader;

/// A condition or a computed value of a table.
pub(super) fn expression(written: &Written, table: &DraftTable) -> Expression {
    read(written, |tokens| Reader::new(tokens, table).read())
}

/// A default, where the present moment may stand too.
pub(super) fn default_expression(written: &Written, table: &DraftTable) -> Expression {
    read(written, |tokens| Reader::of_default(tokens, table).read())
}

fn read(
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

/// How many pairs of parentheses enclose the whole.
pub(super) fn outer_parentheses(tokens: &[ExpressionPiece]) -> usize {
    let is =
        |piece: &ExpressionPiece, sign: &str| piece.kind == PieceKind::Symbol && piece.text == sign;
    let leading = tokens.iter().take_while(|piece| is(piece, "(")).count();
    let trailing = tokens
        .iter()
        .rev()
        .take_while(|piece| is(piece, ")"))
        .count();
    let mut depth = 0_usize;
    let mut outer = leading.min(trailing);
    for (index, piece) in tokens.iter().enumerate().take(tokens.len() - trailing) {
        if is(piece, "(") {
            depth += 1;
        } else if is(piece, ")") {
            depth = depth.saturating_sub(1);
        }
        if index + 1 >= leading {
            outer = outer.min(depth);
        }
    }
    outer
}
