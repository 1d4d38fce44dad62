//! Values to parameters of a prepared statement. The server reports nothing about the types it expects and converts
//! what it gets; in strict mode it refuses what does not fit.

use super::bytes::put_counted;
use crate::error::{Error, ErrorKind, Result};
use crate::value::buffer::empty;
use crate::value::types::Interval;
use crate::value::{ParamWriter, calendar, uuid_text, vector};

/// Codes of types that are sent (MySQL's manual, "Column Types").
const FLOAT: u8 = 0x04;
const DOUBLE: u8 = 0x05;
const NULL: u8 = 0x06;
const LONGLONG: u8 = 0x08;
const DATE: u8 = 0x0a;
const TIME: u8 = 0x0b;
const DATETIME: u8 = 0x0c;
const BLOB: u8 = 0xfc;
const VAR_STRING: u8 = 0xfd;
const UNSIGNED: u8 = 0x80;

/// Values in the form in which they are sent; the buffers are kept for their memory.
#[derive(Default)]
pub(crate) struct Values {
    /// Two bytes a value: its type, and whether it is unsigned.
    types: Vec<u8>,
    /// One bit a value.
    nulls: Vec<u8>,
    bytes: Vec<u8>,
    /// Before each value stands whether it is NULL.
    has_indicators: bool,
    /// A value of this size is too large for the server.
    too_large: Option<usize>,
}

impl Values {
    /// For a server that takes less than this number of bytes in one packet.
    pub(crate) fn below(too_large: usize) -> Self {
        Self {
            too_large: Some(too_large),
            ..Self::default()
        }
    }

    /// For the values of one of many rows.
    pub(crate) fn with_indicators(self) -> Self {
        Self {
            has_indicators: true,
            ..self
        }
    }

    pub(crate) fn clear(&mut self) {
        self.types.clear();
        self.nulls.clear();
        empty(&mut self.bytes);
    }

    /// Returns how many there are.
    pub(crate) fn count(&self) -> usize {
        self.types.len() / 2
    }

    /// Returns the bytes that they take in a statement.
    pub(crate) fn size(&self) -> usize {
        self.types.len() + self.nulls.len() + self.bytes.len()
    }

    /// Writes them after the head of the statement that runs with them.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        const TYPES_FOLLOW: u8 = 1;
        if self.count() > 0 {
            out.extend_from_slice(&self.nulls);
            out.push(TYPES_FOLLOW);
            out.extend_from_slice(&self.types);
            out.extend_from_slice(&self.bytes);
        }
    }

    /// Moves the values of one more row after these.
    pub(crate) fn append(&mut self, row: &Self) {
        for index in 0..row.count() {
            let is_null = row.nulls[index / 8] & 1 << (index % 8) != 0;
            let value_type = [row.types[2 * index], row.types[2 * index + 1]];
            self.add_type(value_type, is_null);
        }
        self.bytes.extend_from_slice(&row.bytes);
    }

    fn add_type(&mut self, value_type: [u8; 2], is_null: bool) {
        let index = self.count();
        self.types.extend_from_slice(&value_type);
        if index.is_multiple_of(8) {
            self.nulls.push(0);
        }
        self.nulls[index / 8] |= u8::from(is_null) << (index % 8);
        if self.has_indicators {
            self.bytes.push(u8::from(is_null));
        }
    }
}

/// Values of many rows for one statement. All values of a column are of one type.
#[derive(Default)]
pub(crate) struct BulkValues {
    /// Two bytes a column; NULL as long as there is nothing else in it.
    types: Vec<u8>,
    bytes: Vec<u8>,
    rows: usize,
}

impl BulkValues {
    pub(crate) fn clear(&mut self) {
        self.types.clear();
        self.bytes.clear();
        self.rows = 0;
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn columns(&self) -> usize {
        self.types.len() / 2
    }

    /// Returns the bytes that they take in a statement.
    pub(crate) fn size(&self) -> usize {
        self.types.len() + self.bytes.len()
    }

    /// Whether the types of this row are those of the others.
    pub(crate) fn takes(&self, row: &Values) -> bool {
        let pairs = self.types.chunks(2).zip(row.types.chunks(2));
        self.rows == 0
            || pairs
                .into_iter()
                .all(|(all, one)| all == one || all[0] == NULL || one[0] == NULL)
    }

    /// Adds the values of a row, which were written with indicators.
    pub(crate) fn append(&mut self, row: &Values) {
        self.types.resize(row.types.len(), NULL);
        for (all, one) in self.types.chunks_mut(2).zip(row.types.chunks(2)) {
            if one[0] != NULL {
                all.copy_from_slice(one);
            }
        }
        self.bytes.extend_from_slice(&row.bytes);
        self.rows += 1;
    }

    /// Writes types and values after the head of the statement.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for of in self.types.chunks(2) {
            // Of a column without any value it does not matter, as long as the server knows it.
            let of = if of[0] == NULL { &[VAR_STRING, 0] } else { of };
            out.extend_from_slice(of);
        }
        out.extend_from_slice(&self.bytes);
    }
}

