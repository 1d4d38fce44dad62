//! The row of a table that is made as it is written: only certain bytes are counted, as what the table does not define
//! of its character set is the database's to say. Tried on MariaDB 10.11; "Limits on Table Column Count and Row Size"
//! of MySQL's manual.

use super::LONGEST_ROW;
use crate::column_type::{ColumnType, Integer, TypeClass};
use crate::dialect::{ColumnPlace, Refusal};
use crate::model::Generated;

/// Bytes of the longest VARCHAR or VARBINARY of a row of its own.
const LONGEST_VALUE: u64 = 65_532;

pub(super) fn fits(columns: &[ColumnPlace<'_>]) -> Result<(), Refusal> {
    for place in columns {
        let bytes = value_bytes(*place);
        if bytes > LONGEST_VALUE {
            let (name, declared) = (&place.column().name, &place.column().sql_type);
            let message = format!(
                "`{name} {declared}` has up to {bytes} bytes, and MySQL takes {LONGEST_VALUE} in a column"
            );
            return Err(Refusal::new("B0220", message, "make it `TEXT` or shorter"));
        }
    }
    let found: u64 = columns.iter().map(|place| row_bytes(*place)).sum();
    if found <= u64::from(LONGEST_ROW) {
        return Ok(());
    }
    let message = format!(
        "the columns have up to {found} bytes together, and MySQL takes {LONGEST_ROW} here"
    );
    Err(Refusal::new(
        "B0220",
        message,
        "make some columns `TEXT` or shorter",
    ))
}

/// Of a text or of bytes that have a length.
fn value_bytes(place: ColumnPlace<'_>) -> u64 {
    let column_type = &place.column().column_type;
    let length = u64::from(column_type.length().unwrap_or(0));
    if column_type.class() == TypeClass::Text {
        return length * character_bytes(place);
    }
    let is_bytes = column_type.class() == TypeClass::Bytes;
    if is_bytes { length } else { 0 }
}

/// The least that a column takes in a row.
fn row_bytes(place: ColumnPlace<'_>) -> u64 {
    let column = place.column();
    if matches!(column.generated, Generated::Computed { stored: false, .. }) || column.as_text {
        return 0;
    }
    let column_type = &column.column_type;
    if let ColumnType::VarChar(Some(_)) | ColumnType::VarBinary(_) = column_type {
        let bytes = value_bytes(place);
        return bytes + if bytes > 255 { 2 } else { 1 };
    }
    if let ColumnType::Char(_) | ColumnType::Binary(_) = column_type {
        return value_bytes(place);
    }
    if let ColumnType::Text(_) | ColumnType::Blob(_) | ColumnType::Json { .. } = column_type {
        return 9;
    }
    let class = column_type.class();
    if let TypeClass::Integer(Integer { bits, .. }) | TypeClass::Float { bits } = class {
        return u64::from(bits / 8);
    }
    1
}

/// Of the longest character of its set, as the column or its table says it; 1 where neither does.
fn character_bytes(place: ColumnPlace<'_>) -> u64 {
    let column = place.column();
    let collation = column
        .collation
        .iter()
        .map(|name| format!("collate {name}"));
    let mut texts = column.native.type_words.iter().cloned().chain(collation);
    let own = texts.find_map(|text| named(&text));
    let mut options = place.table().native.options.iter();
    own.or_else(|| options.find_map(|text| named(text)))
        .unwrap_or(1)
}

/// The bytes of a character where the text names a character set or a collation.
fn named(text: &str) -> Option<u64> {
    let text = text.to_lowercase();
    let words = ["character set", "charset", "char set", "collate"];
    let behind = words.iter().find_map(|word| text.split_once(word))?.1;
    let name = behind.trim_start_matches([' ', '=', '\'', '"']);
    Some(
        match name.split('_').next().unwrap_or_default().trim_end() {
            name if name.starts_with("utf8mb4") => 4,
            name if name.starts_with("utf16") || name.starts_with("utf32") => 4,
            name if name.starts_with("utf8") => 3,
            _ => 1,
        },
    )
}
