//! Reads `@interface Contact(email = email_address, name) after users`.

use crate::ast::{InterfaceField, InterfaceTag, Name};
use crate::name::{escape_keyword, uninflected_model_name};

use super::annotation::{Reader, Tag, is_identifier, unquoted};

const HELP: &str = "write for example `@interface Contact(email = email_address, name)`, with ` after users` behind it where the rows of \
                    `users` come first";

impl<'a> Reader<'a> {
    pub(super) fn interface(&mut self, tag: &Tag<'a>) -> Option<InterfaceTag> {
        let found = self.interface_parts(tag);
        if found.is_none() {
            let message = "`@interface` needs a name, and fields in parentheses";
            self.malformed(tag, message.to_owned(), HELP.to_owned());
        }
        found
    }

    fn interface_parts(&self, tag: &Tag<'a>) -> Option<InterfaceTag> {
        let end = tag
            .rest
            .find(|sign: char| sign == '(' || sign.is_whitespace());
        let (name, rest) = tag.rest.split_at(end.unwrap_or(tag.rest.len()));
        // The name of a trait, as Rust writes it.
        if !is_identifier(name) || uninflected_model_name(name) != name {
            return None;
        }
        let (fields, rest) = match rest.trim_start().strip_prefix('(') {
            Some(rest) => rest.split_once(')')?,
            None => ("", rest),
        };
        let rest = rest.trim();
        let after = match rest.strip_prefix("after") {
            Some(table) => Some(self.word(tag, table, unquoted(table)?)),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(InterfaceTag {
            name: self.word(tag, name, name.to_owned()),
            fields: self.interface_fields(tag, fields)?,
            after,
            span: self.whole(tag),
        })
    }

    fn interface_fields(&self, tag: &Tag<'a>, list: &'a str) -> Option<Vec<InterfaceField>> {
        let mut fields: Vec<InterfaceField> = Vec::new();
        for part in list.split(',').filter(|_| !list.trim().is_empty()) {
            let (name, column) = match part.split_once('=') {
                Some((name, column)) => (name, Some(self.word(tag, column, unquoted(column)?))),
                None => (part, None),
            };
            let bare = name.trim();
            let is_taken = fields.iter().any(|field| field.name.text == bare);
            if !is_identifier(bare) || escape_keyword(bare) != bare || is_taken {
                return None;
            }
            fields.push(InterfaceField {
                name: self.word(tag, name, bare.to_owned()),
                column,
            });
        }
        Some(fields)
    }

    fn word(&self, tag: &Tag<'a>, piece: &'a str, text: String) -> Name {
        Name {
            text,
            span: self.span_of(tag, piece),
        }
    }
}
