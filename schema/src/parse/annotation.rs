//! Reads annotations and prose out of comments. Which comments belong to what is the matter of `comments`.

mod engines;
mod serde;

use crate::ast::{
    AllowTag, EngineTag, InterfaceTag, LengthTag, LinkTag, Name, Notes, PublishTag, RedactTag,
    Redaction, Said, ShardTag,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::levels;
use crate::lists::IntoVec as _;
use crate::name;
use crate::source::{FileId, Span};
use bindery_core::dialect::Dialect;

use super::lex::Comment;
use super::prose;

/// All annotations, for suggestions.
pub(super) const KNOWN: [&str; 23] = [
    "engines",
    "engine",
    "dialect",
    "model",
    "name",
    "type",
    "link",
    "version",
    "updated",
    "skip",
    "unmanaged",
    "validate",
    "interface",
    "length",
    "allow",
    "renamed_from",
    "sync",
    "redact",
    "serde",
    "publish",
    "capture",
    "shard",
    "reference",
];

/// Words that an engine has as a key in bindery.toml: `outbox`.
const OF_ENGINES: [&str; 2] = ["outbox", "inbox"];

/// The longest text that every dialect takes as a column with a length: MySQL's, of four bytes a character.
const LONGEST: u32 = 16_383;

/// The place that comments are written at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnnotationTarget {
    Head,
    Table,
    Column,
    View,
    ViewColumn,
    /// A type, or nothing at all.
    Elsewhere,
}

/// A text and where to report.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) file: FileId,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

/// The annotations of a file's head.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) engines: Option<EngineTag>,
    pub(crate) dialect: Option<Dialect>,
    pub(crate) length: Option<LengthTag>,
    pub(crate) allow: Option<AllowTag>,
}

/// One `@word rest` with its places.
pub(super) struct Tag<'a> {
    word: &'a str,
    /// With the `@`.
    word_span: Span,
    /// The text after the word, trimmed.
    pub(super) rest: &'a str,
    rest_start: usize,
}

impl<'a> Reader<'a> {
    /// Annotations and prose of a table, a column or something else.
    pub(crate) fn notes(&mut self, comments: &[Comment], place: AnnotationTarget) -> Notes {
        let (mut said, mut dialect) = (Said::default(), None);
        for tag in self.tags(comments) {
            self.apply(&tag, place, &mut said, &mut dialect);
        }
        said.docs = prose::lines(self.text, comments);
        said.into()
    }

    /// Annotations of a file's head.
    pub(crate) fn head(&mut self, comments: &[Comment]) -> Head {
        let (mut said, mut dialect) = (Said::default(), None);
        for tag in self.tags(comments) {
            self.apply(&tag, AnnotationTarget::Head, &mut said, &mut dialect);
        }
        Head {
            engines: said.engines,
            dialect,
            length: said.length,
            allow: said.allow,
        }
    }

    /// Annotations in comments that belong to nothing.
    pub(crate) fn stray(&mut self, comments: &[Comment]) {
        for tag in self.tags(comments) {
            let message = format!(
                "`@{}` belongs to nothing: no table or column stands right below it",
                tag.word
            );
            let help = "an annotation stands right above a table or column, or at the end of its line; at the top of the \
                        file, with a blank line behind it, `@engines`, `@dialect`, `@length` and `@allow` are for the whole file";
            self.diagnostics.push(
                Diagnostic::error("B0052", message)
                    .at(tag.word_span, "")
                    .help(help),
            );
        }
    }

