//! Tokens of an expression, spelled in one way.

use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Token, TokenKind};

use super::form::{literal, name_form};
use crate::syntax::grammar::Grammar;
use crate::syntax::{Cursor, Text, tokens_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PieceKind {
    Word,
    /// A name in quotes, which is no keyword.
    Quoted,
    Literal,
    Number,
    Symbol,
}

#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) kind: PieceKind,
    pub(crate) text: String,
}

impl Piece {
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, PieceKind::Word | PieceKind::Symbol) && self.text == text
    }

    /// As it is compared: a name that is no name without its quotes has them.
    pub(super) fn form(&self, dialect: Dialect) -> String {
        match self.kind {
            PieceKind::Quoted => name_form(&self.text, dialect),
            PieceKind::Word | PieceKind::Literal | PieceKind::Number | PieceKind::Symbol => {
                self.text.clone()
            }
        }
    }
}

/// The tokens of a text.
pub(crate) fn pieces(sql: &str, dialect: Dialect) -> Vec<Piece> {
    let mut pieces = joined(sql, dialect);
    for piece in &mut pieces {
        match piece.kind {
            PieceKind::Word => piece.text = piece.text.to_lowercase(),
            PieceKind::Symbol if piece.text == "!=" => piece.text = "<>".to_owned(),
            _ => {}
        }
    }
    pieces.retain(|piece| !(piece.kind == PieceKind::Word && is_introducer(&piece.text, dialect)));
    pieces
}

/// With words as they are written.
fn joined(sql: &str, dialect: Dialect) -> Vec<Piece> {
    let tokens = tokens_of(sql, dialect);
    let cursor = Text::of(sql, &tokens, dialect).cursor();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    for &token in &tokens {
        let piece = piece(&cursor, token);
        // `~~`, `!=`, `@>`: the lexer gives back one sign after the other.
        match pieces.last_mut() {
            Some(last) if token.start == end && joins(last, &piece) => {
                last.text.push_str(&piece.text);
            }
            _ => pieces.push(piece),
        }
        end = token.end;
    }
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

/// A character set before a text: `_utf8mb4'x'`.
fn is_introducer(word: &str, dialect: Dialect) -> bool {
    let sets = ["_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii"];
    Grammar::of(dialect).operands.character_sets && sets.contains(&word)
}

fn piece(cursor: &Cursor<'_>, token: Token) -> Piece {
    let raw = cursor.raw(token);
    let (kind, text) = match token.kind {
        _ if cursor.is_text_token(token) => (PieceKind::Literal, literal(&cursor.unquoted(token))),
        TokenKind::Word => (PieceKind::Word, raw.to_owned()),
        TokenKind::Number => (PieceKind::Number, raw.to_lowercase()),
        TokenKind::Hex | TokenKind::Bits => (PieceKind::Literal, raw.to_lowercase()),
        TokenKind::Symbol => (PieceKind::Symbol, raw.to_owned()),
        _ if cursor.grammar.names.folds => (PieceKind::Quoted, cursor.unquoted(token)),
        _ => (PieceKind::Quoted, cursor.unquoted(token).to_lowercase()),
    };
    Piece { kind, text }
}

/// The tokens of a normal form without casts, and without the schemas before names.
pub(super) fn loose_words(normal: &str, dialect: Dialect) -> Vec<String> {
    const OF_TYPE: [&str; 9] = [
        ".",
        "[",
        "]",
        "varying",
        "precision",
        "with",
        "without",
        "time",
        "zone",
    ];
    let mut words: Vec<String> = Vec::new();
    let mut pieces = joined(normal, dialect).into_iter().peekable();
    let mut is_after_name = false;
    while let Some(piece) = pieces.next() {
        match piece.text.as_str() {
            "::" => {
                let mut is_open = true;
                let is_of_type = |next: &Piece| OF_TYPE.contains(&next.text.as_str());
                while let Some(next) = pieces.next_if(|next| is_open || is_of_type(next)) {
                    is_open = next.is(".");
                }
            }
            "." if is_after_name => {
                words.pop();
            }
            _ => words.push(piece.text.clone()),
        }
        is_after_name = matches!(piece.kind, PieceKind::Word | PieceKind::Quoted);
    }
    words
}
