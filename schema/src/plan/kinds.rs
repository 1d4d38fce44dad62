//! What the values of a table's columns are, in the words that a running program compares the database's own columns by.

use crate::column_type::ColumnType;
use crate::model::{Column, FieldType, Table};

use super::statements::row_columns;

/// What stands for a type of which nothing is known: one of the user's own, or several in one column.
const UNKNOWN: &str = "_";

/// A word for each column of the row, with blanks between: `integer`, `text?` where it may be NULL, `decimal.2` where two
/// digits after the point are the most. On SQLite a decimal of up to 15 digits may be kept as a float: `number`.
pub fn kinds(table: &Table, is_on_sqlite: bool) -> String {
    let key = table.primary_key.as_ref();
    let mut words = String::new();
    for id in row_columns(table) {
        let column = table.column(id);
        if !words.is_empty() {
            words.push(' ');
        }
        let is_float = is_on_sqlite && column.is_float_on_sqlite(table.source_dialect);
        push_word(&mut words, column, is_float);
        if column.nullable && key.is_none_or(|key| !key.columns.contains(&id)) {
            words.push('?');
        }
    }
    words
}

fn push_word(words: &mut String, column: &Column, is_float: bool) {
    let kind = match &column.field_type {
        FieldType::Custom(_) => UNKNOWN,
        FieldType::Plain | FieldType::Key { .. } => kind(&column.column_type, is_float),
    };
    words.push_str(kind);
    let digits = digits(&column.column_type).or(column.float_digits);
    if let Some(digits) = digits.filter(|_| kind != UNKNOWN) {
        words.push_str(&format!(".{digits}"));
    }
}

fn kind(column_type: &ColumnType, is_float: bool) -> &'static str {
    match column_type {
        ColumnType::Bool => "bool",
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I24
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U24
        | ColumnType::U32
        | ColumnType::U64
        | ColumnType::Year
        | ColumnType::Bit(_) => "integer",
        ColumnType::F32 => "f32",
        ColumnType::F64 => "f64",
        ColumnType::Decimal(_) if is_float => "number",
        ColumnType::Decimal(_) => "decimal",
        ColumnType::Char(_)
        | ColumnType::VarChar(_)
        | ColumnType::Text(_)
        | ColumnType::Enum(_)
        | ColumnType::Set(_) => "text",
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => "bytes",
        ColumnType::Date => "date",
        ColumnType::Time(_) => "time",
        ColumnType::DateTime(_) => "datetime",
        ColumnType::Timestamp(_) => "timestamp",
        ColumnType::Interval => "interval",
        ColumnType::Uuid => "uuid",
        ColumnType::Json { .. } => "json",
        ColumnType::Array(_) => "array",
        ColumnType::Any => UNKNOWN,
    }
}

/// Digits after the point that a value may have. A microsecond is the finest that there is.
fn digits(column_type: &ColumnType) -> Option<u32> {
    match column_type {
        ColumnType::Time(digits) | ColumnType::DateTime(digits) | ColumnType::Timestamp(digits) => {
            Some(u32::from(*digits).min(6))
        }
        ColumnType::Decimal(size) => size.map(|size| size.scale),
        ColumnType::Bool
        | ColumnType::I8
        | ColumnType::I16
        | ColumnType::I24
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U24
        | ColumnType::U32
        | ColumnType::U64
        | ColumnType::F32
        | ColumnType::F64
        | ColumnType::Char(_)
        | ColumnType::VarChar(_)
        | ColumnType::Text(_)
        | ColumnType::Binary(_)
        | ColumnType::VarBinary(_)
        | ColumnType::Blob(_)
        | ColumnType::Date
        | ColumnType::Year
        | ColumnType::Interval
        | ColumnType::Uuid
        | ColumnType::Json { .. }
        | ColumnType::Enum(_)
        | ColumnType::Set(_)
        | ColumnType::Any
        | ColumnType::Bit(_)
        | ColumnType::Array(_) => None,
    }
}