    /// The annotations among the lines; misspelt ones are reported here.
    fn tags(&mut self, comments: &[Comment]) -> Vec<Tag<'a>> {
        let text = self.text;
        let lines = comments
            .iter()
            .flat_map(|comment| prose::comment_lines(text, comment));
        lines
            .filter_map(|(start, line)| self.tag(start, line))
            .into_vec()
    }

    fn tag(&mut self, start: usize, line: &'a str) -> Option<Tag<'a>> {
        let body = line.strip_prefix('@')?;
        let length = body
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_' || sign == '-'))
            .unwrap_or(body.len());
        let (word, rest) = body.split_at(length);
        let word_span = self.span(start, start + 1 + length);
        if KNOWN.contains(&word) {
            let rest_start = start + 1 + length + (rest.len() - rest.trim_start().len());
            return Some(Tag {
                word,
                word_span,
                rest: rest.trim(),
                rest_start,
            });
        }
        if OF_ENGINES.contains(&word) {
            self.of_engine(word, word_span);
        } else if let Some(known) = name::suggest(word, KNOWN) {
            let message = format!("unknown annotation `@{word}`");
            let help =
                format!("write `@{known}`; if it is prose, let the line begin with another word");
            self.diagnostics.push(
                Diagnostic::error("B0050", message)
                    .at(word_span, format!("close to `@{known}`"))
                    .help(help),
            );
        }
        None
    }

    fn of_engine(&mut self, word: &str, span: Span) {
        let message = format!("unknown annotation `@{word}`");
        let help = "write `outbox = true` in the section of the engine in bindery.toml, such as `[engines.default]`; if it is prose, let the line begin with another word";
        self.diagnostics.push(
            Diagnostic::error("B0050", message)
                .at(span, "an engine has it, not a table")
                .help(help),
        );
    }

    fn apply(
        &mut self,
        tag: &Tag<'a>,
        place: AnnotationTarget,
        said: &mut Said,
        dialect: &mut Option<Dialect>,
    ) {
        let (allowed, word): (&[AnnotationTarget], &str) = match tag.word {
            "engines" | "engine" => (
                &[
                    AnnotationTarget::Head,
                    AnnotationTarget::Table,
                    AnnotationTarget::View,
                ],
                "a table, a view or the file's head",
            ),
            "dialect" => (
                &[AnnotationTarget::Head],
                "the file's head: the first comment, followed by a blank line",
            ),
            "length" => (
                &[
                    AnnotationTarget::Head,
                    AnnotationTarget::Table,
                    AnnotationTarget::Column,
                ],
                "a column, or for all keys to a table or the file's head",
            ),
            "allow" => (
                &[
                    AnnotationTarget::Head,
                    AnnotationTarget::Table,
                    AnnotationTarget::View,
                    AnnotationTarget::Column,
                ],
                "a table, a view, a column of a table or the file's head",
            ),
            "model" | "unmanaged" => (
                &[AnnotationTarget::Table, AnnotationTarget::View],
                "a table or a view",
            ),
            "validate" | "interface" | "sync" | "publish" | "capture" | "reference" => {
                (&[AnnotationTarget::Table], "a table")
            }
            "shard" => (
                &[AnnotationTarget::Table, AnnotationTarget::Column],
                "a table or a column of one",
            ),
            "renamed_from" => (
                &[AnnotationTarget::Table, AnnotationTarget::Column],
                "a table or a column",
            ),
            "skip" => (
                &[
                    AnnotationTarget::Table,
                    AnnotationTarget::Column,
                    AnnotationTarget::View,
                    AnnotationTarget::ViewColumn,
                ],
                "a table, a view or a column",
            ),
            "name" | "type" | "serde" => (
                &[AnnotationTarget::Column, AnnotationTarget::ViewColumn],
                "a column",
            ),
            _ if place == AnnotationTarget::ViewColumn => {
                (&[AnnotationTarget::Column], "a column of a table")
            }
            _ => (&[AnnotationTarget::Column], "a column"),
        };
        if !allowed.contains(&place) {
            let message = format!("`@{}` cannot stand here", tag.word);
            let help = format!("`@{}` belongs to {word}", tag.word);
            return self.diagnostics.push(
                Diagnostic::error("B0051", message)
                    .at(tag.word_span, "")
                    .help(help),
            );
        }
        if tag.word == "shard" {
            let is_at_column = place == AnnotationTarget::Column;
            return set_once(self, tag, &mut said.shard, |reader, tag| {
                reader.shard(tag, is_at_column)
            });
        }
        self.set(tag, said, dialect);
    }

    fn set(&mut self, tag: &Tag<'a>, said: &mut Said, dialect: &mut Option<Dialect>) {
        match tag.word {
            "engines" | "engine" => set_once(self, tag, &mut said.engines, Self::engines),
            "dialect" => set_once(self, tag, dialect, Self::dialect),
            "model" => set_once(self, tag, &mut said.model, Self::identifier),
            "name" => set_once(self, tag, &mut said.name, Self::identifier),
            "type" => set_once(self, tag, &mut said.rust_type, Self::rust_type),
            "link" => set_once(self, tag, &mut said.link, Self::link),
            "version" => set_once(self, tag, &mut said.version, Self::flag),
            "updated" => set_once(self, tag, &mut said.updated, Self::flag),
            "skip" => set_once(self, tag, &mut said.skip, Self::flag),
            "validate" => set_once(self, tag, &mut said.validate, Self::flag),
            "capture" => set_once(self, tag, &mut said.capture, Self::flag),
            "reference" => set_once(self, tag, &mut said.reference, Self::flag),
            "interface" => set_once(self, tag, &mut said.interface, Self::interface),
            "length" => set_once(self, tag, &mut said.length, Self::length),
            "allow" => self.allow(tag, &mut said.allow),
            "sync" => said.syncs.extend(self.sync(tag)),
            "renamed_from" => set_once(self, tag, &mut said.renamed_from, Self::former_name),
            "redact" => set_once(self, tag, &mut said.redact, Self::redact),
            "serde" => self.serde(tag, &mut said.serde),
            "publish" => set_once(self, tag, &mut said.publish, Self::publish),
            _ => set_once(self, tag, &mut said.unmanaged, Self::flag),
        }
    }

    fn flag(&mut self, tag: &Tag<'a>) -> Option<Span> {
        if !tag.rest.is_empty() {
            let help = format!(
                "remove `{}`, or let it be prose on a line of its own",
                tag.rest
            );
            self.malformed(tag, format!("`@{}` takes no argument", tag.word), help);
        }
        Some(tag.word_span)
    }

    fn dialect(&mut self, tag: &Tag<'a>) -> Option<Dialect> {
        let found = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == tag.rest);
        if found.is_none() {
            let near = name::suggest(tag.rest, Dialect::ALL.map(Dialect::name)).unwrap_or("sqlite");
            let message = if tag.rest.is_empty() {
                "`@dialect` names no dialect".to_owned()
            } else {
                format!("there is no dialect `{}`", tag.rest)
            };
            let help = format!(
                "write `@dialect {near}`; the dialects are `sqlite`, `postgres` and `mysql`"
            );
            self.diagnostics.push(
                Diagnostic::error("B0058", message)
                    .at(self.rest_span(tag), "")
                    .help(help),
            );
        }
        found
    }

    fn length(&mut self, tag: &Tag<'a>) -> Option<LengthTag> {
        let number = tag.rest.parse::<u32>().ok();
        let length = number.filter(|length| (1..=LONGEST).contains(length));
        if length.is_none() {
            self.malformed(
                tag,
                format!("`@length` needs one number from 1 to {LONGEST}"),
                "write for example `@length 191`".to_owned(),
            );
        }
        let span = self.whole(tag);
        length.map(|length| LengthTag { length, span })
    }

    /// Several tags of one place are one.
    fn allow(&mut self, tag: &Tag<'a>, slot: &mut Option<AllowTag>) {
        if tag.rest.is_empty() {
            let help = "write for example `@allow B0412`";
            return self.malformed(tag, "`@allow` names no code".to_owned(), help.to_owned());
        }
        let mut codes = Vec::new();
        for piece in tag.rest.split(',') {
            match levels::warning(piece.trim()) {
                Ok(code) => codes.push(code),
                Err((message, help)) => {
                    let span = self.span_of(tag, piece);
                    self.diagnostics
                        .push(Diagnostic::error("B0062", message).at(span, "").help(help));
                }
            }
        }
        let area = self.rest_span(tag);
        let allow = slot.get_or_insert(AllowTag {
            codes: Vec::new(),
            area,
        });
        allow.codes.extend(codes);
    }

    fn identifier(&mut self, tag: &Tag<'a>) -> Option<Name> {
        let fine = is_identifier(tag.rest)
            && name::escape_keyword(tag.rest).trim_start_matches("r#") == tag.rest;
        let raw_model = tag.word == "model" && name::is_keyword(tag.rest);
        if !fine || raw_model {
            let example = rust_name(tag);
            self.malformed(
                tag,
                format!("`@{}` needs one name that Rust allows", tag.word),
                format!("write for example `@{} {example}`", tag.word),
            );
            return None;
        }
        Some(Name {
            text: tag.rest.to_owned(),
            span: self.rest_span(tag),
        })
    }

    /// A name as the database has it, in quotes where it holds a blank.
    fn former_name(&mut self, tag: &Tag<'a>) -> Option<Name> {
        let bare = tag.rest.trim_matches(['"', '`', '[', ']']);
        let is_one = tag.rest != bare || !bare.contains(char::is_whitespace);
        if bare.is_empty() || !is_one {
            self.malformed(
                tag,
                "`@renamed_from` needs the name that it had before".to_owned(),
                "write for example `@renamed_from old_name`".to_owned(),
            );
            return None;
        }
        Some(Name {
            text: bare.to_owned(),
            span: self.rest_span(tag),
        })
    }

    fn redact(&mut self, tag: &Tag<'a>) -> Option<RedactTag> {
        let mut all = Redaction::ALL.into_iter();
        let Some(redaction) = all.find(|redaction| redaction.word() == tag.rest) else {
            let near = name::suggest(tag.rest, Redaction::ALL.map(Redaction::word));
            self.malformed(
                tag,
                "`@redact` needs `hash`, `null` or `fake`".to_owned(),
                format!("write for example `@redact {}`", near.unwrap_or("hash")),
            );
            return None;
        };
        let span = self.whole(tag);
        Some(RedactTag { redaction, span })
    }

    fn rust_type(&mut self, tag: &Tag<'a>) -> Option<Name> {
        if !crate::name::is_type_path(tag.rest) {
            self.malformed(
                tag,
                "`@type` needs the path of a Rust type".to_owned(),
                "write for example `@type crate::Money`".to_owned(),
            );
            return None;
        }
        Some(Name {
            text: tag.rest.to_owned(),
            span: self.rest_span(tag),
        })
    }

    pub(super) fn malformed(&mut self, tag: &Tag<'a>, message: String, help: String) {
        let span = self.rest_span(tag);
        self.diagnostics
            .push(Diagnostic::error("B0057", message).at(span, "").help(help));
    }

    /// Returns the span of the text after the word, or of the word where there is none.
    fn rest_span(&self, tag: &Tag<'a>) -> Span {
        if tag.rest.is_empty() {
            tag.word_span
        } else {
            self.span(tag.rest_start, tag.rest_start + tag.rest.len())
        }
    }

    /// The place of a piece of the tag's rest, white space aside.
    pub(super) fn span_of(&self, tag: &Tag<'a>, piece: &str) -> Span {
        let offset = piece.as_ptr() as usize - tag.rest.as_ptr() as usize;
        let start = tag.rest_start + offset + (piece.len() - piece.trim_start().len());
        self.span(start, start + piece.trim().len())
    }

    /// The whole tag.
    pub(super) fn whole(&self, tag: &Tag<'a>) -> Span {
        self.span(
            tag.word_span.start as usize,
            tag.rest_start + tag.rest.len(),
        )
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start: start as u32,
            end: end as u32,
        }
    }
}

