//! JSON: any value of `serde_json`, or a type of the program.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{FromColumn, ToColumn};
use crate::driver::{ParamWriter, RowReader};
use crate::error::Result;

/// `serde_json` reads no deeper.
const MOST_NESTED: usize = 127;

impl ToColumn for Value {
    fn write(&self, params: &mut ParamWriter<'_>) {
        if is_nested_at_most(self, MOST_NESTED) {
            params.json(&self.to_string());
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

impl FromColumn for Value {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let value = serde_json::from_str(row.json()?);
        value.map_err(|_| row.mismatch("JSON"))
    }
}

/// A type of the program's own, kept as JSON; for columns with `@type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize> ToColumn for Json<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        match serde_json::to_string(&self.0) {
            Ok(text) => params.json(&text),
            Err(_) => params.refuse("a value that cannot be written as JSON"),
        }
    }
}

impl<T: DeserializeOwned> FromColumn for Json<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let value = serde_json::from_str(row.json()?);
        value
            .map(Self)
            .map_err(|_| row.mismatch("JSON of the expected shape"))
    }
}
