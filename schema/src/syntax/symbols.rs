//! Operators of signs, and the placeholders of values.

use super::reader::Reader;
use super::tree::Parameter;
use bindery_core::statements::lex::{Token, TokenKind};

impl<'a> Reader<'a> {
    /// An operator of symbols that stands here, and its number of tokens: as many signs as make one, where any do.
    pub(super) fn symbols(&self) -> Option<(&'a str, usize)> {
        let first = self.token(0)?;
        if first.kind != TokenKind::Symbol {
            return None;
        }
        let raw = self.raw(first);
        if self.grammar.operators.any_signs.is_none() || !raw.chars().all(is_operator) {
            return Some(self.joined_symbols(first));
        }
        let mut count = 1;
        let mut end = first.end;
        while let Some(next) = self.token(count) {
            let joins = next.kind == TokenKind::Symbol && next.start == end;
            if !joins || !self.raw(next).chars().all(is_operator) {
                break;
            }
            end = next.end;
            count += 1;
        }
        // An operator that ends in a sign is one only with a character that no number has.
        while count > 1 {
            let text = &self.text[first.start as usize..end as usize];
            let special = text.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']);
            if special || !text.ends_with(['+', '-']) {
                break;
            }
            count -= 1;
            end = self.token(count - 1)?.end;
        }
        Some((&self.text[first.start as usize..end as usize], count))
    }

    /// `&&`, `<<`, `>>`, `<=>`, `==`, `:=` as one.
    fn joined_symbols(&self, first: Token) -> (&'a str, usize) {
        let joined = self.grammar.operators.joined_signs;
        let rest = &self.text[first.start as usize..];
        let Some(found) = joined.iter().find(|operator| rest.starts_with(**operator)) else {
            return (self.raw(first), 1);
        };
        let end = first.start as usize + found.len();
        let mut count = 1;
        while self
            .token(count)
            .is_some_and(|next| (next.end as usize) <= end)
        {
            count += 1;
        }
        (&rest[..found.len()], count)
    }

    /// `sqlc.arg(name)`, `sqlc.narg('name')` and their kin at the token `ahead`: the word, the name and the number of tokens.
    pub(super) fn sqlc_call(&self, ahead: usize) -> Option<(&'a str, String, usize)> {
        let is_call = self.is_word(ahead, "sqlc")
            && self.is_symbol(ahead + 1, ".")
            && self.is_symbol(ahead + 3, "(")
            && self.is_symbol(ahead + 5, ")");
        if !self.parameters || !is_call {
            return None;
        }
        let (word, name) = (self.token(ahead + 2)?, self.token(ahead + 4)?);
        let is_name = name.kind == TokenKind::Word || self.is_text_token(name);
        let text = if name.kind == TokenKind::Word {
            self.raw(name).to_owned()
        } else {
            self.unquoted(name)
        };
        is_name.then(|| (self.raw(word), text, 6))
    }

    /// A placeholder that stands here, and its number of tokens.
    pub(super) fn parameter(&self) -> Option<(Parameter, usize)> {
        let first = self.token(0)?;
        if let Some((word, name, tokens)) = self.sqlc_call(0) {
            let is_value = matches!(word, "arg" | "narg");
            return is_value.then_some((Parameter::Named(name), tokens));
        }
        if !self.parameters || first.kind != TokenKind::Symbol {
            return None;
        }
        let next = self.token(1).filter(|next| next.start == first.end);
        let word = next.filter(|next| next.kind == TokenKind::Word);
        let word = word.map(|next| self.raw(next).to_owned());
        let number = next.filter(|next| next.kind == TokenKind::Number);
        let number = number.and_then(|next| self.raw(next).parse::<u32>().ok());
        let operands = &self.grammar.operands;
        match (self.raw(first), word, number) {
            (":", Some(name), _) => Some((Parameter::Named(name), 2)),
            (sign, Some(name), _) if operands.named_parameters.contains(&sign) => {
                Some((Parameter::Named(name), 2))
            }
            (sign, _, Some(number)) if operands.numbered_parameter == Some(sign) => {
                Some((Parameter::Numbered(number), 2))
            }
            ("?", _, _) if operands.next_parameter => Some((Parameter::Next, 1)),
            _ => None,
        }
    }
}

/// Characters of PostgreSQL's operators.
pub(super) fn is_operator(sign: char) -> bool {
    "+-*/<>=~!@#%^&|`?".contains(sign)
}
