//! How the values of a column are stored. Another type has its own storage and compression.

use super::super::super::structure::ColumnShape;
use crate::column_type::TypeClass;
use crate::lower::usual_storage;

/// The words after `ALTER COLUMN name` that store a column as the schema has it; `None` where bindery does not know them.
pub(super) fn settings(from: &ColumnShape, to: &ColumnShape, retyped: bool) -> Option<Vec<String>> {
    let has = |column: &ColumnShape, words: &String| {
        let mut known = column.words.iter();
        known.any(|one| one.eq_ignore_ascii_case(words))
    };
    let mut statements = Vec::new();
    for words in from.words.iter().filter(|words| !has(to, words)) {
        let start = start(words)?;
        let is_set_anew = to.words.iter().any(|one| self::start(one) == Some(start));
        if !retyped && !is_set_anew {
            statements.push(format!("{start} {}", usual(start, to)?));
        }
    }
    for words in &to.words {
        let is_known = start(words).is_some();
        match has(from, words) {
            true if !retyped || !is_known => {}
            false if !is_known => return None,
            true | false => statements.push(words.clone()),
        }
    }
    Some(statements)
}

/// The words that say what is set.
fn start(words: &str) -> Option<&'static str> {
    const KNOWN: [&str; 2] = ["SET STORAGE", "SET COMPRESSION"];
    let start: Vec<&str> = words.split_whitespace().take(2).collect();
    let start = start.join(" ");
    KNOWN
        .into_iter()
        .find(|one| start.eq_ignore_ascii_case(one))
}

/// The value that columns of the type have by themselves.
fn usual(start: &str, column: &ColumnShape) -> Option<&'static str> {
    if start == "SET COMPRESSION" {
        return Some("default");
    }
    match column.column_type.class() {
        TypeClass::Text
        | TypeClass::Bytes
        | TypeClass::Json
        | TypeClass::Array
        | TypeClass::Decimal => {
            let name = column.type_sql.split('(').next()?;
            Some(usual_storage(&name.to_lowercase()))
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
