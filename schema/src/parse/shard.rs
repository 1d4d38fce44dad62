//! Reads `@shard`: the column by whose value a row is on one server of a cluster, and the tables whose equal values are there too.

use crate::ast::{Colocation, Name, ObjectName, ShardTag};

use super::annotation::{Reader, Tag, unquoted};

impl<'a> Reader<'a> {
    pub(super) fn shard(&mut self, tag: &Tag<'a>, is_at_column: bool) -> Option<ShardTag> {
        let shard = self.shard_parts(tag, is_at_column);
        if shard.is_none() {
            let (message, help) = match is_at_column {
                true => (
                    "`@shard` at a column needs nothing, `alone`, or `with` and a table",
                    "write `@shard`, or `@shard with users` where `users` is sharded",
                ),
                false => (
                    "`@shard` above a table needs a column, and may have `alone`, or `with` and a table",
                    "write for example `@shard tenant_id`, or `@shard tenant_id with users` where `users` is sharded",
                ),
            };
            self.malformed(tag, message.to_owned(), help.to_owned());
        }
        shard
    }

    fn shard_parts(&self, tag: &Tag<'a>, is_at_column: bool) -> Option<ShardTag> {
        let mut words = words(tag.rest);
        let column = match is_at_column {
            true => None,
            false => Some(self.shard_name(tag, words.next()?)?),
        };
        let colocation = match words.next() {
            None => Colocation::OfType,
            Some("alone") => Colocation::Alone,
            Some("with") => Colocation::With(self.shard_table(tag, words.next()?)?),
            Some(_) => return None,
        };
        let span = self.whole(tag);
        words.next().is_none().then_some(ShardTag {
            column,
            colocation,
            span,
        })
    }

    fn shard_name(&self, tag: &Tag<'a>, word: &'a str) -> Option<Name> {
        Some(Name {
            text: unquoted(word)?,
            span: self.span_of(tag, word),
        })
    }

    fn shard_table(&self, tag: &Tag<'a>, word: &'a str) -> Option<ObjectName> {
        let (schema, bare) = match word.rsplit_once('.') {
            Some((schema, bare)) => (Some(unquoted(schema)?), bare),
            None => (None, word),
        };
        Some(ObjectName {
            schema: schema.filter(|schema| schema != "public"),
            name: self.shard_name(tag, bare)?,
            in_public: false,
            path: None,
        })
    }
}

/// Pieces between blanks that are not in quotes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut in_quotes = false;
    let is_blank = move |sign: char| {
        in_quotes ^= sign == '"';
        sign.is_whitespace() && !in_quotes
    };
    text.split(is_blank).filter(|word| !word.is_empty())
}
