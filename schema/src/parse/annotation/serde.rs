//! Reads `@serde`: whether and how a column is in JSON. Each line has one word; the tags of a column are one.

use bindery_core::name::is_path;

use super::{Reader, Tag, twice_help};
use crate::ast::{Name, SerdeTags};
use crate::diagnostic::Diagnostic;
use crate::name;
use crate::source::Span;

const WORDS: [&str; 3] = ["skip", "rename", "with"];

impl<'a> Reader<'a> {
    pub(super) fn serde(&mut self, tag: &Tag<'a>, tags: &mut SerdeTags) {
        let words = tag.rest.split_once(char::is_whitespace);
        let (word, value) = words.unwrap_or((tag.rest, ""));
        let value = value.trim();
        let first = match word {
            "skip" if value.is_empty() => {
                let span = self.whole(tag);
                tags.skip.replace(span)
            }
            "rename" => {
                let Some(name) = self.quoted(tag, value, |name| !name.is_empty()) else {
                    return self.serde_unnamed(tag, value);
                };
                tags.rename.replace(name).map(|name| name.span)
            }
            "with" => {
                let Some(path) = self.quoted(tag, value, is_path) else {
                    return self.serde_without_path(tag);
                };
                tags.with.replace(path).map(|path| path.span)
            }
            _ => return self.serde_word(tag, word),
        };
        match first {
            Some(first) => self.serde_twice(tag, word, first),
            None => self.serde_of_skipped(tag, tags),
        }
    }

    fn quoted(&self, tag: &Tag<'a>, value: &'a str, fits: fn(&str) -> bool) -> Option<Name> {
        let text = value.strip_prefix('"')?.strip_suffix('"')?;
        (is_plain(text) && fits(text)).then(|| Name {
            text: text.to_owned(),
            span: self.span_of(tag, value),
        })
    }

    fn serde_word(&mut self, tag: &Tag<'a>, word: &str) {
        let help = match name::suggest(word, WORDS).unwrap_or("skip") {
            "rename" => "write for example `@serde rename \"name\"`",
            "with" => "write for example `@serde with \"crate::cents\"`",
            _ => "write `@serde skip`",
        };
        let message = "`@serde` needs `skip`, `rename` or `with`, one on each line";
        self.malformed(tag, message.to_owned(), help.to_owned());
    }

    fn serde_unnamed(&mut self, tag: &Tag<'a>, value: &str) {
        let name = match is_plain(value) && !value.is_empty() {
            true => value,
            false => "name",
        };
        let message = "`@serde rename` needs a name in quotes".to_owned();
        self.malformed(tag, message, format!("write `@serde rename \"{name}\"`"));
    }

    fn serde_without_path(&mut self, tag: &Tag<'a>) {
        let message = "`@serde with` needs the path of a module in quotes";
        let help = "write for example `@serde with \"crate::cents\"`";
        self.malformed(tag, message.to_owned(), help.to_owned());
    }

    fn serde_twice(&mut self, tag: &Tag<'a>, word: &str, first: Span) {
        let message = format!("`@serde {word}` is given twice");
        let finding = Diagnostic::error("B0056", message).at(tag.word_span, "again");
        let finding = finding.at(first, "first here").help(twice_help(tag));
        self.diagnostics.push(finding);
    }

    fn serde_of_skipped(&mut self, tag: &Tag<'a>, tags: &SerdeTags) {
        let named = tags.rename.is_some() || tags.with.is_some();
        if tags.skip.is_some() && named {
            let message = "a column with `@serde skip` has neither a name nor a form in JSON";
            let help = format!("remove `@{} {}`, or the other one", tag.word, tag.rest);
            self.malformed(tag, message.to_owned(), help);
        }
    }
}

/// Texts that need no escapes, neither here nor in generated code.
fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\\']) && !text.contains(char::is_control)
}