/// Sets a slot once; a second tag of the same kind is an error.
fn set_once<'a, T: Placed>(
    reader: &mut Reader<'a>,
    tag: &Tag<'a>,
    slot: &mut Option<T>,
    read: impl FnOnce(&mut Reader<'a>, &Tag<'a>) -> Option<T>,
) {
    let value = read(reader, tag);
    if let Some(first) = slot {
        let message = format!("`@{}` is given twice", tag.word);
        let mut finding = Diagnostic::error("B0056", message).at(tag.word_span, "again");
        if let Some(place) = first.place() {
            finding = finding.at(place, "first here");
        }
        return reader.diagnostics.push(finding.help(twice_help(tag)));
    }
    *slot = value;
}

/// A value that knows its place in the source.
trait Placed {
    fn place(&self) -> Option<Span>;
}

macro_rules! placed {
    ($($what:ty: $place:expr),* $(,)?) => {$(
        impl Placed for $what {
            fn place(&self) -> Option<Span> {
                let place: fn(&Self) -> Option<Span> = $place;
                place(self)
            }
        }
    )*};
}

placed! {
    EngineTag: |tag| Some(tag.span),
    LengthTag: |tag| Some(tag.span),
    LinkTag: |tag| Some(tag.span),
    InterfaceTag: |tag| Some(tag.span),
    RedactTag: |tag| Some(tag.span),
    PublishTag: |tag| Some(tag.span),
    ShardTag: |tag| Some(tag.span),
    Name: |name| Some(name.span),
    Span: |span| Some(*span),
    Dialect: |_| None,
}

