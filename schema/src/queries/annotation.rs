//! The comments above a query: its name and kind, annotations, prose.

use super::written::{Notes, TypeTag};
use crate::ast::Name;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::QueryKind;
use crate::name;
use crate::parse::lex::Comment;
use crate::parse::{comment_lines, comment_text};
use crate::source::{FileId, Span};

/// The word that a query's line begins with.
const NAME: &str = "name:";
/// All annotations, for suggestions.
const KNOWN: [&str; 7] = [
    "column",
    "dialect",
    "embed",
    "engine",
    "engines",
    "on_all_shards",
    "param",
];

/// The annotations at the top of a file.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) engines: Vec<Name>,
    pub(super) dialect: Option<Dialect>,
}

/// The result of reading what stands above a statement.
pub(super) enum Above {
    /// No line of it names a query.
    Nothing,
    /// A line does and cannot be read, as was reported.
    Refused,
    /// A query.
    Query(Box<Notes>),
}

/// Comments that no blank line parts.
pub(super) fn blocks<'c>(
    text: &str,
    comments: &'c [Comment],
) -> impl Iterator<Item = &'c [Comment]> {
    comments
        .chunk_by(|one, next| !is_blank_line(&text[one.end as usize..next.start as usize], false))
}

/// Whether a blank line stands at the start of this text, which begins behind a comment; `or_end`: or nothing but blanks.
pub(super) fn is_blank_line(rest: &str, or_end: bool) -> bool {
    let blank = &rest[..rest.len() - rest.trim_start().len()];
    blank.matches('\n').count() > 1 || or_end && blank.len() == rest.len()
}

/// Returns whether a line of the comments names a query.
pub(super) fn has_name(text: &str, comments: &[Comment]) -> bool {
    lines(text, comments).any(|(_, line)| line.starts_with(NAME))
}

fn lines<'t>(text: &'t str, comments: &[Comment]) -> impl Iterator<Item = (usize, &'t str)> {
    comments
        .iter()
        .flat_map(move |comment| comment_lines(text, comment))
}

/// Reads the annotations at the top of a file.
pub(super) fn head(
    text: &str,
    file: FileId,
    comments: &[Comment],
    diagnostics: &mut Diagnostics,
) -> Head {
    let mut reader = Reader::new(file, diagnostics);
    for (start, line) in lines(text, comments) {
        reader.tag(start, line);
    }
    let types = reader.parameters.iter().chain(&reader.columns);
    let names = types.map(|tag| &tag.name).chain(&reader.embedded);
    let spans = names.map(|name| name.span);
    if let Some(span) = spans.chain(reader.on_all_shards).next() {
        reader.diagnostics.push(stray(span));
    }
    Head {
        engines: reader.engines,
        dialect: reader.dialect,
    }
}

/// Reads what stands above a statement. Comments that a blank line parts from those of the name are about other things.
pub(super) fn read(
    text: &str,
    file: FileId,
    comments: &[Comment],
    head: &Head,
    diagnostics: &mut Diagnostics,
) -> Above {
    let mut own: Vec<&[Comment]> = blocks(text, comments).into_vec();
    let Some(first) = own.iter().rposition(|block| has_name(text, block)) else {
        return Above::Nothing;
    };
    for block in own.drain(..first) {
        for (start, line) in lines(text, block).filter(|(_, line)| line.starts_with(['@'])) {
            diagnostics.push(stray(span(file, start, line)));
        }
    }
    let mut reader = Reader::new(file, diagnostics);
    for (start, line) in own.into_iter().flat_map(|block| lines(text, block)) {
        reader.line(start, line);
    }
    reader.finish(head)
}

fn span(file: FileId, start: usize, text: &str) -> Span {
    Span {
        file,
        start: start as u32,
        end: (start + text.len()) as u32,
    }
}

fn stray(span: Span) -> Diagnostic {
    Diagnostic::error("B0603", "this annotation belongs to no query")
        .at(span, "")
        .help("write it below the line of the query's name, `-- name: posts_of_author :many`")
}

struct Reader<'d> {
    file: FileId,
    diagnostics: &'d mut Diagnostics,
    named: Option<Result<(Name, QueryKind, Span), ()>>,
    prose: String,
    engines: Vec<Name>,
    dialect: Option<Dialect>,
    parameters: Vec<TypeTag>,
    columns: Vec<TypeTag>,
    embedded: Vec<Name>,
    on_all_shards: Option<Span>,
}

