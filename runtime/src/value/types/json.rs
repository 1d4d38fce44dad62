//! JSON: any value of `serde_json`, or a type of the program.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::{FromColumn, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// `serde_json` reads no deeper.
const MOST_NESTED: usize = 127;

impl ToColumn for Value {
    fn write(&self, params: &mut ParamWriter<'_>) {
        if is_nested_at_most(self, MOST_NESTED) {
            write_text(self, params);
        } else {
            params.refuse("JSON that is nested more than 127 deep could not be read again");
        }
    }
}

fn is_nested_at_most(value: &Value, depth: usize) -> bool {
    let Some(inner) = depth.checked_sub(1) else {
        return !(value.is_array() || value.is_object());
    };
    match value {
        Value::Array(values) => values.iter().all(|value| is_nested_at_most(value, inner)),
        Value::Object(fields) => fields.values().all(|value| is_nested_at_most(value, inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn write_text(value: &impl Serialize, params: &mut ParamWriter<'_>) {
    let mut text = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut text, Pointed));
    match written.map(|()| std::str::from_utf8(&text)) {
        Ok(Ok(text)) => params.json(text),
        Ok(Err(_)) | Err(_) => params.refuse("a value that JSON has no form for cannot be stored"),
    }
}

/// Writes a whole number of 64 bits that is a float with a point: PostgreSQL's `jsonb` gives `1e16` back in digits only,
/// which are read as an integer.
struct Pointed;

impl Formatter for Pointed {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        if value.fract() == 0.0 && value.abs() <= u64::MAX as f64 {
            write!(writer, "{value:.1}")
        } else {
            CompactFormatter.write_f64(writer, value)
        }
    }
}

impl FromColumn for Value {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let value = serde_json::from_str(&row.json()?);
        value.map_err(|_| row.mismatch("JSON"))
    }
}

/// A type of the program's own, kept as JSON; for columns with `@type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToColumn for Json<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        write_text(&self.0, params);
    }
}

impl<T: DeserializeOwned> FromColumn for Json<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let value = serde_json::from_str(&row.json()?);
        value
            .map(Self)
            .map_err(|_| row.mismatch("JSON of the expected shape"))
    }
}
