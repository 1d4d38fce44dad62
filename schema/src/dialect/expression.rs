//! Expressions of the schema in another dialect: as they are, from their tokens, or not at all.

use super::{Dialect, Refusal};
use crate::model::{Expression, ExpressionToken};
use crate::sql_writer::SqlWriter;

/// The text of an expression in `dialect`, without outer parentheses. `what` names it: ``the check of `a` ``.
pub(crate) fn expression_sql(
    expression: &Expression,
    source: Dialect,
    dialect: Dialect,
    what: &str,
) -> Result<String, Refusal> {
    if source == dialect {
        return Ok(expression.sql.clone());
    }
    let tokens = expression.portable.as_ref().ok_or_else(|| {
        let (from, to) = (source.product(), dialect.product());
        let message = format!("{what} is written for {from} and cannot be carried over to {to}");
        let help = "use columns, constants, comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, LIKE, + - * only; \
                    or let the table live on engines of one dialect";
        Refusal::new("B0212", message, help)
    })?;
    let mut sql = SqlWriter::new(dialect);
    sql.list(tokens, " ", |sql, token| match token {
        ExpressionToken::Column(name) => {
            sql.identifier(name);
        }
        ExpressionToken::Text(text) => {
            sql.text_literal(text);
        }
        ExpressionToken::Word(word) => {
            sql.push(word);
        }
    });
    Ok(sql.finish())
}
