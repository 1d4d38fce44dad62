//! Reads `@link`: the table and the column that a column leads to, and the engine that these are on.

use crate::ast::{LinkEngine, LinkTag, Name, ObjectName};
use crate::name;

use super::annotation::{Reader, Tag, unquoted};

impl<'a> Reader<'a> {
    pub(super) fn link(&mut self, tag: &Tag<'a>) -> Option<LinkTag> {
        let link = self.link_parts(tag);
        if link.is_none() {
            let (message, help) = link_help(tag.rest);
            self.malformed(tag, message.to_owned(), help);
        }
        link
    }

    fn link_parts(&self, tag: &Tag<'a>) -> Option<LinkTag> {
        let (table, rest) = tag.rest.split_once('(')?;
        let (column, on) = rest.split_once(')')?;
        let (schema, bare) = match table.trim().rsplit_once('.') {
            Some((schema, bare)) => (Some(unquoted(schema)?), bare),
            None => (None, table),
        };
        let name = Name {
            text: unquoted(bare)?,
            span: self.span_of(tag, bare),
        };
        let column = Name {
            text: unquoted(column)?,
            span: self.span_of(tag, column),
        };
        let on = match on.trim() {
            "" => None,
            on => Some(self.link_engine(tag, on.strip_prefix("on")?)?),
        };
        let schema = schema.filter(|schema| schema != "public");
        let span = self.whole(tag);
        Some(LinkTag {
            table: ObjectName {
                schema,
                name,
                in_public: false,
                path: None,
            },
            column,
            on,
            span,
        })
    }

    fn link_engine(&self, tag: &Tag<'a>, word: &'a str) -> Option<LinkEngine> {
        let engine = word.trim();
        match engine {
            "same" => Some(LinkEngine::Same),
            _ if !word.starts_with(char::is_whitespace) || !name::is_valid_engine_name(engine) => {
                None
            }
            _ => Some(LinkEngine::Named(Name {
                text: engine.to_owned(),
                span: self.span_of(tag, engine),
            })),
        }
    }
}

/// The finding of a link that cannot be read, and its help.
fn link_help(text: &str) -> (&'static str, String) {
    let tail = text.rsplit_once(')').map_or("", |(_, tail)| tail.trim());
    if !tail.is_empty() {
        let help = format!("remove `{tail}`, or write `on` and an engine after the column: `on b`");
        return ("`@link` does not say on which engine", help);
    }
    let table = text.split(['(', ' ']).next().and_then(unquoted);
    let table = table.unwrap_or_else(|| "users".to_owned());
    let help = format!(
        "write `@link {table}(id)`, or `@link {table}(id) on b` where `{table}` lives on several engines"
    );
    ("`@link` needs a table and its column", help)
}
