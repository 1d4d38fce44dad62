//! Recorded values as a JSON array, for databases that take a long list as one parameter. Each value is written as the
//! database stores it; bytes are hexadecimal digits.

use std::fmt::Write;

use super::of_column::Value;
use super::recorded::replay;
use super::writer::ParamTarget;
use super::{ParamWriter, calendar_text, hexadecimal, uuid_text};
use crate::error::{Error, ErrorKind, Result};

/// Writes the elements of a JSON array.
pub(crate) struct JsonList<'a>(&'a mut String);

/// The values as a JSON array.
pub(crate) fn of(values: &[u8]) -> Result<String> {
    written(values.len(), |params| replay(values, params))
}

/// The values written as a JSON array, of about this number of bytes.
pub(crate) fn written(bytes: usize, write: impl FnOnce(&mut ParamWriter<'_>)) -> Result<String> {
    let mut json = String::with_capacity(bytes + 2);
    json.push('[');
    let mut params = ParamWriter::new(ParamTarget::Json(JsonList(&mut json)));
    write(&mut params);
    params.finish_recording()?;
    json.push(']');
    Ok(json)
}

impl JsonList<'_> {
    fn next(&mut self) -> &mut String {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0
    }

    fn push(&mut self, value: impl std::fmt::Display) -> Result<()> {
        write!(self.next(), "{value}").expect("writing to a String cannot fail");
        Ok(())
    }

    fn formatted(&mut self, format: impl FnOnce(&mut String)) -> Result<()> {
        let out = self.next();
        out.push('"');
        format(out);
        out.push('"');
        Ok(())
    }

    pub(crate) fn put(&mut self, value: Value<'_>) -> Result<()> {
        match value {
            Value::Null => self.push("null"),
            Value::Integer(value) => self.push(value),
            Value::Unsigned(value) => self.push(value),
            Value::Boolean(value) => self.push(u8::from(value)),
            Value::Single(value) => self.float(value.into()),
            Value::Double(value) => self.float(value),
            Value::Text(text) | Value::Json(text) | Value::Decimal(text) => self.text(text),
            Value::Bytes(bytes) => self.formatted(|out| hexadecimal::push(bytes, out)),
            Value::Date(days) => self.formatted(|out| calendar_text::write_date(days, out)),
            Value::Time(micros) => self.formatted(|out| calendar_text::write_time(micros, out)),
            Value::DateTime(micros) | Value::Timestamp(micros) => {
                self.formatted(|out| calendar_text::write_datetime(micros, out))
            }
            Value::ZeroDate => self.text("0000-00-00 00:00:00"),
            #[cfg(feature = "data")]
            Value::InfiniteMoment(_) => Err(unsupported(crate::value::INFINITE_MOMENT)),
            #[cfg(feature = "data")]
            Value::Written(text) => self.text(text),
            Value::Vector(_) => Err(unsupported("a vector")),
            Value::Uuid(value) => self.text(&uuid_text::write(value)),
            Value::Interval(value) => self.text(&value.to_string()),
            Value::Array(..) => Err(unsupported("an array")),
        }
    }

    fn float(&mut self, value: f64) -> Result<()> {
        if value.is_finite() {
            self.push(format_args!("{value:?}"))
        } else {
            Err(unsupported("infinity or NaN"))
        }
    }

    fn text(&mut self, value: &str) -> Result<()> {
        self.formatted(|out| escape(value, out))
    }

    pub(crate) fn array(
        &mut self,
        _length: usize,
        _write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        self.put(Value::Array(0, &[]))
    }
}

/// Escapes what stands between the quotes of a JSON text.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            control => {
                write!(out, "\\u{control:04x}").expect("writing to a String cannot fail");
            }
        }
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}

#[cold]
fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "a list of values cannot hold {what} on this database"
    )))
}