impl<'d> Reader<'d> {
    fn new(file: FileId, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            file,
            diagnostics,
            named: None,
            prose: String::new(),
            engines: Vec::new(),
            dialect: None,
            parameters: Vec::new(),
            columns: Vec::new(),
            embedded: Vec::new(),
            on_all_shards: None,
        }
    }

    fn finish(self, head: &Head) -> Above {
        let Some(Ok((name, kind, kind_span))) = self.named else {
            return Above::Refused;
        };
        let engines = if self.engines.is_empty() {
            head.engines.clone()
        } else {
            self.engines
        };
        Above::Query(Box::new(Notes {
            function: name::escape_keyword(&name::field(&name.text)),
            row_name: name::uninflected_model_name(&name.text),
            name,
            kind,
            kind_span,
            docs: comment_text(&self.prose),
            engines,
            dialect: self.dialect.or(head.dialect),
            parameters: self.parameters,
            columns: self.columns,
            embedded: self.embedded,
            on_all_shards: self.on_all_shards.is_some(),
        }))
    }

    fn line(&mut self, start: usize, line: &str) {
        if let Some(rest) = line.strip_prefix(NAME) {
            let whole = span(self.file, start, line);
            if self.named.is_some() {
                let finding =
                    Diagnostic::error("B0602", "a query is named twice").at(whole, "again");
                self.diagnostics
                    .push(finding.help("write a statement below each name, or remove one of them"));
            } else {
                let named = self.name(start + NAME.len(), rest, whole);
                self.named = Some(named.map_err(|finding| self.diagnostics.push(finding)));
            }
        } else if !self.tag(start, line) {
            self.prose.push_str(line);
            self.prose.push('\n');
        }
    }

    /// The name and the kind after `name:`.
    fn name(
        &self,
        start: usize,
        rest: &str,
        whole: Span,
    ) -> Result<(Name, QueryKind, Span), Diagnostic> {
        let mut words = words(start, rest);
        let Some((at, word)) = words.next() else {
            let finding = Diagnostic::error("B0602", "the query has no name").at(whole, "");
            return Err(
                finding.help("write the name and the kind: `-- name: posts_of_author :many`")
            );
        };
        let name = self.word(at, word);
        let is_name = |word: &str| {
            word.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
                && word
                    .chars()
                    .all(|sign| sign.is_alphanumeric() || sign == '_')
        };
        if !is_name(word) {
            let message = format!("`{word}` is not a name that a function can have");
            let help = format!(
                "write letters, digits and `_`: `-- name: {} :many`",
                name::field(word)
            );
            return Err(Diagnostic::error("B0602", message)
                .at(name.span, "")
                .help(help));
        }
        let Some((at, kind)) = words.next() else {
            let message = format!("the query `{word}` has no kind");
            let help =
                format!("write after the name what it gives: `-- name: {word} :many`; {KINDS}");
            return Err(Diagnostic::error("B0602", message)
                .at(name.span, "")
                .help(help));
        };
        let kind_span = span(self.file, at, kind);
        if let Some((at, more)) = words.next() {
            let message = format!("`{more}` follows the kind of the query `{word}`");
            let finding = Diagnostic::error("B0602", message).at(span(self.file, at, more), "");
            return Err(finding.help(format!(
                "remove `{more}`, or write it as a comment of its own"
            )));
        }
        let kind = self::kind(word, kind).map_err(|finding| finding.at(kind_span, ""))?;
        Ok((name, kind, kind_span))
    }

    fn word(&self, start: usize, text: &str) -> Name {
        Name {
            text: text.to_owned(),
            span: span(self.file, start, text),
        }
    }

    /// Reads a line that begins with `@`; returns `false` for any other.
    fn tag(&mut self, start: usize, line: &str) -> bool {
        let Some(body) = line.strip_prefix('@') else {
            return false;
        };
        let length = body
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))
            .unwrap_or(body.len());
        let (word, rest) = body.split_at(length);
        let place = span(self.file, start, &line[..=length]);
        let at = start + 1 + length;
        let read = match word {
            "engines" | "engine" => self.engines_tag(word, at, rest),
            "dialect" => self.dialect_tag(at, rest),
            "param" => self
                .type_tag(at, rest)
                .ok_or_else(no_parameter)
                .map(|tag| self.parameters.push(tag)),
            "column" => self
                .type_tag(at, rest)
                .ok_or_else(no_column)
                .map(|tag| self.columns.push(tag)),
            "embed" => self.embed_tag(at, rest),
            "on_all_shards" => self.all_shards_tag(place, rest),
            _ => Err(unknown_tag(word)),
        };
        if let Err(finding) = read {
            self.diagnostics.push(finding.at(place, ""));
        }
        true
    }

    fn engines_tag(&mut self, word: &str, start: usize, rest: &str) -> Result<(), Diagnostic> {
        for (at, engine) in listed(start, rest) {
            if !name::is_valid_engine_name(engine) {
                let message = format!("`@{word}` takes names of engines, with commas between");
                return Err(
                    Diagnostic::error("B0603", message).help("write `-- @engines default, b`")
                );
            }
            let found = self.word(at, engine);
            self.engines.push(found);
        }
        Ok(())
    }

    fn dialect_tag(&mut self, _: usize, rest: &str) -> Result<(), Diagnostic> {
        let found = Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == rest.trim());
        let Some(found) = found else {
            let message = "`@dialect` takes `sqlite`, `postgres` or `mysql`";
            return Err(Diagnostic::error("B0603", message).help("write `-- @dialect postgres`"));
        };
        self.dialect = Some(found);
        Ok(())
    }

    fn all_shards_tag(&mut self, place: Span, rest: &str) -> Result<(), Diagnostic> {
        if !rest.trim().is_empty() {
            let message = "`@on_all_shards` takes nothing";
            return Err(Diagnostic::error("B0603", message).help("write `-- @on_all_shards`"));
        }
        self.on_all_shards = Some(place);
        Ok(())
    }

    /// `author: bigint?`.
    fn type_tag(&self, start: usize, rest: &str) -> Option<TypeTag> {
        let (name, type_name) = rest.split_once(':')?;
        let bare = type_name.trim().trim_end_matches('?').trim_end();
        if name.trim().is_empty() || bare.is_empty() {
            return None;
        }
        let at = |part: &str| start + (part.as_ptr() as usize - rest.as_ptr() as usize);
        Some(TypeTag {
            name: self.word(at(name.trim_start()), name.trim()),
            type_name: self.word(at(type_name.trim_start()), bare),
            nullable: type_name.trim_end().ends_with('?'),
        })
    }

    /// `u, b`.
    fn embed_tag(&mut self, start: usize, rest: &str) -> Result<(), Diagnostic> {
        for (at, table) in listed(start, rest) {
            if table.is_empty() {
                let message = "`@embed` takes names of tables, with commas between";
                return Err(Diagnostic::error("B0603", message)
                    .help("write `-- @embed u`, where the columns have `u.*`"));
            }
            let table = self.word(at, table);
            self.embedded.push(table);
        }
        Ok(())
    }
}