/// Lists of engines can be joined; of other things one has to go.
fn twice_help(tag: &Tag<'_>) -> String {
    let whole = format!("@{} {}", tag.word, tag.rest);
    let whole = whole.trim_end();
    match tag.word {
        "engines" | "engine" => {
            format!("remove `{whole}`, or name all engines in one list: `@engines default, b`")
        }
        _ => format!("remove `{whole}`, or the other one"),
    }
}

/// Returns the intended name in a form that Rust allows.
fn rust_name(tag: &Tag<'_>) -> String {
    let is_model = tag.word == "model";
    let name = match (is_model, tag.rest.is_empty()) {
        (true, false) => name::uninflected_model_name(tag.rest),
        (false, false) => name::field(tag.rest),
        (true, true) => "BlogPost".to_owned(),
        (false, true) => "published_at".to_owned(),
    };
    match (name::is_keyword(&name), is_model) {
        (true, true) => format!("{name}Row"),
        (true, false) => format!("{name}_"),
        (false, _) => name,
    }
}

pub(super) fn is_identifier(word: &str) -> bool {
    let mut signs = word.chars();
    signs
        .next()
        .is_some_and(|sign| sign.is_ascii_alphabetic() || (sign == '_' && word.len() > 1))
        && signs.all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}

/// A name of the schema, with or without quotes.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let text = text.trim();
    let quoted = [('"', '"'), ('`', '`'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let bare = !text.is_empty()
        && text
            .chars()
            .all(|sign| sign.is_alphanumeric() || "_$".contains(sign));
    quoted
        .or(bare.then_some(text))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}
