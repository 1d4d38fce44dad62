//! Statements that stand inside another: the elements of PostgreSQL's `CREATE SCHEMA`, those of a `DO` block, the virtual
//! tables that SQLite's `.dump` writes into the catalogue by hand.

use bindery_core::dialect::Dialect;

use super::block::{Block, block};
use super::lex::{Lexer, Token, TokenKind};
use super::split::{DEPTH_LIMIT, RawStatement};

/// The statements within a statement.
pub(crate) enum Nested {
    /// Elements of a schema, and the schema's name as written.
    Schema(Token, Vec<RawStatement>),
    /// A `DO` block.
    Block(Block),
    /// The statement that makes a virtual table.
    VirtualTable(RawStatement),
}

/// The statements inside this one; `None` for one that holds none.
pub(crate) fn nested(text: &str, dialect: Dialect, statement: &RawStatement) -> Option<Nested> {
    let words = Words { text };
    let tokens = &statement.tokens;
    match dialect {
        Dialect::Mysql => None,
        Dialect::Sqlite => virtual_table(&words, statement),
        Dialect::Postgres if words.is(tokens.first(), "DO") => {
            block(text, tokens).map(Nested::Block)
        }
        Dialect::Postgres
            if words.is(tokens.first(), "CREATE") && words.is(tokens.get(1), "SCHEMA") =>
        {
            schema(&words, tokens)
        }
        Dialect::Postgres => None,
    }
}

/// `INSERT INTO sqlite_schema(…) VALUES('table', 'name', 'name', 0, 'CREATE VIRTUAL TABLE …')`.
///
/// The text is read where it stands, but for the name, which stands before it. Doubled quotes are left in the options of
/// modules only; there they make empty texts, which say as little of columns.
fn virtual_table(words: &Words<'_>, statement: &RawStatement) -> Option<Nested> {
    let tokens = &statement.tokens;
    let catalogue = words.is_any(tokens.get(2), &["sqlite_schema", "sqlite_master"]);
    if !(catalogue && words.is(tokens.first(), "INSERT")) {
        return None;
    }
    let mut texts = tokens_of(
        words.text,
        statement.start() as usize,
        statement.end as usize,
    )
    .into_iter()
    .filter(|token| token.kind == TokenKind::SingleQuoted);
    let closed = |token: &Token| words.raw(*token).len() > 1 && words.raw(*token).ends_with('\'');
    let name = texts.nth(1)?;
    let made = texts.nth(1).filter(closed)?;
    let inner = tokens_of(words.text, made.start as usize + 1, made.end as usize - 1);
    let virtual_table = ["CREATE", "VIRTUAL", "TABLE"];
    let begins = (inner.iter().zip(virtual_table)).all(|(token, word)| words.is(Some(token), word));
    let using = inner
        .iter()
        .position(|token| words.is(Some(token), "USING"));
    let using = using.filter(|_| begins)?;
    let inner = [&inner[..virtual_table.len()], &[name], &inner[using..]].concat();
    words.statement(&inner).map(Nested::VirtualTable)
}

/// The tokens of a part of a text of SQLite.
fn tokens_of(text: &str, start: usize, end: usize) -> Vec<Token> {
    let mut lexer = Lexer::new(&text[..end], Dialect::Sqlite);
    lexer.at = start;
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    tokens
}

pub(super) struct Words<'a> {
    pub(super) text: &'a str,
}

impl Words<'_> {
    pub(super) fn raw(&self, token: Token) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }

    pub(super) fn is(&self, token: Option<&Token>, word: &str) -> bool {
        token.is_some_and(|&token| {
            token.kind == TokenKind::Word && self.raw(token).eq_ignore_ascii_case(word)
        })
    }

    pub(super) fn is_any(&self, token: Option<&Token>, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(token, word))
    }

    pub(super) fn statement(&self, tokens: &[Token]) -> Option<RawStatement> {
        let end = tokens.last()?.end;
        Some(RawStatement {
            tokens: tokens.to_vec(),
            end,
            too_deep: self.too_deep(tokens),
            swallowed_table: None,
        })
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

/// `CREATE SCHEMA name [AUTHORIZATION role] CREATE TABLE … CREATE VIEW …`: no delimiters between the elements.
fn schema(words: &Words<'_>, tokens: &[Token]) -> Option<Nested> {
    let mut starts = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(2) {
        depth = words.depth_behind(*token, depth);
        if depth == 0 && words.is_any(Some(token), &["CREATE", "GRANT"]) {
            starts.push(at);
        }
    }
    let first = *starts.first()?;
    let named =
        |token: &&Token| !words.is_any(Some(*token), &["IF", "NOT", "EXISTS", "AUTHORIZATION"]);
    let name = *tokens[2..first].iter().find(named)?;
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let elements = starts.iter().zip(ends);
    let elements = elements.filter_map(|(&start, end)| words.statement(&tokens[start..end]));
    Some(Nested::Schema(name, elements.collect()))
}
