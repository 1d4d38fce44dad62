//! How the values of a column are stored. Another type has its own storage and compression.

use super::super::super::structure::ColumnShape;
use crate::ast::ColumnSetting;
use crate::column_type::TypeClass;
use crate::lower::usual_value;

/// The words after `ALTER COLUMN name` that store a column as the schema has it; `None` where bindery does not know them, nor other words
/// that differ.
pub(super) fn settings(from: &ColumnShape, to: &ColumnShape, retyped: bool) -> Option<Vec<String>> {
    if other_words(from) != other_words(to) {
        return None;
    }
    let [known, wanted] = [from, to].map(|column| &column.column.native.settings);
    let mut words = Vec::new();
    for setting in known.keys() {
        if !retyped && !wanted.contains_key(setting) {
            words.push(setting.words(usual(*setting, to)?));
        }
    }
    for (setting, value) in wanted {
        let is_same = |one: &String| one.eq_ignore_ascii_case(value);
        if retyped || !known.get(setting).is_some_and(is_same) {
            words.push(setting.words(value));
        }
    }
    Some(words)
}

/// The words of its declaration that say nothing of these.
fn other_words(column: &ColumnShape) -> Vec<String> {
    let settings = column.column.native.settings.iter();
    let settings: Vec<String> = settings.map(|(one, value)| one.words(value)).collect();
    let words = column.words.iter().filter(|word| !settings.contains(word));
    words.map(|word| word.to_lowercase()).collect()
}

/// The value that columns of the type have by themselves.
fn usual(setting: ColumnSetting, column: &ColumnShape) -> Option<&'static str> {
    if setting == ColumnSetting::Compression {
        return Some(usual_value(setting, ""));
    }
    match column.column_type.class() {
        TypeClass::Text
        | TypeClass::Bytes
        | TypeClass::Json
        | TypeClass::Array
        | TypeClass::Decimal => {
            let name = column.type_sql.split('(').next()?;
            Some(usual_value(setting, &name.to_lowercase()))
        }
        // Fixed lengths have no choice; of others the type's own is not known.
        TypeClass::Boolean
        | TypeClass::Integer(_)
        | TypeClass::Float { .. }
        | TypeClass::Date
        | TypeClass::Time
        | TypeClass::DateTime
        | TypeClass::Timestamp
        | TypeClass::Year
        | TypeClass::Interval
        | TypeClass::Uuid
        | TypeClass::Enum
        | TypeClass::Set
        | TypeClass::Bit
        | TypeClass::Any => None,
    }
}
