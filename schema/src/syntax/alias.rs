//! Names where a grammar takes them: reserved words are none, and each dialect has its own words that may be an alias.

use super::cursor::Read;
use super::grammar::AfterPoint;
use super::reader::Reader;
use crate::ast::name::{Name, ObjectName};
use bindery_core::statements::lex::TokenKind;

impl Reader<'_> {
    /// A bare word that the dialect keeps for itself.
    pub(super) fn is_reserved(&self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| {
            token.kind == TokenKind::Word && self.grammar.names.is_reserved(self.raw(token))
        })
    }

    /// A name that is no reserved word.
    pub(super) fn own_name(&mut self, what: &str) -> Read<Name> {
        if self.is_reserved(0) || !self.is_plain_name(0) {
            return Err(self.unexpected(what));
        }
        self.name(what)
    }

    /// A bare word or one in quotes of names.
    pub(super) fn is_plain_name(&self, ahead: usize) -> bool {
        let names = &self.grammar.names;
        self.token(ahead).is_some_and(|token| {
            let digit = self
                .raw(token)
                .starts_with(|sign: char| sign.is_ascii_digit());
            match token.kind {
                TokenKind::Word => !digit || names.may_begin_with_digit,
                TokenKind::DoubleQuoted => !names.double_quotes_hold_texts,
                TokenKind::Backticked | TokenKind::Bracketed => true,
                _ => false,
            }
        })
    }

    /// A name after a point, which may be any word.
    pub(super) fn name_behind_point(&mut self, what: &str) -> Read<Name> {
        let reserved = match self.grammar.names.after_point {
            AfterPoint::NotReserved => self.is_reserved(0),
            AfterPoint::ReservedDirectly => self.is_reserved(0) && !self.is_adjacent(0),
            AfterPoint::Any => false,
        };
        if self.is_plain_name(0) && !reserved {
            self.name(what)
        } else {
            Err(self.unexpected(what))
        }
    }

    /// `schema.table`, whose first word is not reserved.
    pub(super) fn table_name(&mut self) -> Read<ObjectName> {
        if self.is_reserved(0) || !self.is_plain_name(0) {
            return Err(self.unexpected("a table's name"));
        }
        self.object_name("a table's name")
    }

    /// `AS name`, or a name alone where that may be an alias.
    pub(super) fn alias(&mut self) -> Read<Option<Name>> {
        if self.eat(&["AS"]) {
            return self.label().map(Some);
        }
        let Some(token) = self.token(0) else {
            return Ok(None);
        };
        let may = match token.kind {
            TokenKind::Word => {
                self.is_plain_name(0) && self.grammar.names.may_be_alias(self.raw(token))
            }
            _ => self.is_label(0),
        };
        if may {
            self.label().map(Some)
        } else {
            Ok(None)
        }
    }

    fn is_label(&self, ahead: usize) -> bool {
        let text = self.is_text(ahead);
        self.is_plain_name(ahead) || (text && self.grammar.names.texts_are_labels)
    }

    /// A name of an item, perhaps in the quotes of a text.
    fn label(&mut self) -> Read<Name> {
        let reserved = self.is_reserved(0) && !self.grammar.names.reserved_labels;
        let token = self.token(0).filter(|_| self.is_label(0) && !reserved);
        let token = token.ok_or_else(|| self.unexpected("a name"))?;
        self.advance(1);
        Ok(Name {
            text: if token.kind == TokenKind::Word {
                self.name_text(token)
            } else {
                self.unquoted(token)
            },
            span: self.span_of(token),
        })
    }

    /// The alias of a table, perhaps in the quotes of a text.
    pub(super) fn table_alias(&mut self) -> Read<Option<Name>> {
        let is_named = self.eat(&["AS"]);
        let quoted = self.is_text(0);
        if quoted && self.grammar.names.texts_are_names {
            return self.label().map(Some);
        }
        if is_named {
            return self.own_name("a name").map(Some);
        }
        let windows = self.is_word(0, "WINDOW") && self.is_plain_name(1) && self.is_word(2, "AS");
        let may = !windows
            && self.token(0).is_some_and(|token| {
                token.kind != TokenKind::Word
                    || self.grammar.names.may_be_table_alias(self.raw(token))
            });
        if may && self.is_plain_name(0) {
            return self.name("a name").map(Some);
        }
        Ok(None)
    }
}