/// Collects the values of a statement.
pub(crate) struct Params<'a> {
    values: &'a mut Values,
}

impl<'a> Params<'a> {
    pub(crate) fn new(values: &'a mut Values) -> Self {
        Self { values }
    }
}

impl Params<'_> {
    fn put(&mut self, code: u8, bytes: &[u8]) -> Result<()> {
        self.values.add_type([code, 0], false);
        self.values.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn put_counted(&mut self, code: u8, bytes: &[u8]) -> Result<()> {
        if let Some(limit) = self.values.too_large.filter(|limit| bytes.len() >= *limit) {
            return Err(too_large(limit));
        }
        self.values.add_type([code, 0], false);
        put_counted(&mut self.values.bytes, bytes);
        Ok(())
    }

    pub(crate) fn null(&mut self) -> Result<()> {
        self.values.add_type([NULL, 0], true);
        Ok(())
    }

    pub(crate) fn i64(&mut self, value: i64) -> Result<()> {
        self.put(LONGLONG, &value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<()> {
        self.values.add_type([LONGLONG, UNSIGNED], false);
        self.values.bytes.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.i64(value.into())
    }

    pub(crate) fn f32(&mut self, value: f32) -> Result<()> {
        check_finite(value.is_finite())?;
        self.put(FLOAT, &value.to_le_bytes())
    }

    pub(crate) fn f64(&mut self, value: f64) -> Result<()> {
        check_finite(value.is_finite())?;
        self.put(DOUBLE, &value.to_le_bytes())
    }

    pub(crate) fn text(&mut self, value: &str) -> Result<()> {
        self.put_counted(VAR_STRING, value.as_bytes())
    }

    /// Not as text: the server would take the bytes for characters.
    pub(crate) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put_counted(BLOB, value)
    }

    pub(crate) fn date(&mut self, days: i64) -> Result<()> {
        let [low, high, month, day] = civil(days)?;
        self.put(DATE, &[4, low, high, month, day])
    }

    /// A span of time, which may be negative or longer than a day.
    pub(crate) fn time(&mut self, micros: i64) -> Result<()> {
        let (days, rest) = calendar::split(micros.abs());
        let days = u32::try_from(days).map_err(|_| unsupported("a time of that length"))?;
        let [e, f, g, h] = days.to_le_bytes();
        let [hour, minute, second, a, b, c, d] = clock(rest)?;
        let sign = u8::from(micros < 0);
        let bytes = [12, sign, e, f, g, h, hour, minute, second, a, b, c, d];
        self.put(TIME, &bytes)
    }

    /// The server refuses one with parts that are zero where its `sql_mode` says so.
    #[cfg(feature = "data")]
    pub(crate) fn date_parts(&mut self, parts: crate::value::own_text::DateParts) -> Result<()> {
        let [low, high] = parts.year.to_le_bytes();
        let [hour, minute, second, a, b, c, d] = clock(parts.micros)?;
        let (month, day) = (parts.month, parts.day);
        let bytes = [11, low, high, month, day, hour, minute, second, a, b, c, d];
        self.put(DATETIME, &bytes)
    }

    pub(crate) fn datetime(&mut self, micros: i64) -> Result<()> {
        let (days, rest) = calendar::split(micros);
        let [low, high, month, day] = civil(days)?;
        let [hour, minute, second, a, b, c, d] = clock(rest)?;
        let bytes = [11, low, high, month, day, hour, minute, second, a, b, c, d];
        self.put(DATETIME, &bytes)
    }

    pub(crate) fn timestamp(&mut self, micros: i64) -> Result<()> {
        self.datetime(micros)
    }

    /// The server refuses it where its `sql_mode` says so.
    pub(crate) fn zero_date(&mut self) -> Result<()> {
        // No part of it follows the length.
        self.put(DATETIME, &[0])
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

/// Year in two bytes, month, day.
fn civil(days: i64) -> Result<[u8; 4]> {
    let parts = || {
        let (year, month, day) = calendar::civil(days);
        let [low, high] = u16::try_from(year).ok()?.to_le_bytes();
        Some([low, high, month, day])
    };
    parts().ok_or_else(|| unsupported("a date outside the years 1 to 9999"))
}

/// Hour, minute, second, and microseconds in four bytes, of a time of day.
fn clock(micros: i64) -> Result<[u8; 7]> {
    let seconds = micros.div_euclid(1_000_000);
    let parts = || {
        let [a, b, c, d] = u32::try_from(micros.rem_euclid(1_000_000))
            .ok()?
            .to_le_bytes();
        let hour = u8::try_from(seconds / 3_600)
            .ok()
            .filter(|hour| *hour < 24)?;
        let (minute, second) = (seconds / 60 % 60, seconds % 60);
        Some([
            hour,
            u8::try_from(minute).ok()?,
            u8::try_from(second).ok()?,
            a,
            b,
            c,
            d,
        ])
    };
    parts().ok_or_else(|| unsupported("a time of day outside of a day"))
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

#[cold]
pub(crate) fn too_large(max_allowed_packet: usize) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "the values are larger than the server accepts in one packet (max_allowed_packet is {max_allowed_packet} bytes)"
    )))
}
