//! Recorded values as a JSON array, for databases that take a long list as one parameter. Each value is written as the
//! database stores it; bytes are hexadecimal digits.

use std::fmt::Write;

use super::recorded::replay;
use super::types::Interval;
use super::writer::ParamTarget;
use super::{ParamWriter, calendar_text, uuid_text};
use crate::error::{Error, ErrorKind, Result};

/// Writes the elements of a JSON array.
pub(crate) struct JsonList<'a>(&'a mut String);

/// The values as a JSON array.
pub(crate) fn of(values: &[u8]) -> Result<String> {
    let mut json = String::with_capacity(values.len() + 2);
    json.push('[');
    let mut params = ParamWriter::new(ParamTarget::Json(JsonList(&mut json)));
    replay(values, &mut params);
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

    pub(crate) fn null(&mut self) -> Result<()> {
        self.push("null")
    }

    pub(crate) fn i64(&mut self, value: i64) -> Result<()> {
        self.push(value)
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<()> {
        self.push(value)
    }

    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.push(u8::from(value))
    }

    pub(crate) fn f32(&mut self, value: f32) -> Result<()> {
        self.f64(f64::from(value))
    }

    pub(crate) fn f64(&mut self, value: f64) -> Result<()> {
        if value.is_finite() {
            self.push(format_args!("{value:?}"))
        } else {
            Err(unsupported("infinity or NaN"))
        }
    }

    pub(crate) fn text(&mut self, value: &str) -> Result<()> {
        self.formatted(|out| escape(value, out))
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.formatted(|out| {
            for byte in value {
                write!(out, "{byte:02X}").expect("writing to a String cannot fail");
            }
        })
    }

    pub(crate) fn date(&mut self, days: i64) -> Result<()> {
        self.formatted(|out| calendar_text::write_date(days, out))
    }

    pub(crate) fn time(&mut self, micros: i64) -> Result<()> {
        self.formatted(|out| calendar_text::write_time(micros, out))
    }

    pub(crate) fn datetime(&mut self, micros: i64) -> Result<()> {
        self.formatted(|out| calendar_text::write_datetime(micros, out))
    }

    pub(crate) fn timestamp(&mut self, micros: i64) -> Result<()> {
        self.datetime(micros)
    }

    pub(crate) fn zero_date(&mut self) -> Result<()> {
        self.text("0000-00-00 00:00:00")
    }

    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&mut self, _: bool) -> Result<()> {
        Err(unsupported(crate::value::INFINITE_MOMENT))
    }

    pub(crate) fn vector(&mut self, _: &[f32]) -> Result<()> {
        Err(unsupported("a vector"))
    }

    pub(crate) fn uuid(&mut self, value: &[u8; 16]) -> Result<()> {
        self.text(&uuid_text::write(value))
    }

    pub(crate) fn json(&mut self, value: &str) -> Result<()> {
        self.text(value)
    }

    pub(crate) fn decimal(&mut self, value: &str) -> Result<()> {
        self.text(value)
    }

    pub(crate) fn interval(&mut self, value: Interval) -> Result<()> {
        self.text(&value.to_string())
    }

    pub(crate) fn array(
        &mut self,
        _length: usize,
        _write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        Err(unsupported("an array"))
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
        "`in_list` cannot hold {what} on this database"
    )))
}
