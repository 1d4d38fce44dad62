//! The text of a part of a statement, without comments and without the name of the file's own database.

use super::cursor::Cursor;
use crate::source::Span;
use bindery_core::statements::lex::{Token, TokenKind};

impl Cursor<'_> {
    /// The tokens from `first` up to here as they are written, without comments.
    pub(crate) fn written(&self, first: usize) -> String {
        if self.at <= first {
            return String::new();
        }
        self.text_without_comments(&self.tokens[first..self.at], self.span_from(first))
    }

    /// The text as written; what is no SQL between two tokens becomes a blank.
    fn text_without_comments(&self, tokens: &[Token], span: Span) -> String {
        let next = self
            .comments
            .partition_point(|comment| comment.start < span.start);
        let written = &self.text[span.start as usize..span.end as usize];
        let plain = self
            .comments
            .get(next)
            .is_none_or(|comment| comment.start >= span.end);
        if plain && !written.contains("*/") && self.own_database.is_none() {
            return written.to_owned();
        }
        let mut text = String::with_capacity(written.len());
        let mut before = span.start;
        let mut at = 0;
        while let Some(&token) = tokens.get(at) {
            let gap = &self.text[before as usize..token.start as usize];
            let blank = gap.bytes().all(|byte| byte.is_ascii_whitespace());
            text.push_str(if blank { gap } else { " " });
            before = token.end;
            at += 1;
            match tokens.get(at) {
                // The database that the file is for goes by another name where it is used.
                Some(&point) if self.raw(point) == "." && self.is_own_database(token) => {
                    before = point.end;
                    at += 1;
                }
                _ => text.push_str(self.raw(token)),
            }
        }
        text
    }

    fn is_own_database(&self, token: Token) -> bool {
        let name = matches!(
            token.kind,
            TokenKind::Word | TokenKind::Backticked | TokenKind::DoubleQuoted
        );
        let own = |database: &str| self.unquoted(token) == database;
        name && self.own_database.is_some_and(own)
    }
}
