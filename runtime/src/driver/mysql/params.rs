//! Values to parameters of a prepared statement. The server tells nothing about the types it expects and converts
//! what it gets; in strict mode it refuses what does not fit.

use mysql::Value;

use crate::driver::{ParamWriter, calendar, uuid_text};
use crate::error::{Error, ErrorKind, Result};
use crate::types::Interval;

/// Collects the values of a statement.
pub(in crate::driver) struct Params<'a> {
    values: &'a mut Vec<Value>,
}

impl<'a> Params<'a> {
    pub(super) fn new(values: &'a mut Vec<Value>) -> Self {
        Self { values }
    }

    /// How many values were written.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::driver) fn given(&self) -> usize {
        self.values.len()
    }
}

impl Params<'_> {
    fn put(&mut self, value: Value) -> Result<()> {
        self.values.push(value);
        Ok(())
    }

    pub(in crate::driver) fn null(&mut self) -> Result<()> {
        self.put(Value::NULL)
    }

    pub(in crate::driver) fn i64(&mut self, value: i64) -> Result<()> {
        self.put(Value::Int(value))
    }

    pub(in crate::driver) fn u64(&mut self, value: u64) -> Result<()> {
        self.put(Value::UInt(value))
    }

    pub(in crate::driver) fn bool(&mut self, value: bool) -> Result<()> {
        self.put(Value::Int(value.into()))
    }

    pub(in crate::driver) fn f32(&mut self, value: f32) -> Result<()> {
        check_finite(value.is_finite())?;
        self.put(Value::Float(value))
    }

    pub(in crate::driver) fn f64(&mut self, value: f64) -> Result<()> {
        check_finite(value.is_finite())?;
        self.put(Value::Double(value))
    }

    pub(in crate::driver) fn text(&mut self, value: &str) -> Result<()> {
        self.bytes(value.as_bytes())
    }

    pub(in crate::driver) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put(Value::Bytes(value.to_vec()))
    }

    pub(in crate::driver) fn date(&mut self, days: i64) -> Result<()> {
        let (year, month, day) = civil(days)?;
        self.put(Value::Date(year, month, day, 0, 0, 0, 0))
    }

    pub(in crate::driver) fn time(&mut self, micros: i64) -> Result<()> {
        let (hour, minute, second, fraction) = clock(micros);
        self.put(Value::Time(false, 0, hour, minute, second, fraction))
    }

    pub(in crate::driver) fn datetime(&mut self, micros: i64) -> Result<()> {
        let (days, rest) = calendar::split(micros);
        let (year, month, day) = civil(days)?;
        let (hour, minute, second, fraction) = clock(rest);
        self.put(Value::Date(
            year, month, day, hour, minute, second, fraction,
        ))
    }

    pub(in crate::driver) fn timestamp(&mut self, micros: i64) -> Result<()> {
        self.datetime(micros)
    }

    pub(in crate::driver) fn uuid(&mut self, value: &[u8; 16]) -> Result<()> {
        self.text(&uuid_text::write(value))
    }

    pub(in crate::driver) fn json(&mut self, value: &str) -> Result<()> {
        self.text(value)
    }

    pub(in crate::driver) fn decimal(&mut self, value: &str) -> Result<()> {
        self.text(value)
    }

    pub(in crate::driver) fn interval(&mut self, value: Interval) -> Result<()> {
        self.text(&value.to_string())
    }

    pub(in crate::driver) fn array(
        &mut self,
        _length: usize,
        _write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        Err(unsupported("an array"))
    }
}

fn civil(days: i64) -> Result<(u16, u8, u8)> {
    if calendar::is_representable(days) {
        let (year, month, day) = calendar::civil(days);
        Ok((year as u16, month as u8, day as u8))
    } else {
        Err(unsupported("a date outside the years 1 to 9999"))
    }
}

/// Hours, minutes, seconds and microseconds of a time of day.
fn clock(micros: i64) -> (u8, u8, u8, u32) {
    let seconds = micros / 1_000_000;
    (
        (seconds / 3_600) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
        (micros % 1_000_000) as u32,
    )
}

fn check_finite(finite: bool) -> Result<()> {
    if finite {
        Ok(())
    } else {
        Err(unsupported("NaN or an infinity"))
    }
}

#[cold]
fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "MySQL and MariaDB cannot hold {what}"
    )))
}
