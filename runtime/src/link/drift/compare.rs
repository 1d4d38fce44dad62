//! Compares what was compiled in with the catalogue.

use crate::driver::catalogue::{Relation, StoredColumn, StoredKind, same_name};
use crate::error::{TableDifference, TableDrift};
use bindery_core::dialect::Dialect;
use bindery_core::program::ModelInfo;

/// The words of [`ModelInfo::kinds`], and what they mean. What is not among them is not looked at.
const WORDS: [(&str, StoredKind); 17] = [
    ("bool", StoredKind::Bool),
    ("integer", StoredKind::Integer),
    ("f32", StoredKind::F32),
    ("f64", StoredKind::F64),
    ("decimal", StoredKind::Decimal),
    ("number", StoredKind::Number),
    ("text", StoredKind::Text),
    ("bytes", StoredKind::Bytes),
    ("date", StoredKind::Date),
    ("time", StoredKind::Time),
    ("datetime", StoredKind::DateTime),
    ("timestamp", StoredKind::Timestamp),
    ("interval", StoredKind::Interval),
    ("uuid", StoredKind::Uuid),
    ("json", StoredKind::Json),
    ("array", StoredKind::Array),
    ("year", StoredKind::Integer),
];

/// One word of [`ModelInfo::kinds`]: `integer`, `text?`, `decimal.2?`.
struct Expected {
    /// The word, and what it means; a type of the program's own is none.
    kind: Option<(&'static str, StoredKind)>,
    /// Digits after the point that its values may have, of a text its characters; `None` for any number.
    fraction: Option<u32>,
    nullable: bool,
}

impl Expected {
    fn from_word(word: &str) -> Self {
        let (word, nullable) = match word.strip_suffix('?') {
            Some(word) => (word, true),
            None => (word, false),
        };
        let (word, fraction) = match word.split_once('.') {
            Some((word, digits)) => (word, digits.parse().ok()),
            None => (word, None),
        };
        Self {
            kind: WORDS.iter().find(|(known, _)| *known == word).copied(),
            fraction,
            nullable,
        }
    }

    /// Returns whether the column would round a value: types without digits after the point have none to lose.
    fn loses_digits(&self, found: &StoredColumn) -> Option<u32> {
        let has_digits = match self.kind {
            Some((_, kind)) => match kind {
                StoredKind::F32
                | StoredKind::F64
                | StoredKind::Decimal
                | StoredKind::Number
                | StoredKind::Time
                | StoredKind::DateTime
                | StoredKind::Timestamp => true,
                StoredKind::Bool
                | StoredKind::Integer
                | StoredKind::Text
                | StoredKind::Bytes
                | StoredKind::Date
                | StoredKind::Interval
                | StoredKind::Uuid
                | StoredKind::Json
                | StoredKind::Array => false,
            },
            None => false,
        };
        let most = self.fraction.unwrap_or(u32::MAX);
        found.fraction.filter(|found| has_digits && *found < most)
    }

    fn compare(&self, name: &str, found: &StoredColumn) -> Vec<TableDifference> {
        let mut differences = Vec::new();
        let column = || name.to_owned();
        if let Some((expected, kind)) = self.kind
            && !found.kinds.contains(kind)
        {
            differences.push(TableDifference::OtherType {
                column: column(),
                expected,
                found: found.sql_type.clone(),
            });
        } else if let Some(found) = self.loses_digits(found) {
            differences.push(TableDifference::FewerDigits {
                column: column(),
                found,
            });
        }
        match (self.nullable, found.not_null) {
            (true, Some(true)) => differences.push(TableDifference::NotNull { column: column() }),
            (false, Some(false)) => {
                differences.push(TableDifference::Nullable { column: column() })
            }
            (true, Some(false)) | (false, Some(true)) | (_, None) => {}
        }
        differences
    }
}

/// Returns the differences, if there are any.
pub(super) fn compare(
    info: &'static ModelInfo,
    dialect: Dialect,
    found: Option<&Relation>,
) -> Option<TableDrift> {
    let differences = match found {
        None => vec![TableDifference::Missing],
        Some(found) => differences(info, dialect, found),
    };
    (!differences.is_empty()).then_some(TableDrift {
        model: &info.name,
        table: info.qualified_name(),
        differences,
    })
}

fn differences(info: &ModelInfo, dialect: Dialect, found: &Relation) -> Vec<TableDifference> {
    let mut differences = Vec::new();
    if found.is_view && !info.is_view {
        differences.push(TableDifference::View);
    }
    if found.is_view && found.columns.is_empty() {
        return differences;
    }
    // A difference that affects writing only does no harm to a view.
    let matters = |difference: &TableDifference| !info.is_view || difference.hinders_reading();
    for (name, word) in info.columns.iter().zip(info.kinds.split(' ')) {
        let stored = found.columns.iter();
        let mut stored = stored.filter(|stored| same_name(dialect, name, &stored.name));
        match stored.next() {
            Some(stored) => {
                let found = Expected::from_word(word).compare(name, stored);
                differences.extend(found.into_iter().filter(matters));
            }
            None => differences.push(TableDifference::MissingColumn {
                column: (*name).to_owned(),
            }),
        }
    }
    // Without columns it is a table that is only made or dropped.
    if !info.is_view && !info.columns.is_empty() {
        differences.extend(unknown_required(info, dialect, found));
    }
    differences
}

/// Statements name their columns, so one more does no harm, unless a row needs a value for it.
fn unknown_required(
    info: &ModelInfo,
    dialect: Dialect,
    found: &Relation,
) -> impl Iterator<Item = TableDifference> {
    let known = move |stored: &StoredColumn| {
        let mut names = info.columns.iter();
        names.any(|name| same_name(dialect, name, &stored.name))
    };
    let required = found
        .columns
        .iter()
        .filter(move |stored| stored.not_null == Some(true) && !stored.is_filled && !known(stored));
    required.map(|stored| TableDifference::Required {
        column: stored.name.clone(),
    })
}
