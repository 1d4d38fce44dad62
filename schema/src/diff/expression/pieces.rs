//! Tokens of an expression, spelled in one way.

use crate::dialect::Dialect;
use crate::parse::lex::{Lexer, TokenKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::diff) enum PieceKind {
    Word,
    /// A name in quotes, which is no keyword.
    Quoted,
    Literal,
    Number,
    Symbol,
}

#[derive(Debug, Clone)]
pub(in crate::diff) struct Piece {
    pub(in crate::diff) kind: PieceKind,
    pub(in crate::diff) text: String,
}

impl Piece {
    pub(in crate::diff) fn is(&self, text: &str) -> bool {
        matches!(self.kind, PieceKind::Word | PieceKind::Symbol) && self.text == text
    }
}

/// The tokens of a text.
pub(in crate::diff) fn pieces(sql: &str, dialect: Dialect) -> Vec<Piece> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    while lexer.skip_blanks() {
        let token = lexer.token();
        let text = &sql[token.start as usize..token.end as usize];
        let touches = token.start as usize == end;
        end = token.end as usize;
        let piece = piece(token.kind, text, dialect);
        // `~~`, `!=`, `@>`: the lexer gives back one sign after the other.
        match pieces.last_mut() {
            Some(last) if touches && joins(last, &piece) => last.text.push_str(&piece.text),
            _ => pieces.push(piece),
        }
    }
    for piece in &mut pieces {
        if piece.kind == PieceKind::Symbol && piece.text == "!=" {
            piece.text = "<>".to_owned();
        }
    }
    pieces.retain(|piece| !(piece.kind == PieceKind::Word && is_introducer(&piece.text, dialect)));
    pieces
}

fn joins(last: &Piece, next: &Piece) -> bool {
    let is_sign = |piece: &Piece| {
        piece.kind == PieceKind::Symbol
            && !piece
                .text
                .contains(['(', ')', ',', '[', ']', '.', ';', ':'])
    };
    is_sign(last) && is_sign(next) && !matches!(next.text.as_str(), "-" | "+")
}

/// MySQL writes the character set before its texts: `_utf8mb4'x'`.
fn is_introducer(word: &str, dialect: Dialect) -> bool {
    let sets = ["_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii"];
    dialect == Dialect::Mysql && sets.contains(&word)
}

fn piece(kind: TokenKind, text: &str, dialect: Dialect) -> Piece {
    let (kind, text) = match kind {
        TokenKind::Word => (PieceKind::Word, text.to_lowercase()),
        TokenKind::DoubleQuoted if dialect == Dialect::Mysql => {
            (PieceKind::Literal, format!("'{}'", inner(text, '"')))
        }
        TokenKind::Backticked => (PieceKind::Quoted, inner(text, '`').to_lowercase()),
        TokenKind::Bracketed => (
            PieceKind::Quoted,
            text.trim_matches(['[', ']']).to_lowercase(),
        ),
        TokenKind::DoubleQuoted if dialect == Dialect::Sqlite => {
            (PieceKind::Quoted, inner(text, '"').to_lowercase())
        }
        TokenKind::DoubleQuoted => (PieceKind::Quoted, inner(text, '"')),
        TokenKind::Number => (PieceKind::Number, text.to_lowercase()),
        TokenKind::Hex | TokenKind::Bits => (PieceKind::Literal, text.to_lowercase()),
        TokenKind::SingleQuoted | TokenKind::Escaped | TokenKind::Dollar => {
            (PieceKind::Literal, text.to_owned())
        }
        TokenKind::Symbol => (PieceKind::Symbol, text.to_owned()),
    };
    Piece { kind, text }
}

/// The text between quotes.
pub(super) fn inner(text: &str, quote: char) -> String {
    let inside = text.strip_prefix(quote).unwrap_or(text);
    let inside = inside.strip_suffix(quote).unwrap_or(inside);
    inside.replace(&format!("{quote}{quote}"), &quote.to_string())
}
