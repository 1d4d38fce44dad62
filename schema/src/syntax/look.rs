//! The meaning of what stands at a place of a statement, for readers that name no token.
//!
//! Places are counted from the cursor's own. After the last token stands nothing, which is written as the empty text.

use super::cursor::Cursor;
use crate::source::Span;
use bindery_core::statements::kind::kind_of;
use bindery_core::statements::lex::TokenKind;

impl<'a> Cursor<'a> {
    /// The number of tokens from here on.
    pub(crate) fn rest(&self) -> usize {
        self.tokens.len() - self.at
    }

    /// Moves behind the last token.
    pub(crate) fn skip_to_end(&mut self) {
        self.at = self.tokens.len();
    }

    /// Moves behind the next token that is written so, in any case of its letters; to the end where there is none.
    pub(crate) fn skip_behind(&mut self, written: &str) {
        let mut pieces = self.pieces();
        let at = pieces.position(|piece| piece.eq_ignore_ascii_case(written));
        self.advance(at.map_or(self.rest(), |at| at + 1));
    }

    /// All tokens from here on, as they are written.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (text, tokens) = (self.text, &self.tokens[self.at..]);
        tokens
            .iter()
            .map(|token| &text[token.start as usize..token.end as usize])
    }

    /// The places of all tokens from here on.
    pub(crate) fn places(&self) -> impl Iterator<Item = Span> {
        self.tokens[self.at..]
            .iter()
            .map(|token| self.span_of(*token))
    }

    /// The text from the first token to the end of the last.
    pub(crate) fn source(&self) -> &'a str {
        match self.tokens {
            [first, .., last] | [first @ last] => {
                &self.text[first.start as usize..last.end as usize]
            }
            [] => "",
        }
    }

    /// From the first token to the end of the last.
    pub(crate) fn span(&self) -> Span {
        self.span_between(0, self.tokens.len().saturating_sub(1))
    }

    /// The end of the token before here.
    pub(crate) fn end_behind(&self) -> u32 {
        self.tokens[self.at - 1].end
    }

    /// The token as it is written.
    pub(crate) fn piece(&self, ahead: usize) -> &'a str {
        self.token(ahead).map_or("", |token| self.raw(token))
    }

    /// The token without quotes; bare words stay as they are.
    pub(crate) fn content(&self, ahead: usize) -> String {
        let token = self.token(ahead);
        token.map_or_else(String::new, |token| self.unquoted(token))
    }

    /// The token as the name that it is if it is one; PostgreSQL folds what is not quoted.
    pub(crate) fn name_at(&self, ahead: usize) -> Option<String> {
        self.token(ahead).map(|token| self.name_text(token))
    }

    /// The place of a token; that of the last one after it.
    pub(crate) fn span_at(&self, ahead: usize) -> Span {
        let last = self.tokens.len().saturating_sub(1);
        let at = (self.at + ahead).min(last);
        self.span_between(at, at)
    }

    /// Whether a keyword or a name without quotes stands there.
    pub(crate) fn is_bare(&self, ahead: usize) -> bool {
        self.is_kind(ahead, TokenKind::Word)
    }

    /// Whether a name in double quotes stands there, which is a text in MySQL.
    pub(crate) fn is_double_quoted(&self, ahead: usize) -> bool {
        self.is_kind(ahead, TokenKind::DoubleQuoted)
    }

    /// Whether a number stands there, without a sign.
    pub(crate) fn is_number(&self, ahead: usize) -> bool {
        self.is_kind(ahead, TokenKind::Number)
    }

    /// Whether an operator, a parenthesis, a comma or the like stands there.
    pub(crate) fn is_sign(&self, ahead: usize) -> bool {
        self.is_kind(ahead, TokenKind::Symbol)
    }

    /// Whether a text constant stands there.
    pub(crate) fn is_text(&self, ahead: usize) -> bool {
        self.token(ahead)
            .is_some_and(|token| self.is_text_token(token))
    }

    /// The words that name the kind of the statement: `CREATE TABLE`.
    pub(crate) fn statement_kind(&self) -> String {
        kind_of(self.text, self.tokens)
    }

    fn is_kind(&self, ahead: usize, kind: TokenKind) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == kind)
    }
}
