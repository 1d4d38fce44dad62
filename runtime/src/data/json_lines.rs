//! Records of JSON lines: one object for each row.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::line::WRAPPED;
use super::reader::MOST_UNKNOWN;
use super::rows::{BadRow, Field, Written};
use super::table::{DataColumn, ValueType};
use crate::error::DataProblem;

/// Reads an object, and appends the text of its values to `text`; `fields` gets one for each column, where there is one.
pub(super) fn read(
    record: &str,
    columns: &[DataColumn],
    text: &mut String,
    fields: &mut Vec<Option<Field>>,
) -> Result<(), BadRow> {
    fields.clear();
    fields.resize(columns.len(), None);
    let mut object = Object {
        columns,
        text,
        fields,
        unknown: Vec::new(),
        next: 0,
    };
    let mut reader = serde_json::Deserializer::from_str(record);
    let read = reader.deserialize_map(&mut object);
    let unknown = std::mem::take(&mut object.unknown);
    if read.is_err() || reader.end().is_err() {
        return Err(malformed());
    }
    ensure_known(unknown)
}

#[cold]
pub(super) fn malformed() -> BadRow {
    BadRow::syntax("the line is not a JSON object with each name once")
}

/// Refuses names that no column has.
pub(super) fn ensure_known(unknown: Vec<String>) -> Result<(), BadRow> {
    if unknown.is_empty() {
        return Ok(());
    }
    let missing = Vec::new();
    Err(BadRow::new(DataProblem::Columns { unknown, missing }))
}

/// The position of a column, which is likely to be `next`.
pub(super) fn find_column(columns: &[DataColumn], next: usize, name: &str) -> Option<usize> {
    let is_it = |column: &DataColumn| column.name == name;
    if columns.get(next).is_some_and(is_it) {
        return Some(next);
    }
    columns.iter().position(is_it)
}

struct Object<'a> {
    columns: &'a [DataColumn],
    text: &'a mut String,
    fields: &'a mut Vec<Option<Field>>,
    unknown: Vec<String>,
    /// The column that comes next where they are in their order.
    next: usize,
}

impl<'de> Visitor<'de> for &mut Object<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let Some(at) = find_column(self.columns, self.next, &name) else {
                if self.unknown.len() < MOST_UNKNOWN {
                    self.unknown.push(name.into_owned());
                }
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            let is_json = self.columns[at].value == ValueType::Json;
            let field =
                take_field(raw.get(), is_json, self.text).map_err(serde::de::Error::custom)?;
            if self.fields[at].replace(field).is_some() {
                return Err(serde::de::Error::custom("a name twice"));
            }
            self.next = at + 1;
        }
        Ok(())
    }
}

/// Borrowed where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        reader.deserialize_str(Text).map(Name)
    }
}

/// The text of a JSON value: of a text what it says, of all others the JSON.
pub(super) fn take_field(raw: &str, is_json: bool, text: &mut String) -> serde_json::Result<Field> {
    let start = text.len();
    let written = if raw == "null" {
        Written::Null
    } else if is_json {
        let document = unwrapped(raw);
        text.push_str(document);
        // One in nothing may be a value of SQLite that is none of the column's type.
        if document.len() == raw.len() {
            Written::Bare
        } else {
            Written::Quoted
        }
    } else if raw.starts_with('"') {
        let Name(content) = serde_json::from_str(raw)?;
        text.push_str(&content);
        Written::Quoted
    } else {
        text.push_str(raw);
        Written::Bare
    };
    Ok(Field {
        start,
        end: text.len(),
        written,
    })
}

/// The JSON document in what may stand around it.
fn unwrapped(raw: &str) -> &str {
    let inner = raw.strip_prefix(WRAPPED);
    inner
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(raw)
}
