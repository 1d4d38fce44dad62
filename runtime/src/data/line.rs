//! The text of a row that is being written, in either format.

use std::fmt::{Display, Write as _};

use memchr::{memchr, memchr3};

use super::{DataFormat, own};
use crate::value::decimal::without_trailing_zeros;
use crate::value::json_list;

/// Rows as text, until they are written away.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) format: DataFormat,
    /// CSV has no quotes.
    is_bare: bool,
    /// Names as JSON texts with the comma or brace before them and the colon after them.
    names: Vec<String>,
    /// A value that may need quotes is put together here.
    scratch: String,
}

impl Line {
    pub(super) fn new(format: DataFormat, names: &[&str]) -> Self {
        let mut line = Self {
            text: String::new(),
            format,
            is_bare: false,
            names: names.iter().enumerate().map(json_name).collect(),
            scratch: String::new(),
        };
        if format == DataFormat::Csv {
            for (at, name) in names.iter().enumerate() {
                line.begin_value(at);
                line.text(name);
            }
            line.end_row();
        }
        line
    }

    /// For values by themselves.
    pub(super) fn of_values(format: DataFormat) -> Self {
        let mut line = Self::new(format, &[]);
        line.text.clear();
        line
    }

    /// The same without quotes.
    pub(super) fn bare_values() -> Self {
        Self {
            is_bare: true,
            ..Self::of_values(DataFormat::Csv)
        }
    }

    /// The value of this column follows.
    pub(super) fn begin_value(&mut self, column: usize) {
        match self.format {
            DataFormat::Csv if column > 0 => self.text.push(','),
            DataFormat::Csv => {}
            DataFormat::JsonLines => self.text.push_str(&self.names[column]),
        }
    }

    pub(super) fn end_row(&mut self) {
        match self.format {
            DataFormat::Csv => self.text.push('\n'),
            DataFormat::JsonLines if self.names.is_empty() => self.text.push_str("{}\n"),
            DataFormat::JsonLines => self.text.push_str("}\n"),
        }
    }

    pub(super) fn null(&mut self) {
        match self.format {
            DataFormat::Csv => {}
            DataFormat::JsonLines => self.text.push_str("null"),
        }
    }

    /// A number or boolean, as both formats have it.
    pub(super) fn bare(&mut self, value: impl Display) {
        write!(self.text, "{value}").expect("writing to a String cannot fail");
    }

    pub(super) fn text(&mut self, value: &str) {
        match self.format {
            DataFormat::Csv => self.field(value, needs_quotes(value)),
            DataFormat::JsonLines => push_json_text(value, &mut self.text),
        }
    }

    /// A text whose quotes distinguish it from a number.
    pub(super) fn quoted(&mut self, value: &str) {
        match self.format {
            DataFormat::Csv => self.field(value, true),
            DataFormat::JsonLines => push_json_text(value, &mut self.text),
        }
    }

    /// Stands before and after a text that is written part by part.
    pub(super) fn quote(&mut self) {
        self.text.push('"');
    }

    /// A part of such a text.
    pub(super) fn part(&mut self, part: &str) {
        match self.format {
            DataFormat::Csv => double_quotes(part, &mut self.text),
            DataFormat::JsonLines => json_list::escape(part, &mut self.text),
        }
    }

    /// Stands before and after digits that are written part by part.
    pub(super) fn digits_quote(&mut self) {
        self.text.push_str(match self.format {
            DataFormat::Csv => "",
            DataFormat::JsonLines => "\"",
        });
    }

    /// A text that needs no quotes within its own: digits, points, colons.
    pub(super) fn plain(&mut self, write: impl FnOnce(&mut String)) {
        match self.format {
            DataFormat::Csv => write(&mut self.text),
            DataFormat::JsonLines => {
                self.text.push('"');
                write(&mut self.text);
                self.text.push('"');
            }
        }
    }

    /// Leaves out the zeros that the database filled the decimal up with which begins here, as its column says how many there are.
    pub(super) fn trim_decimal(&mut self, begin: usize) {
        let quote = if self.text.ends_with('"') { "\"" } else { "" };
        let end = self.text.len() - quote.len();
        let Some(written) = self.text.get(begin..end) else {
            return;
        };
        let kept = begin + without_trailing_zeros(written).len();
        self.text.truncate(kept);
        self.text.push_str(quote);
    }

    /// JSON, which stands on one line within an object. The document `null` differs from NULL.
    pub(super) fn json(&mut self, value: &str) {
        match self.format {
            DataFormat::Csv => self.field(value, needs_quotes(value)),
            DataFormat::JsonLines if is_wrapped(value) => {
                self.text.push_str(WRAPPED);
                self.text.push_str(value.trim());
                self.text.push('}');
            }
            DataFormat::JsonLines if value.contains(['\n', '\r']) => {
                // Between its values only: within a text JSON writes a new line as `\n`.
                self.text.push_str(&value.replace(['\n', '\r'], " "));
            }
            DataFormat::JsonLines => self.text.push_str(value),
        }
    }

    /// A field of CSV.
    fn field(&mut self, value: &str, is_quoted: bool) {
        if self.is_bare || !is_quoted {
            return self.text.push_str(value);
        }
        self.text.push('"');
        double_quotes(value, &mut self.text);
        self.text.push('"');
    }

    /// A list that `write` writes as JSON.
    pub(super) fn list<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        let mut list = Self {
            text: std::mem::take(&mut self.scratch),
            format: DataFormat::JsonLines,
            is_bare: false,
            names: Vec::new(),
            scratch: String::new(),
        };
        list.text.clear();
        list.text.push('[');
        let outcome = write(&mut list);
        list.text.push(']');
        match self.format {
            DataFormat::Csv => self.field(&list.text, needs_quotes(&list.text)),
            DataFormat::JsonLines => self.text.push_str(&list.text),
        }
        self.scratch = list.text;
        outcome
    }
}

/// Stands before a JSON document that would be taken for something else.
pub(super) const WRAPPED: &str = "{\"$json\":";

fn is_wrapped(json: &str) -> bool {
    let json = json.trim();
    json == "null" || json.starts_with(own::BEGINS)
}

fn json_name((at, name): (usize, &&str)) -> String {
    let mut text = String::from(if at == 0 { "{" } else { "," });
    push_json_text(name, &mut text);
    text.push(':');
    text
}

fn push_json_text(text: &str, out: &mut String) {
    out.push('"');
    json_list::escape(text, out);
    out.push('"');
}

/// Whether it would be taken for something else without quotes.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text == "\\."
        || text.starts_with(' ')
        || text.ends_with(' ')
        || memchr3(b'"', b',', b'\n', text.as_bytes()).is_some()
        || memchr(b'\r', text.as_bytes()).is_some()
}

fn double_quotes(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        out.push_str(&rest[..=at]);
        out.push('"');
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

impl Line {
    pub(super) fn is_json(&self) -> bool {
        self.format == DataFormat::JsonLines
    }
}
