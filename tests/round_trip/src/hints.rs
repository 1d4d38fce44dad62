//! Hints of CHECK constraints about the values they accept: the constants in them, and texts that match their patterns.

use bindery::types::{BigDecimal, NaiveDate, NaiveDateTime};
use bindery_schema::column_type::ColumnType;
use bindery_schema::model::{Check, Column, ColumnId, DefaultValue, Table};

use crate::pattern;
use crate::value::Value;

/// Values for a column that the checks of its table mention, then its default.
pub(crate) fn of(table: &Table, column: &Column) -> Vec<Value> {
    let checks = table.checks.iter().filter(|check| mentions(check, column));
    let mut values: Vec<Value> = checks
        .flat_map(|check| constants(&check.expression.sql))
        .flat_map(|constant| constant.values(&column.column_type))
        .collect();
    values.extend(default(column));
    values
}

/// The columns that a check mentions.
pub(crate) fn columns(table: &Table, check: &Check) -> Vec<ColumnId> {
    let ids = (0..table.columns.len() as u32).map(ColumnId);
    ids.filter(|id| mentions(check, table.column(*id)))
        .collect()
}

fn mentions(check: &Check, column: &Column) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut words = check.expression.sql.split(|letter| !part(letter));
    words.any(|word| word.eq_ignore_ascii_case(&column.name))
        || check.expression.sql.contains(&column.name)
}

fn default(column: &Column) -> Vec<Value> {
    let constant = match column.default.as_ref().map(|default| &default.value) {
        Some(DefaultValue::Number(number)) => Constant::Number(number.clone()),
        Some(DefaultValue::Text(text)) => Constant::Text(text.clone()),
        Some(_) | None => return Vec::new(),
    };
    constant.values(&column.column_type)
}

/// A constant of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Constant {
    Number(String),
    Text(String),
}

impl Constant {
    /// Values of a type that may have been meant by it.
    fn values(&self, column_type: &ColumnType) -> Vec<Value> {
        match (self, column_type) {
            (
                Self::Text(text),
                ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_),
            ) => {
                // Within `E''` a backslash is written twice.
                let once = text.replace("\\\\", "\\");
                let patterns = [text.as_str(), &once].map(pattern::sample);
                let matching = patterns.into_iter().flatten().map(Value::Text);
                std::iter::once(Value::Text(text.clone()))
                    .chain(matching)
                    .collect()
            }
            (
                Self::Number(number),
                ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_),
            ) => {
                // The length of a text, most likely.
                let length = number.parse().ok().filter(|length| *length <= 1_000_usize);
                length
                    .map(|length| Value::Text("a".repeat(length)))
                    .into_iter()
                    .collect()
            }
            (Self::Number(number) | Self::Text(number), ColumnType::Decimal(_)) => number
                .parse::<BigDecimal>()
                .ok()
                .map(Value::Decimal)
                .into_iter()
                .collect(),
            (Self::Number(number), ColumnType::F32) => {
                number.parse().ok().map(Value::F32).into_iter().collect()
            }
            (Self::Number(number), ColumnType::F64) => {
                number.parse().ok().map(Value::F64).into_iter().collect()
            }
            (Self::Number(number) | Self::Text(number), other)
                if other.is_integer() || *other == ColumnType::Year =>
            {
                let number = number.parse::<i128>().ok();
                number
                    .into_iter()
                    .flat_map(|number| [number, number + 1, number - 1].map(Value::Int))
                    .collect()
            }
            (Self::Text(text), column_type) => days(text, column_type),
            (Self::Number(_), _) => Vec::new(),
        }
    }
}

/// The day that a text begins with and the one after it, as values of a type that has days.
fn days(text: &str, column_type: &ColumnType) -> Vec<Value> {
    let day = text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok());
    let days = day.into_iter().flat_map(|day| [Some(day), day.succ_opt()]);
    let wrap = |day: NaiveDate| match column_type {
        ColumnType::Date => Some(Value::Date(day)),
        ColumnType::DateTime(_) => Some(Value::DateTime(day.into())),
        ColumnType::Timestamp(_) => Some(Value::Timestamp(NaiveDateTime::from(day).and_utc())),
        _ => None,
    };
    days.flatten().filter_map(wrap).collect()
}

/// Numbers and texts of an expression, in order.
fn constants(sql: &str) -> Vec<Constant> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(letter) = rest.chars().next() {
        let (constant, length) = match letter {
            '\'' => text_constant(rest),
            '0'..='9' => number(rest),
            letter if letter.is_alphabetic() || letter == '_' => (None, word(rest)),
            letter => (None, letter.len_utf8()),
        };
        found.extend(constant);
        rest = &rest[length..];
    }
    found
}

/// A text and how long it is in the expression.
fn text_constant(sql: &str) -> (Option<Constant>, usize) {
    let mut end = 1;
    loop {
        match sql[end..].find('\'') {
            None => return (None, sql.len()),
            Some(at) if sql[end + at + 1..].starts_with('\'') => end += at + 2,
            Some(at) => {
                end += at;
                return (
                    Some(Constant::Text(sql[1..end].replace("''", "'"))),
                    end + 1,
                );
            }
        }
    }
}

fn number(sql: &str) -> (Option<Constant>, usize) {
    let length = sql
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(sql.len());
    (Some(Constant::Number(sql[..length].to_owned())), length)
}

fn word(sql: &str) -> usize {
    sql.find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(sql.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant_text(text: &str) -> Constant {
        Constant::Text(text.to_owned())
    }

    fn number(text: &str) -> Constant {
        Constant::Number(text.to_owned())
    }

    #[test]
    fn constants_are_found_in_order() {
        let sql = "(col1 >= 1901) AND kind IN ('it''s', 'ä') OR x < 2.5 AND \"a\" <> 'open";
        assert_eq!(
            constants(sql),
            [
                number("1901"),
                constant_text("it's"),
                constant_text("ä"),
                number("2.5")
            ]
        );
        assert_eq!(constants(""), []);
        assert_eq!(constants("'"), []);
    }

    #[test]
    fn constants_become_values_of_the_column() {
        assert_eq!(
            number("5").values(&ColumnType::I32),
            [5, 6, 4].map(Value::Int)
        );
        assert_eq!(
            number("3").values(&ColumnType::VarChar(None)),
            [Value::Text("aaa".to_owned())]
        );
        assert_eq!(number("99999999").values(&ColumnType::VarChar(None)), []);
        assert_eq!(number("2.5").values(&ColumnType::I32), []);
        assert_eq!(
            constant_text("2007-01-01 x")
                .values(&ColumnType::Date)
                .len(),
            2
        );
        assert_eq!(constant_text("2007").values(&ColumnType::Date), []);
        let dates = constant_text("^\\d{4}$").values(&ColumnType::VarChar(None));
        assert!(dates.contains(&Value::Text("0000".to_owned())), "{dates:?}");
    }
}
