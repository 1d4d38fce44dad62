//! How MySQL and MariaDB divide the rows of a table: the text of `PARTITION BY`, and the parts in it by their names.

use crate::ast::name::Name;
use crate::lists::IntoVec as _;
use crate::name::same_word;
use crate::syntax::grammar::Grammar;
use crate::syntax::text::tokens_of;
use crate::syntax::unquote::content;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::{Token, TokenKind};

/// `PARTITION BY` without its parts, and these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Divided {
    /// The method with its expression or columns.
    pub(crate) method: String,
    pub(crate) parts: Vec<DividedPart>,
}

/// `PARTITION p0 VALUES LESS THAN (10)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DividedPart {
    /// In lower case, as the server compares it.
    pub(crate) name: String,
    pub(crate) written: String,
}

impl DividedPart {
    pub(crate) fn is_among(&self, names: &[Name]) -> bool {
        names
            .iter()
            .any(|name| name.text.to_lowercase() == self.name)
    }
}

impl Divided {
    /// Reads the text from `PARTITION BY` on.
    pub(crate) fn read(text: &str) -> Self {
        let tokens = tokens_of(text, Dialect::Mysql);
        let is_list = |at: &usize| {
            is_symbol(text, &tokens[*at], "(") && is_word(text, &tokens[*at + 1], "PARTITION")
        };
        let list = (0..tokens.len().saturating_sub(1)).find(is_list);
        let Some(list) = list else {
            return Self {
                method: text.trim().to_owned(),
                parts: Vec::new(),
            };
        };
        Self {
            method: text[..tokens[list].start as usize].trim().to_owned(),
            parts: parts(text, &tokens[list..]),
        }
    }

    /// The text from `PARTITION BY` on.
    pub(crate) fn written(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|one| one.written.as_str()).into_vec();
        match parts.as_slice() {
            [] => self.method.clone(),
            parts => format!("{} ({})", self.method, parts.join(", ")),
        }
    }
}

/// The parts of a text that begins with the parenthesis of their list.
pub(crate) fn divided_parts(text: &str) -> Vec<DividedPart> {
    parts(text, &tokens_of(text, Dialect::Mysql))
}

fn parts(text: &str, list: &[Token]) -> Vec<DividedPart> {
    let mut depth = 0_u32;
    let mut first = 1;
    let mut parts = Vec::new();
    for (at, token) in list.iter().enumerate() {
        if is_symbol(text, token, "(") {
            depth += 1;
        } else if is_symbol(text, token, ")") {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 || depth == 1 && is_symbol(text, token, ",") {
            parts.extend(part(text, &list[first.min(at)..at]));
            first = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts
}

fn part(text: &str, tokens: &[Token]) -> Option<DividedPart> {
    let [begin, name, ..] = tokens else {
        return None;
    };
    let end = tokens.last()?.end as usize;
    Some(DividedPart {
        name: content(raw(text, name), name.kind, Grammar::of(Dialect::Mysql)).to_lowercase(),
        written: text[begin.start as usize..end].to_owned(),
    })
}

fn raw<'t>(text: &'t str, token: &Token) -> &'t str {
    &text[token.start as usize..token.end as usize]
}

fn is_symbol(text: &str, token: &Token, symbol: &str) -> bool {
    token.kind == TokenKind::Symbol && raw(text, token) == symbol
}

fn is_word(text: &str, token: &Token, word: &str) -> bool {
    token.kind == TokenKind::Word && same_word(raw(text, token), word)
}
