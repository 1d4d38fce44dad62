//! Values to bound parameters. Dates and times are ISO 8601 text, which sorts by time; UUIDs, decimals and intervals
//! are text too.

use rusqlite::types::ValueRef;

use super::error::step_error;
use super::statement::Statement;
use crate::error::{Error, ErrorKind, Result};
use crate::value::types::Interval;
use crate::value::{ParamWriter, calendar_text, uuid_text, vector};

/// Binds parameters to a statement.
pub(crate) struct Params<'a> {
    statement: &'a mut Statement,
    next: usize,
    /// For values that are kept as formatted text.
    text: String,
}

impl<'a> Params<'a> {
    pub(crate) fn new(statement: &'a mut Statement) -> Self {
        Self {
            statement,
            next: 1,
            text: String::new(),
        }
    }
}

impl Params<'_> {
    fn put(&mut self, value: ValueRef<'_>) -> Result<()> {
        let index = self.next;
        self.next += 1;
        // One too many is found when all are written: only then their number is known.
        if index > self.statement.places() {
            return Ok(());
        }
        self.statement.bind(index, value).map_err(step_error)
    }

    fn put_formatted(&mut self, format: impl FnOnce(&mut String)) -> Result<()> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        format(&mut text);
        let outcome = self.put(ValueRef::Text(text.as_bytes()));
        self.text = text;
        outcome
    }

    pub(crate) fn null(&mut self) -> Result<()> {
        self.put(ValueRef::Null)
    }

    pub(crate) fn i64(&mut self, value: i64) -> Result<()> {
        self.put(ValueRef::Integer(value))
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<()> {
        let value = i64::try_from(value)
            .map_err(|_| unsupported("an unsigned integer past 9223372036854775807"))?;
        self.i64(value)
    }

    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.i64(i64::from(value))
    }

    pub(crate) fn f32(&mut self, value: f32) -> Result<()> {
        self.f64(f64::from(value))
    }

    pub(crate) fn f64(&mut self, value: f64) -> Result<()> {
        if value.is_nan() {
            return Err(unsupported("NaN, which SQLite would store as NULL"));
        }
        self.put(ValueRef::Real(value))
    }

    pub(crate) fn text(&mut self, value: &str) -> Result<()> {
        self.put(ValueRef::Text(value.as_bytes()))
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put(ValueRef::Blob(value))
    }

    pub(crate) fn date(&mut self, days: i64) -> Result<()> {
        self.put_formatted(|out| calendar_text::write_date(days, out))
    }

    pub(crate) fn time(&mut self, micros: i64) -> Result<()> {
        self.put_formatted(|out| calendar_text::write_time(micros, out))
    }

    pub(crate) fn datetime(&mut self, micros: i64) -> Result<()> {
        self.put_formatted(|out| calendar_text::write_datetime(micros, out))
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

    pub(crate) fn vector(&mut self, values: &[f32]) -> Result<()> {
        self.bytes(&vector::to_bytes(values))
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

#[cold]
fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "SQLite cannot hold {what}"
    )))
}
