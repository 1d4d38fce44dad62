//! Finds where an expression mentions a column: a word of its name may be a function, a type or a table as well.

use crate::ast::{Expression, ExpressionPiece, PieceKind};
use crate::dialect::Dialect;

use super::lookup::same_name;

pub(super) fn speaks_of(expression: &Expression, column: &str, dialect: Dialect) -> bool {
    !mentions(&expression.tokens, column, dialect).is_empty()
}

/// The pieces that are the column's name.
pub(super) fn mentions(tokens: &[ExpressionPiece], column: &str, dialect: Dialect) -> Vec<usize> {
    let named = |at: &usize| is_column(tokens, *at, column, dialect);
    (0..tokens.len()).filter(named).collect()
}

fn is_column(tokens: &[ExpressionPiece], at: usize, column: &str, dialect: Dialect) -> bool {
    let piece = &tokens[at];
    let bare = match piece.kind {
        PieceKind::Word => true,
        PieceKind::Quoted => false,
        PieceKind::DoubleQuoted if dialect != Dialect::Mysql => false,
        PieceKind::DoubleQuoted
        | PieceKind::Text
        | PieceKind::Number
        | PieceKind::Hex
        | PieceKind::Bits
        | PieceKind::Symbol => return false,
    };
    if !same_name(&piece.text, column, dialect) {
        return false;
    }
    let before = at.checked_sub(1).map(|before| &tokens[before]);
    let behind = tokens.get(at + 1);
    let other = behind.is_some_and(|behind| is_symbol(behind, &["(", "."]))
        || before.is_some_and(|before| is_symbol(before, &["::"]));
    let word = bare && is_word_of_sql(tokens, at, before, behind);
    !other && !word
}

/// A type (`CAST(a AS date)`, `date '2020-01-01'`), a collation, or a field of a time.
fn is_word_of_sql(
    tokens: &[ExpressionPiece],
    at: usize,
    before: Option<&ExpressionPiece>,
    behind: Option<&ExpressionPiece>,
) -> bool {
    let typed = behind.is_some_and(|behind| behind.kind == PieceKind::Text);
    let led = |words: &[&str]| {
        let word = before.filter(|before| before.kind == PieceKind::Word);
        word.is_some_and(|word| {
            words
                .iter()
                .any(|known| word.text.eq_ignore_ascii_case(known))
        })
    };
    let extracted = at >= 2
        && is_symbol(&tokens[at - 1], &["("])
        && tokens[at - 2].text.eq_ignore_ascii_case("extract");
    typed || extracted || led(&["AS", "COLLATE", "WITH", "WITHOUT"])
}

fn is_symbol(piece: &ExpressionPiece, symbols: &[&str]) -> bool {
    piece.kind == PieceKind::Symbol && symbols.contains(&piece.text.as_str())
}