/// The parts of a list with commas, with their places.
fn listed(start: usize, list: &str) -> impl Iterator<Item = (usize, &str)> {
    list.split(',').map(move |part| {
        let begin = part.as_ptr() as usize - list.as_ptr() as usize;
        (
            start + begin + (part.len() - part.trim_start().len()),
            part.trim(),
        )
    })
}

fn no_parameter() -> Diagnostic {
    let message = "`@param` takes the name of a parameter and its type";
    Diagnostic::error("B0603", message)
        .help("write `-- @param author: bigint`, and `bigint?` where it may be NULL")
}

fn no_column() -> Diagnostic {
    let message = "`@column` takes the name of a column and its type";
    Diagnostic::error("B0603", message)
        .help("write `-- @column total: bigint`, and `bigint?` where it may be NULL")
}

fn unknown_tag(word: &str) -> Diagnostic {
    let help = match name::suggest(word, KNOWN) {
        Some(near) => format!("write `@{near}`; if it is prose, let the line begin with another word"),
        None => "a query takes `@engines`, `@dialect`, `@param`, `@column`, `@embed` and `@on_all_shards`; if it is prose, let the line begin with another word".to_owned(),
    };
    Diagnostic::error("B0603", format!("unknown annotation `@{word}` of a query")).help(help)
}

const KINDS: &str =
    "the kinds are `:one`, `:opt`, `:many`, `:iter`, `:scalar`, `:exec` and `:rows`";

/// The kind of a word such as `:many`.
fn kind(query: &str, word: &str) -> Result<QueryKind, Diagnostic> {
    let bare = match word.trim_start_matches(':') {
        // Of sqlc.
        "execrows" => "rows",
        bare => bare,
    };
    let known = QueryKind::ALL.iter().find(|(known, _)| *known == bare);
    if let Some((_, kind)) = known.filter(|_| word.starts_with(':')) {
        return Ok(*kind);
    }
    let near = match bare {
        // Of sqlc.
        "execresult" | "execlastid" => Some("rows"),
        "batchexec" | "copyfrom" => Some("exec"),
        _ => name::suggest(bare, QueryKind::ALL.map(|(known, _)| known)),
    };
    let help = match near {
        Some(near) => format!("write `-- name: {query} :{near}`; {KINDS}"),
        None => format!("write `-- name: {query} :many`; {KINDS}"),
    };
    Err(Diagnostic::error("B0602", format!("`{word}` is not a kind of query")).help(help))
}

/// The words of a text that begins at this offset, with their places.
fn words(start: usize, text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| {
        (
            start + (word.as_ptr() as usize - text.as_ptr() as usize),
            word,
        )
    })
}
