//! Expressions among the tokens of a statement: where they end, and their text without comments.

use crate::ast::Expression;
use crate::diagnostic::Diagnostic;
use crate::parse::lex::{Token, TokenKind};
use crate::source::Span;
use crate::syntax::{Cursor, Problem, Read};

impl Cursor<'_> {
    /// Skips one token, or everything up to the matching parenthesis or bracket (`ARRAY['a', 'b']`).
    pub(crate) fn skip_one(&mut self) -> Read<()> {
        if self.is_symbol(0, "(") {
            return self.parenthesized().map(drop);
        }
        if self.is_symbol(0, "[") {
            return self.enclosed("[", "]").map(drop);
        }
        self.advance(1);
        Ok(())
    }

    /// Reads the text between the parenthesis here and the one that closes it.
    pub(crate) fn parenthesized(&mut self) -> Read<Expression> {
        self.enclosed("(", ")")
    }

    /// Reads the text between the character here and the one that closes it.
    fn enclosed(&mut self, opens: &str, closes: &str) -> Read<Expression> {
        let open = self.token(0);
        self.expect_symbol(opens)?;
        let first = self.at;
        let mut depth = 0_usize;
        while !self.at_end() {
            if self.is_symbol(0, closes) {
                if depth == 0 {
                    let expression = self.expression(first);
                    self.advance(1);
                    return Ok(expression);
                }
                depth -= 1;
            } else if self.is_symbol(0, opens) {
                depth += 1;
            }
            self.advance(1);
        }
        Err(self.unclosed(open))
    }

    /// The problem of a parenthesis that nothing closes.
    pub(crate) fn unclosed(&self, open: Option<Token>) -> Problem {
        let span = open.map_or_else(|| self.here(), |token| self.span_of(token));
        let bracket = open.is_some_and(|token| self.raw(token) == "[");
        let (what, closes) = if bracket {
            ("bracket", "]")
        } else {
            ("parenthesis", ")")
        };
        let message = format!("cannot read this `{}`: a {what} is never closed", self.kind);
        Box::new(
            Diagnostic::error("B0008", message)
                .at(span, "opened here")
                .help(format!(
                    "close it with `{closes}` before the statement's end"
                )),
        )
    }

    /// Everything up to a comma or closing parenthesis of this level, or where `stops` returns true (never at the first
    /// token).
    pub(crate) fn expression_until(&mut self, stops: impl Fn(&Self) -> bool) -> Read<Expression> {
        let first = self.at;
        while !self.at_end() && !self.is_symbol(0, ",") && !self.is_symbol(0, ")") {
            if self.at > first && stops(self) {
                break;
            }
            self.skip_one()?;
        }
        if self.at == first {
            Err(self.unexpected("a value"))
        } else {
            Ok(self.expression(first))
        }
    }

    /// The tokens from `first` up to here as an expression.
    pub(crate) fn expression(&self, first: usize) -> Expression {
        let tokens = &self.tokens[first..self.at];
        let span = if tokens.is_empty() {
            self.here()
        } else {
            self.span_from(first)
        };
        let sql = if tokens.is_empty() {
            String::new()
        } else {
            self.text_without_comments(tokens, span)
        };
        Expression { sql, span }
    }

    /// The tokens from `first` up to here as they are written, without comments.
    pub(crate) fn written(&self, first: usize) -> String {
        if self.at <= first {
            return String::new();
        }
        self.expression(first).sql
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
