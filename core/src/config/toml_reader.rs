//! Typed access to TOML tables: every wrong type and unknown key becomes a finding. Knows nothing of what keys mean.

use crate::lists::IntoVec as _;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::LONGEST_TIME;
use super::findings;
use super::keys::{Section, names};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::suggest;
use crate::sorting::sort_by;
use crate::source::{FileId, Span};

/// Sections that an engine has as one of its keys.
const OUTBOXES: [&str; 2] = ["outbox", "inbox"];
const OUTBOX_HELP: &str = "an outbox, with its inbox, is of an engine: write `outbox = true` in the section of it, such as `[engines.default]`";

/// A value and the key it stands under; `key` is a path of words, for messages.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Span,
    pub(super) value: &'t DeValue<'t>,
    pub(super) value_span: Span,
}

/// A text of the file.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) key_span: Span,
    pub(super) span: Span,
}

/// Reads tables and collects what is wrong with them. A file is read once: its methods are not compiled into each place that calls them.
pub(super) struct Reader<'d> {
    pub(super) file: FileId,
    pub(super) diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span {
            file: self.file,
            start: range.start as u32,
            end: range.end as u32,
        }
    }

    /// All entries of a table, in the order of the file.
    pub(super) fn entries<'t>(&self, table: &'t DeTable<'t>) -> Vec<Entry<'t>> {
        let entry =
            |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| self.entry(key, value);
        let mut entries: Vec<Entry<'t>> = table.iter().map(entry).into_vec();
        sort_by(&mut entries, |a, b| a.key_span.cmp(&b.key_span));
        entries
    }

    fn entry<'t>(
        &self,
        key: &'t Spanned<std::borrow::Cow<'t, str>>,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Entry<'t> {
        Entry {
            key: key.get_ref(),
            key_span: self.span(key.span()),
            value: value.get_ref(),
            value_span: self.span(value.span()),
        }
    }

    /// The entry of a key.
    #[inline(never)]
    pub(super) fn get<'t>(&self, table: &'t DeTable<'t>, key: &str) -> Option<Entry<'t>> {
        table
            .get_key_value(key)
            .map(|(key, value)| self.entry(key, value))
    }

    /// Refuses every key that is not known; `place` names the table: ``engine `b` ``.
    pub(super) fn refuse_unknown(&mut self, table: &DeTable<'_>, section: Section, place: &str) {
        for (key, _) in table.iter() {
            let key = (key.get_ref().as_ref(), self.span(key.span()));
            self.refuse_unknown_key(key, section, place);
        }
    }

    /// Refuses one key if it is not known.
    pub(super) fn refuse_unknown_key(
        &mut self,
        (key, span): (&str, Span),
        section: Section,
        place: &str,
    ) {
        let known = names(section);
        if known.contains(&key) {
            return;
        }
        let help = match suggest(key, known.iter().copied()) {
            _ if section == Section::Top && OUTBOXES.contains(&key) => OUTBOX_HELP.to_owned(),
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("remove {}; known are {}", quoted(key), quoted_list(&known)),
        };
        let message = format!("unknown key {} in {place}", quoted(key));
        self.diagnostics.push(
            Diagnostic::error("B0301", message)
                .at(span, "not a key of bindery.toml")
                .help(help),
        );
    }

    /// A wrong type. Says nothing of the value.
    #[inline(never)]
    pub(super) fn wrong_type(&mut self, entry: Entry<'_>, expected: &str, help: &str) {
        let found = entry.value.type_str();
        let message = format!(
            "{} must be {expected}, found {} {found}",
            quoted(entry.key),
            article(found)
        );
        let diagnostic = Diagnostic::error("B0302", message)
            .at(entry.value_span, format!("expected {expected}"));
        self.diagnostics.push(diagnostic.help(help));
    }

    /// A value that its type allows and its meaning does not.
    pub(super) fn bad_value(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.push_bad_value(span, message, help.into());
    }

    #[inline(never)]
    fn push_bad_value(&mut self, span: Span, message: String, help: String) {
        self.diagnostics
            .push(findings::bad_value(message, help).at(span, ""));
    }

    #[inline(never)]
    pub(super) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Text> {
        let entry = self.get(table, key)?;
        self.entry_text(entry)
    }

    #[inline(never)]
    pub(super) fn entry_text(&mut self, entry: Entry<'_>) -> Option<Text> {
        match entry.value {
            DeValue::String(value) => Some(Text {
                value: value.to_string(),
                key_span: entry.key_span,
                span: entry.value_span,
            }),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                self.wrong_type(
                    entry,
                    "a string",
                    &format!("write it in quotes: `{} = \"…\"`", entry.key),
                );
                None
            }
        }
    }

    #[inline(never)]
    pub(super) fn truth(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let entry = self.get(table, key)?;
        let found = entry.value.as_bool();
        if found.is_none() {
            self.wrong_type(entry, "a boolean", &format!("write `{key} = true`"));
        }
        found
    }

    pub(super) fn table<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        key: &str,
    ) -> Option<&'t DeTable<'t>> {
        let entry = self.get(table, key)?;
        self.entry_table(entry)
    }

    pub(super) fn entry_table<'t>(&mut self, entry: Entry<'t>) -> Option<&'t DeTable<'t>> {
        let found = entry.value.as_table();
        if found.is_none() {
            self.wrong_type(
                entry,
                "a table",
                &format!("write `{} = {{ … }}` or a section in `[…]`", entry.key),
            );
        }
        found
    }

    /// The elements of an array, each as an entry of the array's key.
    pub(super) fn array<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        key: &str,
    ) -> Option<Vec<Entry<'t>>> {
        let entry = self.get(table, key)?;
        let Some(array) = entry.value.as_array() else {
            let value = entry
                .value
                .as_str()
                .filter(|value| matches!(key, "files" | "engines") && is_shown(value));
            let value = value.map_or(" … ".to_owned(), |value| format!("\"{value}\""));
            self.wrong_type(entry, "an array", &format!("write `{key} = [{value}]`"));
            return None;
        };
        let element = |value: &'t Spanned<DeValue<'t>>| Entry {
            value: value.get_ref(),
            value_span: self.span(value.span()),
            ..entry
        };
        Some(array.iter().map(element).into_vec())
    }

    /// An array of texts; elements of another type are refused one by one.
    pub(super) fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<Text>> {
        let elements = self.array(table, key)?;
        Some(
            elements
                .into_iter()
                .filter_map(|element| self.entry_text(element))
                .into_vec(),
        )
    }

    /// A whole number from `least` to `u32::MAX`.
    #[inline(never)]
    pub(super) fn count(&mut self, table: &DeTable<'_>, key: &str, least: u32) -> Option<u32> {
        let entry = self.get(table, key)?;
        let Some(integer) = entry.value.as_integer() else {
            self.wrong_type(
                entry,
                "a whole number",
                &format!("write `{key} = {least}` or more"),
            );
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|&number| number >= least);
        if number.is_none() {
            let message = format!("`{key}` is out of range");
            self.bad_value(
                entry.value_span,
                message,
                format!(
                    "write `{key} = {least}`, or any whole number up to {}",
                    u32::MAX
                ),
            );
        }
        number
    }

    /// A time: `500ms`, `30s`, `10m`, `1h`.
    #[inline(never)]
    pub(super) fn duration(&mut self, table: &DeTable<'_>, key: &str) -> Option<Duration> {
        let entry = self.get(table, key)?;
        if let Some(number) = entry.value.as_integer() {
            let help = format!(
                "write it in quotes and with a unit: `{key} = \"{}s\"`",
                number.as_str()
            );
            self.wrong_type(entry, "a string", &help);
            return None;
        }
        let text = self.entry_text(entry)?;
        let duration = parse_duration(&text.value).filter(|time| *time <= LONGEST_TIME);
        match duration {
            None => {
                let message = format!("`{key}` is not a time");
                let help =
                    "write a number and a unit: `500ms`, `30s`, `10m` or `1h`, at most `8760h`";
                self.bad_value(text.span, message, help);
            }
            Some(Duration::ZERO) => {
                let message =
                    format!("`{key}` is a time of zero, which is neither never nor always");
                let help =
                    "write a longer time, for example `30s`; without the key its default holds";
                self.bad_value(text.span, message, help);
            }
            Some(_) => {}
        }
        duration
    }

    /// A time, or `none`; the outer `None` where the key is not there.
    #[inline(never)]
    pub(super) fn limit(&mut self, table: &DeTable<'_>, key: &str) -> Option<Option<Duration>> {
        let entry = self.get(table, key)?;
        if entry.value.as_str() == Some("none") {
            return Some(None);
        }
        self.duration(table, key).map(Some)
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(table, key)?;
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).into_vec();
            self.unknown_word(key, &text, &known);
        }
        found.map(|(_, meaning)| *meaning)
    }

    #[inline(never)]
    fn unknown_word(&mut self, key: &str, text: &Text, known: &[&str]) {
        let help = match suggest(&text.value, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("known are {}", quoted_list(known)),
        };
        let message = format!("unknown {key} {}", quoted(&text.value));
        self.bad_value(text.span, message, help);
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let milliseconds = match &text[digits..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.checked_mul(milliseconds).map(Duration::from_millis)
}

/// A word of the file in quotes. One that is not a name may be anything that got there by mistake, so that it is not
/// shown.
pub(super) fn quoted(word: &str) -> String {
    if is_shown(word) {
        format!("`{word}`")
    } else {
        "(not shown: no name)".to_owned()
    }
}

/// Letters, digits and what names, paths and types have beside them, and no more than those have.
pub(super) fn is_shown(word: &str) -> bool {
    let is_plain = |sign: char| {
        sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | ' ' | '(' | ')' | ',')
    };
    word.chars().count() <= 64 && word.chars().all(is_plain)
}

/// `` `a`, `b` and `c` ``.
pub(super) fn quoted_list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).into_vec();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    }
}
