//! Statements that stand within another one, or in a text constant of it.

use crate::lists::IntoVec as _;
use std::ops::Range;

use super::cursor::Cursor;
use super::text::Text;
use crate::source::FileId;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Comment, Lexer, Token, TokenKind};
use bindery_core::statements::split::{DEPTH_LIMIT, RawStatement};

/// A part of a text by itself: the body of a function, the content of a text constant.
pub(crate) struct Cut<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
    file: FileId,
    dialect: Dialect,
    /// Whether all that is opened in it is closed.
    is_closed: bool,
}

impl<'a> Cut<'a> {
    /// The part between two places of the cursor's text.
    pub(crate) fn between(within: &Cursor<'a>, range: Range<usize>) -> Self {
        let mut lexer = Lexer::new(&within.text[..range.end], within.dialect);
        lexer.at = range.start;
        let mut tokens = Vec::new();
        while lexer.at < range.end && lexer.skip_blanks() {
            tokens.push(lexer.token());
        }
        Self {
            text: within.text,
            tokens,
            comments: lexer.comments,
            file: within.file,
            dialect: within.dialect,
            is_closed: lexer.unclosed.is_empty(),
        }
    }

    /// The content of the statement's first text in dollar quotes; `None` where something in it is never closed.
    pub(crate) fn of_dollar_quotes(statement: &Cursor<'a>) -> Option<Self> {
        let mut tokens = statement.tokens.iter();
        let body = tokens.find(|token| token.kind == TokenKind::Dollar)?;
        let quote = statement.raw(*body)[1..].find('$')? + 2;
        let end = (body.end as usize).checked_sub(quote)?;
        let cut = Self::between(statement, body.start as usize + quote..end);
        cut.is_closed.then_some(cut)
    }

    /// The content of a text constant as it is written, doubled quotes included; `None` where its end is missing.
    pub(crate) fn of_text(statement: &Cursor<'a>, at: usize) -> Option<Self> {
        let token = statement.tokens.get(at)?;
        let raw = statement.raw(*token);
        let is_closed = raw.len() > 1 && raw.ends_with('\'');
        let range = token.start as usize + 1..token.end as usize - 1;
        is_closed.then(|| Self::between(statement, range))
    }

    /// At its beginning.
    pub(crate) fn cursor(&self) -> Cursor<'_> {
        Text {
            file: self.file,
            ..Text::of(self.text, &self.tokens, self.dialect)
        }
        .cursor()
    }
}

impl Cursor<'_> {
    /// All tokens as a statement of their own; `None` where there are none.
    pub(crate) fn as_statement(&self) -> Option<RawStatement> {
        self.joined_with(&[])
    }

    /// The same with what the others have after them.
    pub(crate) fn joined_with(&self, others: &[Cursor<'_>]) -> Option<RawStatement> {
        let others = others.iter().flat_map(|other| other.tokens);
        let tokens: Vec<Token> = self.tokens.iter().chain(others).copied().into_vec();
        Some(RawStatement {
            end: tokens.last()?.end,
            too_deep: self.too_deep(&tokens),
            tokens,
            swallowed_table: None,
        })
    }

    /// The places from here on where one of these words stands outside of all parentheses.
    pub(crate) fn outer_words(&self, words: &[&str]) -> Vec<usize> {
        let mut depth = 0;
        let mut found = Vec::new();
        for at in self.at..self.tokens.len() {
            depth = self.depth_behind(self.tokens[at], depth);
            if depth == 0 && self.is_any_word(at - self.at, words) {
                found.push(at);
            }
        }
        found
    }

    fn too_deep(&self, tokens: &[Token]) -> Option<Token> {
        let mut depth = 0_usize;
        tokens.iter().copied().find(|&token| {
            depth = self.depth_behind(token, depth);
            depth > DEPTH_LIMIT
        })
    }

    fn depth_behind(&self, token: Token, depth: usize) -> usize {
        match (token.kind, self.raw(token)) {
            (TokenKind::Symbol, "(") => depth + 1,
            (TokenKind::Symbol, ")") => depth.saturating_sub(1),
            _ => depth,
        }
    }
}
