//! A text and its tokens, and what can be seen of it without a tree.

use super::cursor::Cursor;
use super::grammar::Grammar;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Lexer, Token, TokenKind};

/// The text of one statement.
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) file: FileId,
    pub(crate) dialect: Dialect,
    /// Its name in messages.
    pub(crate) kind: &'a str,
    /// `:name`, `?` and their kin stand for values of the program.
    pub(crate) parameters: bool,
}

impl<'a> Text<'a> {
    /// A text of its own, in no file.
    pub(crate) fn of(text: &'a str, tokens: &'a [Token], dialect: Dialect) -> Self {
        Self {
            text,
            tokens,
            file: FileId(0),
            dialect,
            kind: "statement",
            parameters: false,
        }
    }

    /// The text between two places.
    pub(crate) fn at(&self, start: u32, end: u32) -> &'a str {
        &self.text[start as usize..end as usize]
    }

    /// At its beginning.
    pub(crate) fn cursor(&self) -> Cursor<'a> {
        Cursor {
            text: self.text,
            tokens: self.tokens,
            at: 0,
            file: self.file,
            dialect: self.dialect,
            grammar: Grammar::of(self.dialect),
            read_as: None,
            comments: &[],
            own_database: None,
            path: None,
            kind: self.kind,
        }
    }
}

/// The tokens of a text.
pub(crate) fn tokens_of(sql: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(sql, dialect);
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    tokens
}

/// The tokens of one statement.
pub(crate) type Tokens = [Token];

/// Returns whether this sign stands in a text, outside of its texts and comments.
pub(crate) fn has_sign(sql: &str, dialect: Dialect, sign: &str) -> bool {
    let tokens = tokens_of(sql, dialect);
    let cursor = Text::of(sql, &tokens, dialect).cursor();
    tokens.iter().any(|token| cursor.raw(*token) == sign)
}

/// The first token from this place on, as messages have it.
pub(crate) fn shown_at(sql: &str, dialect: Dialect, at: u32) -> String {
    let tokens = tokens_of(sql, dialect);
    let Some(token) = tokens.iter().find(|token| token.start >= at) else {
        return "its end".to_owned();
    };
    let raw = &sql[token.start as usize..token.end as usize];
    match token.kind {
        TokenKind::Symbol => format!("the operator `{raw}`"),
        TokenKind::Word => format!("the word `{raw}`"),
        _ => format!("`{}`", raw.trim_matches(['"', '`', '[', ']', '\''])),
    }
}

/// The tokens of a statement within a text.
pub(crate) fn tokens_within(text: &str, statement: Span, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    lexer.at = statement.start as usize;
    let mut tokens = Vec::new();
    while lexer.skip_blanks() && lexer.at < statement.end as usize {
        tokens.push(lexer.token());
    }
    tokens
}

/// The text without the parentheses around all of it.
pub(crate) fn ungrouped(sql: &str, dialect: Dialect) -> &str {
    let tokens = tokens_of(sql, dialect);
    let mut inner = tokens.as_slice();
    let (mut open, mut partners) = (Vec::<usize>::new(), vec![0; tokens.len()]);
    for (at, token) in tokens.iter().enumerate() {
        match &sql[token.start as usize..token.end as usize] {
            "(" => open.push(at),
            ")" => open
                .pop()
                .into_iter()
                .for_each(|first| partners[first] = at),
            _ => {}
        }
    }
    let pairs = partners.iter().enumerate();
    let is_outer =
        |(first, last): &(usize, &usize)| first + **last + 1 == tokens.len() && first + 1 < **last;
    for _ in pairs.take_while(is_outer) {
        inner = &inner[1..inner.len() - 1];
    }
    match inner {
        [first, .., last] | [first @ last] => &sql[first.start as usize..last.end as usize],
        [] => sql.trim(),
    }
}
