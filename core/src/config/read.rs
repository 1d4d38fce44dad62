//! From the TOML text to a [`Config`], key by key. Rules that look at several engines are in `check`.

mod atomic;
mod connection;
mod derives;
mod engine;
mod flavour;
mod lints;
mod migrations;
mod project;
mod shards;

use crate::lists::IntoVec as _;
use toml::de::{DeTable, DeValue};

use super::findings::unwritable_name;
use super::keys::Section;
use super::toml_reader::{Entry, Reader, Text, is_shown, quoted};
use super::{Config, ConnectionSource, EngineConfig};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::sorting::sort_by;
use crate::source::FileId;

const DIALECTS: &[(&str, Dialect)] = &[
    (Dialect::Sqlite.name(), Dialect::Sqlite),
    (Dialect::Postgres.name(), Dialect::Postgres),
    (Dialect::Mysql.name(), Dialect::Mysql),
];

/// Reads the whole file; `None` where it is no TOML.
pub(super) fn parse_config(
    file: FileId,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Config> {
    let mut reader = Reader { file, diagnostics };
    if text.len() > super::LONGEST_FILE {
        let help = "a configuration has a few kilobytes, and 1 MiB at most";
        reader
            .diagnostics
            .push(Diagnostic::error("B0300", "the file is too large").help(help));
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.syntax_error(error, text);
    }
    if !errors.is_empty() {
        return None;
    }
    Some(reader.config(table.get_ref()))
}

impl Reader<'_> {
    /// The parser's own sentence says what it expected; it never quotes values.
    fn syntax_error(&mut self, error: &toml::de::Error, text: &str) {
        let range = error.span().unwrap_or(0..0);
        let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
        let sentence = error
            .message()
            .lines()
            .next()
            .unwrap_or("not valid")
            .trim_end_matches('.')
            .to_owned();
        let diagnostic =
            Diagnostic::error("B0300", format!("the file is not valid TOML: {sentence}"));
        self.diagnostics.push(
            diagnostic
                .at(self.span(start..end.max(start)), "here")
                .help(syntax_help(&sentence, &text[start..end.max(start)])),
        );
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        self.refuse_unknown(table, Section::Top, "the file");
        let mut engines = self.engines(table);
        match (self.text(table, "url"), self.get(table, "url")) {
            (Some(url), _) => self.top_level_url(url, &mut engines),
            // A URL that is not a text defines the engine all the same.
            (None, Some(entry)) => engines.push(EngineConfig::new("default", Some(entry.key_span))),
            (None, None) => {}
        }
        sort_by(&mut engines, |a, b| a.name.cmp(&b.name));
        let (files, queries) = self.schema(table);
        let types = self.types(table);
        let crates = self.crates(table);
        let derives = self.derives(table);
        let lints = self.lints(table);
        let atomic = self.atomic(table);
        let shards = self.shards(table);
        let migrations = self.migrations(table);
        Config {
            folder: Default::default(),
            files,
            queries,
            engines,
            types,
            crates,
            derives,
            lints,
            atomic,
            shards,
            migrations,
            source: None,
        }
    }

    /// `url = …` above all sections is short for `engines.default.url`.
    fn top_level_url(&mut self, url: Text, engines: &mut Vec<EngineConfig>) {
        let template = self.url(&url);
        let position = engines
            .iter()
            .position(|engine| engine.name == "default")
            .unwrap_or_else(|| {
                engines.push(EngineConfig::new("default", Some(url.key_span)));
                engines.len() - 1
            });
        let engine = &mut engines[position];
        let other = match &engine.source {
            ConnectionSource::Nowhere => None,
            ConnectionSource::Url(_) | ConnectionSource::Parts(_) => engine.span,
        };
        if let Some(other) = other {
            let message = "engine `default` is defined twice";
            let diagnostic = Diagnostic::error("B0305", message)
                .at(url.key_span, "short for `engines.default.url`");
            self.diagnostics.push(
                diagnostic.at(other, "and here").help(
                    "keep one of them: remove this `url`, or the section `[engines.default]`",
                ),
            );
        }
        engine.source = template.map_or(ConnectionSource::Nowhere, ConnectionSource::Url);
    }

    fn engines(&mut self, table: &DeTable<'_>) -> Vec<EngineConfig> {
        let Some(section) = self.table(table, "engines") else {
            return Vec::new();
        };
        let entries = self.entries(section);
        entries
            .into_iter()
            .filter_map(|entry| self.engine(entry))
            .into_vec()
    }

    fn engine(&mut self, entry: Entry<'_>) -> Option<EngineConfig> {
        if !is_shown(entry.key) {
            self.diagnostics.push(unwritable_name(entry.key_span));
            return None;
        }
        let mut engine = EngineConfig::new(entry.key, Some(entry.key_span));
        match entry.value {
            DeValue::String(_) => {
                let url = self.entry_text(entry)?;
                engine.source = self
                    .url(&url)
                    .map_or(ConnectionSource::Nowhere, ConnectionSource::Url);
            }
            DeValue::Table(table) => self.engine_table(table, &mut engine),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => {
                self.wrong_type(
                    entry,
                    "a URL or a table",
                    &format!("write `{} = \"sqlite://…\"`", entry.key),
                );
            }
        }
        Some(engine)
    }
}

/// Returns the token that the parser expected, as a help that can be typed in.
fn syntax_help(sentence: &str, found: &str) -> String {
    let expected = sentence.split_once("expected `");
    let expected = expected.and_then(|(_, rest)| rest.split_once('`'));
    match expected {
        Some((sign, _)) => format!("write `{sign}` here; https://toml.io describes the format"),
        None if sentence == "duplicate key" => {
            format!("remove {} here, or the one before", quoted(found))
        }
        None => "https://toml.io describes the format".to_owned(),
    }
}
