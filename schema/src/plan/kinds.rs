//! The kinds of values of a table's columns, in the words by which a running program compares the database's own
//! columns by.

use crate::column_type::{ColumnType, TypeClass, UNKNOWN_KIND};
use crate::dialect::Dialect;
use crate::model::{Column, FieldType, Table};

use super::statements::row_columns;

/// A word for each column of the row, with blanks between: `integer`, `text?` where it may be NULL, `text.40` where forty
/// characters are the most, `decimal.2` where two digits after the point are. `dialects` are those of the table's engines: on SQLite
/// a decimal of up to 15 digits may be kept as a float: `number`.
pub fn kinds(table: &Table, dialects: &[Dialect]) -> String {
    let key = table.primary_key.as_ref();
    let is_on_sqlite = dialects.contains(&Dialect::Sqlite);
    let has_lengths = has_lengths(table.source_dialect, dialects);
    let mut words = String::new();
    for id in row_columns(table) {
        let column = table.column(id);
        if !words.is_empty() {
            words.push(' ');
        }
        let is_float = is_on_sqlite && column.is_float_on_sqlite(table.source_dialect);
        push_word(&mut words, column, is_float);
        if let Some(length) = column.text_length().filter(|_| has_lengths) {
            words.push_str(&format!(".{length}"));
        }
        if column.nullable && key.is_none_or(|key| !key.columns.contains(&id)) {
            words.push('?');
        }
    }
    words
}

/// Returns whether a database of a table looks at the lengths of its texts. SQLite does where the table is made for it from another
/// dialect.
pub fn has_lengths(source: Dialect, dialects: &[Dialect]) -> bool {
    source != Dialect::Sqlite || dialects.iter().any(|dialect| *dialect != Dialect::Sqlite)
}

fn push_word(words: &mut String, column: &Column, is_float: bool) {
    let kind = match &column.field_type {
        FieldType::Custom(_) => UNKNOWN_KIND,
        FieldType::Plain | FieldType::Key { .. } => kind(&column.column_type, is_float),
    };
    words.push_str(kind);
    let digits = digits(&column.column_type).or(column.float_digits);
    if let Some(digits) = digits.filter(|_| kind != UNKNOWN_KIND) {
        words.push_str(&format!(".{digits}"));
    }
}

fn kind(column_type: &ColumnType, is_float: bool) -> &'static str {
    if is_float && column_type.class() == TypeClass::Decimal {
        return "number";
    }
    if *column_type == ColumnType::Year {
        return "year";
    }
    column_type.facts().kind
}

/// Digits after the point that a value may have. A microsecond is the finest that there is.
fn digits(column_type: &ColumnType) -> Option<u32> {
    let is_decimal = column_type.class() == TypeClass::Decimal;
    let most = if is_decimal { u32::MAX } else { 6 };
    column_type.digits().map(|digits| digits.min(most))
}
