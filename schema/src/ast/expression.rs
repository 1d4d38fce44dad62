//! Expressions as pieces.

use crate::source::Span;

/// An expression: its text and its tokens, for classification and for carrying it to another dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// As written, without comments.
    pub sql: String,
    /// Piece by piece.
    pub tokens: Vec<ExpressionPiece>,
    /// Where it stands.
    pub span: Span,
}

/// One token of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionPiece {
    /// Which kind of token it is.
    pub kind: PieceKind,
    /// Unquoted for names and texts, as written for the rest.
    pub text: String,
}

impl ExpressionPiece {
    pub(crate) fn is_symbol(&self, sign: &str) -> bool {
        self.kind == PieceKind::Symbol && self.text == sign
    }

    /// Whether it may be a name: a word, or a quoted one.
    pub(crate) fn is_name(&self) -> bool {
        match self.kind {
            PieceKind::Word | PieceKind::Quoted | PieceKind::DoubleQuoted => true,
            PieceKind::Text
            | PieceKind::Number
            | PieceKind::Hex
            | PieceKind::Bits
            | PieceKind::Symbol => false,
        }
    }
}

/// The kind of a token of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// A bare word: a keyword, function or column.
    Word,
    /// A quoted name; in SQLite and MySQL double quotes may mean a text.
    Quoted,
    /// In double quotes.
    DoubleQuoted,
    /// A text constant.
    Text,
    /// A number.
    Number,
    /// `X'…'`: the digits.
    Hex,
    /// `B'…'`: the digits.
    Bits,
    /// An operator, parenthesis or comma.
    Symbol,
}

/// Returns how many pairs of parentheses enclose the whole.
pub(crate) fn outer_parentheses(tokens: &[ExpressionPiece]) -> usize {
    let pieces = tokens.iter();
    let leading = pieces.clone().take_while(|piece| piece.is_symbol("("));
    let trailing = pieces.rev().take_while(|piece| piece.is_symbol(")"));
    let (leading, trailing) = (leading.count(), trailing.count());
    let mut depth = 0_usize;
    let mut outer = leading.min(trailing);
    for (index, piece) in tokens.iter().enumerate().take(tokens.len() - trailing) {
        if piece.is_symbol("(") {
            depth += 1;
        } else if piece.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        if index + 1 >= leading {
            outer = outer.min(depth);
        }
    }
    outer
}
