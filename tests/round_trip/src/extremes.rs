//! Values of a column: extreme ones, which a database must give back as they were, and plain ones that most constraints let
//! through. What the constraints themselves say is `hints`' matter.

use bindery::Dialect;
use bindery::types::{
    BigDecimal, DateTime, Interval, JsonValue, NaiveDate, NaiveDateTime, NaiveTime, Utc, Uuid,
};
use bindery_schema::column_type::{ColumnType, DecimalSize, LobSize};
use bindery_schema::model::{Column, Model};

use crate::own_text;
use crate::value::Value;

/// A column with what its values depend on.
#[derive(Clone, Copy)]
pub(crate) struct ColumnContext<'m> {
    pub(crate) model: &'m Model,
    pub(crate) column: &'m Column,
    pub(crate) dialect: Dialect,
}

impl<'m> ColumnContext<'m> {
    /// Values at the ends of what the column holds, the widest first.
    pub(crate) fn extremes(self) -> Vec<Value> {
        if self.column.as_text {
            return own_text::forms(&self.column.sql_type, self.dialect);
        }
        self.extremes_of(&self.column.column_type)
    }

    /// Plain values, all different; the later ones are for unique keys that hold the first.
    pub(crate) fn plain(self) -> Vec<Value> {
        if self.column.as_text {
            return own_text::forms(&self.column.sql_type, self.dialect);
        }
        self.plain_of(&self.column.column_type)
    }

    fn is_unsigned(self) -> bool {
        self.column.sql_type.to_lowercase().contains("unsigned")
    }

    /// MySQL's `FLOAT(7,3)` keeps this number of digits only.
    fn has_digits(self) -> bool {
        self.dialect == Dialect::Mysql && self.column.sql_type.contains('(')
    }

    fn extremes_of(self, column_type: &ColumnType) -> Vec<Value> {
        match column_type {
            ColumnType::Bool => vec![Value::Bool(true), Value::Bool(false)],
            ColumnType::F32 => self.floats(
                &[f32::MAX, -f32::MAX, f32::MIN_POSITIVE, 0.1, -0.0],
                Value::F32,
            ),
            ColumnType::F64 => self.floats(
                &[f64::MAX, -f64::MAX, f64::MIN_POSITIVE, 0.1, -0.0],
                Value::F64,
            ),
            ColumnType::Decimal(size) => self.decimals(*size),
            ColumnType::Char(length) => self.chars(*length),
            ColumnType::VarChar(length) => texts(length.unwrap_or(100_000) as usize, 4 * 100_000),
            ColumnType::Text(size) => texts(100_000, most_bytes(*size)),
            ColumnType::Binary(length) => vec![
                bytes(*length as usize),
                Value::Bytes(vec![255; *length as usize]),
            ],
            ColumnType::VarBinary(length) => blobs((*length as usize).min(100_000)),
            ColumnType::Blob(size) => blobs(most_bytes(*size)),
            ColumnType::Date => self.days().into_iter().map(Value::Date).collect(),
            ColumnType::Time(digits) => times(*digits).into_iter().map(Value::Time).collect(),
            ColumnType::DateTime(digits) => self
                .moments(*digits)
                .into_iter()
                .map(Value::DateTime)
                .collect(),
            ColumnType::Timestamp(digits) => self
                .points(*digits)
                .into_iter()
                .map(Value::Timestamp)
                .collect(),
            ColumnType::Year => [1901, 2155, 0].map(Value::Int).to_vec(),
            ColumnType::Interval => intervals(),
            ColumnType::Uuid => vec![
                Value::Uuid(Uuid::from_u128(u128::MAX)),
                Value::Uuid(Uuid::from_u128(0)),
            ],
            ColumnType::Json { .. } => jsons(),
            ColumnType::Enum(id) => {
                let values = &self.model.enum_type(*id).values;
                values
                    .iter()
                    .map(|value| Value::Text(value.value.clone()))
                    .collect()
            }
            ColumnType::Set(names) => vec![Value::Text(sorted(names)), Value::Text(String::new())],
            ColumnType::Bit(bits) => vec![Value::Int((1 << *bits) - 1), Value::Int(0)],
            ColumnType::Any => vec![
                Value::Int(i64::MAX.into()),
                Value::Int(i64::MIN.into()),
                Value::F64(f64::MAX),
                Value::Text("'\"\\ä漢😀".to_owned()),
                bytes(256),
            ],
            ColumnType::Array(element) => self.arrays(element),
            ColumnType::I8
            | ColumnType::I16
            | ColumnType::I24
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U32
            | ColumnType::U64 => {
                let (least, most) = self.range(column_type);
                [most, least, 0, -1]
                    .into_iter()
                    .filter(|value| *value >= least)
                    .map(Value::Int)
                    .collect()
            }
        }
    }

    fn plain_of(self, column_type: &ColumnType) -> Vec<Value> {
        match column_type {
            ColumnType::Bool => vec![Value::Bool(false), Value::Bool(true)],
            ColumnType::F32 => [1.5, 0.0, 2.5, 40.25].map(Value::F32).to_vec(),
            ColumnType::F64 => [1.5, 0.0, 2.5, 40.25].map(Value::F64).to_vec(),
            ColumnType::Decimal(size) => plain_decimals(*size),
            ColumnType::Char(length) => plain_texts(*length as usize, Some(*length as usize)),
            ColumnType::VarChar(length) => plain_texts(length.unwrap_or(255) as usize, None),
            ColumnType::Text(_) => plain_texts(255, None),
            ColumnType::Binary(length) => (1..5)
                .map(|fill| Value::Bytes(vec![fill; *length as usize]))
                .collect(),
            ColumnType::VarBinary(length) => {
                let length = (*length as usize).min(3);
                (1..5)
                    .map(|fill| Value::Bytes(vec![b'a' + fill; length]))
                    .collect()
            }
            ColumnType::Blob(_) => (1..5)
                .map(|fill| Value::Bytes(vec![b'a' + fill; 3]))
                .collect(),
            ColumnType::Date => [day(2024, 2, 29), day(2001, 1, 1)]
                .map(Value::Date)
                .to_vec(),
            ColumnType::Time(_) => [12, 1]
                .map(|hour| Value::Time(time(hour, 30, 15, 0)))
                .to_vec(),
            ColumnType::DateTime(_) => [day(2024, 2, 29), day(2001, 1, 1)]
                .map(|day| Value::DateTime(day.and_time(time(12, 30, 15, 0))))
                .to_vec(),
            ColumnType::Timestamp(_) => [day(2024, 2, 29), day(2001, 1, 1)]
                .map(|day| Value::Timestamp(day.and_time(time(12, 30, 15, 0)).and_utc()))
                .to_vec(),
            ColumnType::Year => [2001, 1999].map(Value::Int).to_vec(),
            ColumnType::Interval => intervals().into_iter().rev().collect(),
            ColumnType::Uuid => (1..5)
                .map(|value| Value::Uuid(Uuid::from_u128(value)))
                .collect(),
            ColumnType::Json { .. } => jsons().into_iter().rev().collect(),
            ColumnType::Enum(_) => self.extremes_of(column_type),
            ColumnType::Set(names) => vec![
                Value::Text(names.first().cloned().unwrap_or_default()),
                Value::Text(String::new()),
            ],
            ColumnType::Bit(_) => [1, 0].map(Value::Int).to_vec(),
            ColumnType::Any => vec![Value::Int(1), Value::Text("a".to_owned()), Value::F64(1.5)],
            ColumnType::Array(element) => {
                let element = self.plain_of(element).into_iter().next();
                vec![
                    Value::Array(element.into_iter().collect()),
                    Value::Array(Vec::new()),
                ]
            }
            ColumnType::I8
            | ColumnType::I16
            | ColumnType::I24
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U32
            | ColumnType::U64 => {
                let (least, most) = self.range(column_type);
                let values = [
                    1,
                    0,
                    2,
                    most / 2,
                    most / 2 - 1,
                    100,
                    most / 2 - 2,
                    3,
                    12,
                    2001,
                ];
                let fits = |value: &i128| (least..=most).contains(value);
                distinct(values.into_iter().filter(fits).map(Value::Int).collect())
            }
        }
    }

    fn floats<T: Copy>(self, values: &[T], wrap: fn(T) -> Value) -> Vec<Value> {
        if self.has_digits() {
            return self.plain();
        }
        values.iter().copied().map(wrap).collect()
    }

    fn decimals(self, size: Option<DecimalSize>) -> Vec<Value> {
        let size = match self.dialect {
            Dialect::Sqlite => Some(self.number_size(size)),
            Dialect::Postgres | Dialect::Mysql => size,
        };
        let Some(DecimalSize { precision, scale }) = size else {
            let digits = "12345678901234567890".repeat(3);
            return decimal_values(&[&format!("{digits}.{digits}"), &format!("-{digits}"), "0"]);
        };
        let whole = "9".repeat(precision.saturating_sub(scale) as usize);
        let fraction = "9".repeat(scale as usize);
        let most = with_point(&whole, &fraction);
        let finest = match scale {
            0 => "1".to_owned(),
            scale => with_point("0", &format!("{:0>1$}", 1, scale as usize)),
        };
        let least = format!("-{most}");
        if self.is_unsigned() {
            decimal_values(&[&most, "0", &finest])
        } else {
            decimal_values(&[&most, &least, "0", &finest])
        }
    }

    /// SQLite makes numbers of decimals, which keep 15 digits; bindery refuses more.
    fn number_size(self, size: Option<DecimalSize>) -> DecimalSize {
        let size = size.unwrap_or(DecimalSize {
            precision: 15,
            scale: 5,
        });
        if self.column.sql_type.to_uppercase().contains("TEXT") {
            return size;
        }
        DecimalSize {
            precision: size.precision.min(15),
            scale: size.scale.min(15),
        }
    }

    /// PostgreSQL pads what is shorter, so the texts have the length that the column has.
    fn chars(self, length: u32) -> Vec<Value> {
        let mut values = texts(length as usize, 4 * length as usize);
        if self.dialect == Dialect::Postgres {
            values.retain(|value| matches!(value, Value::Text(text) if text.chars().count() == length as usize));
        }
        values
    }

    fn days(self) -> Vec<NaiveDate> {
        vec![day(1, 1, 1), day(9999, 12, 31), day(1000, 1, 1)]
    }

    fn moments(self, digits: u8) -> Vec<NaiveDateTime> {
        let first = |day: NaiveDate| day.and_time(time(0, 0, 0, 0));
        let last = |day: NaiveDate| day.and_time(last_time(digits));
        vec![
            last(day(9999, 12, 31)),
            first(day(1, 1, 1)),
            last(day(1969, 12, 31)),
            first(day(1000, 1, 1)),
        ]
    }

    /// MySQL counts the seconds of a `TIMESTAMP` from 1970 in 31 bits.
    fn points(self, digits: u8) -> Vec<DateTime<Utc>> {
        match self.dialect {
            Dialect::Mysql => {
                let most = day(2038, 1, 19).and_time(time(
                    3,
                    14,
                    7,
                    999_999 / unit(digits) * unit(digits),
                ));
                let least = day(1970, 1, 1).and_time(time(0, 0, 1, 0));
                vec![most.and_utc(), least.and_utc()]
            }
            Dialect::Sqlite | Dialect::Postgres => self
                .moments(digits)
                .into_iter()
                .map(|moment| moment.and_utc())
                .collect(),
        }
    }

    /// The least and the greatest integer that a column of a type holds.
    fn range(self, column_type: &ColumnType) -> (i128, i128) {
        let signed = |bits: u32| (-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
        let unsigned = |bits: u32| (0, (1 << bits) - 1);
        match (column_type, self.dialect) {
            (ColumnType::I8, _) => signed(8),
            (ColumnType::I16, _) => signed(16),
            (ColumnType::I24, _) => signed(24),
            (ColumnType::I32, _) => signed(32),
            (ColumnType::U8, _) => unsigned(8),
            (ColumnType::U16, _) => unsigned(16),
            (ColumnType::U24, _) => unsigned(24),
            (ColumnType::U32, _) => unsigned(32),
            // Its integers are signed; bindery refuses what is past them.
            (ColumnType::U64, Dialect::Sqlite) => unsigned(63),
            (ColumnType::U64, Dialect::Postgres | Dialect::Mysql) => unsigned(64),
            (_, _) => signed(64),
        }
    }

    fn arrays(self, element: &ColumnType) -> Vec<Value> {
        let elements = self.extremes_of(element);
        let short = |value: &Value| !matches!(value, Value::Text(text) if text.len() > 2_000);
        let some: Vec<Value> = elements
            .iter()
            .filter(|value| short(value))
            .cloned()
            .collect();
        vec![
            Value::Array(some),
            Value::Array(Vec::new()),
            Value::Array(elements),
        ]
    }
}

/// So many of a type's bytes are worth a try.
fn most_bytes(size: LobSize) -> usize {
    match size {
        LobSize::Tiny => 255,
        LobSize::Small => 65_535,
        LobSize::Medium | LobSize::Long | LobSize::Unbounded => 100_000,
    }
}

/// Characters at which quoting, escaping and counting of characters go wrong. No blank at the end: padding takes that.
const LETTERS: &str = "'\"\\ %_`;--/*$1?:a\n\t\u{7f}";
const LATIN: &str = "äßÿ'\\é";
const WIDE: &str = "漢字אב'\\e\u{301}ﬀ";
const WIDEST: &str = "😀𝔘'\\👩\u{200d}💻";

/// The longest texts, from those few character sets hold to those all do; then short ones.
fn texts(length: usize, bytes: usize) -> Vec<Value> {
    let alphabets = [
        format!("{LETTERS}{LATIN}{WIDE}{WIDEST}"),
        format!("{LETTERS}{LATIN}{WIDE}"),
        format!("{LETTERS}{LATIN}"),
        LETTERS.to_owned(),
    ];
    let mut values: Vec<Value> = Vec::new();
    for limit in [length, length.min(600), length.min(190)] {
        let filled = alphabets
            .iter()
            .map(|alphabet| Value::Text(fill(alphabet, limit, bytes)));
        values.extend(filled);
    }
    values.push(Value::Text(String::new()));
    distinct(values)
}

/// A text of this number of characters, as far as the bytes reach.
fn fill(alphabet: &str, length: usize, bytes: usize) -> String {
    let mut text = String::new();
    for letter in alphabet.chars().cycle().take(length.saturating_sub(1)) {
        if text.len() + letter.len_utf8() >= bytes {
            break;
        }
        text.push(letter);
    }
    if length > 0 && bytes > 0 {
        text.push('z');
    }
    text
}

fn plain_texts(length: usize, exactly: Option<usize>) -> Vec<Value> {
    let words = [
        "a",
        "b",
        "1",
        "0",
        "c",
        "word",
        "2001-01-01",
        "a@b.example",
        "http://a.example/",
        "00000000-0000-0000-0000-000000000001",
        "en",
        "Y",
        "N",
        "T",
        "F",
        "A",
    ];
    let fitted = |word: &str| match exactly {
        Some(exactly) => format!("{word:a<exactly$}"),
        None => word.to_owned(),
    };
    let words = words.iter().filter(|word| word.len() <= length);
    distinct(words.map(|word| Value::Text(fitted(word))).collect())
}

fn bytes(length: usize) -> Value {
    Value::Bytes((0..=255).cycle().take(length).collect())
}

fn blobs(length: usize) -> Vec<Value> {
    distinct(vec![
        bytes(length),
        bytes(length.min(256)),
        bytes(length.min(190)),
        Value::Bytes(Vec::new()),
    ])
}

fn decimal_values(texts: &[&str]) -> Vec<Value> {
    texts
        .iter()
        .filter_map(|text| text.parse::<BigDecimal>().ok())
        .map(Value::Decimal)
        .collect()
}

fn plain_decimals(size: Option<DecimalSize>) -> Vec<Value> {
    let whole = size.is_none_or(|size| size.precision > size.scale);
    decimal_values(if whole { &["1", "0", "2", "3"] } else { &["0"] })
}

fn with_point(whole: &str, fraction: &str) -> String {
    match (whole, fraction) {
        ("", fraction) => format!("0.{fraction}"),
        (whole, "") => whole.to_owned(),
        (whole, fraction) => format!("{whole}.{fraction}"),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the days here are in the calendar")
}

fn time(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
        .expect("the times here are of a day")
}

/// Microseconds in the last digit that is kept.
fn unit(digits: u8) -> u32 {
    10_u32.pow(6 - u32::from(digits.min(6)))
}

fn last_time(digits: u8) -> NaiveTime {
    time(23, 59, 59, 999_999 / unit(digits) * unit(digits))
}

fn times(digits: u8) -> Vec<NaiveTime> {
    vec![last_time(digits), time(0, 0, 0, 0)]
}

fn intervals() -> Vec<Value> {
    let span = |months, days, microseconds| {
        Value::Interval(Interval {
            months,
            days,
            microseconds,
        })
    };
    vec![
        span(120_000, -40_000, 86_399_999_999),
        span(0, 0, -1),
        span(0, 1, 0),
    ]
}

fn jsons() -> Vec<Value> {
    let texts = [
        r#"{"a": [1, -2.5, 1e30, true, null, "'\"\\ä漢😀\n"], "": {"b": {}}, "ä": 9007199254740993}"#,
        "[]",
        "\"text\"",
        r#"{"a": 1}"#,
    ];
    let values = texts
        .iter()
        .filter_map(|text| text.parse::<JsonValue>().ok());
    values.map(Value::Json).collect()
}

fn sorted(names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort();
    names.join(",")
}

/// Each value once, in order.
pub(crate) fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(value: &Value) -> (usize, usize) {
        match value {
            Value::Text(text) => (text.chars().count(), text.len()),
            other => panic!("{other:?} is no text"),
        }
    }

    #[test]
    fn texts_are_as_long_as_the_column_and_no_longer() {
        for wanted in [1, 2, 40, 255] {
            let values = texts(wanted, 4 * wanted);
            assert!(values.iter().all(|value| length(value).0 <= wanted));
            assert_eq!(length(&values[0]).0, wanted, "{wanted}");
            assert!(values.contains(&Value::Text(String::new())));
        }
        assert_eq!(texts(0, 0), [Value::Text(String::new())]);
        assert!(
            texts(100_000, 255)
                .iter()
                .all(|value| length(value).1 <= 255)
        );
    }

    #[test]
    fn no_text_ends_in_what_padding_takes_away() {
        for wanted in 1..60 {
            for value in texts(wanted, 1_000) {
                let Value::Text(text) = value else { continue };
                assert!(!text.ends_with([' ', '\n', '\t']), "{text:?}");
            }
        }
    }

    #[test]
    fn the_last_time_has_the_digits_that_are_kept() {
        assert_eq!(last_time(0), time(23, 59, 59, 0));
        assert_eq!(last_time(3), time(23, 59, 59, 999_000));
        assert_eq!(last_time(6), time(23, 59, 59, 999_999));
    }

    #[test]
    fn decimals_have_a_digit_before_the_point() {
        assert_eq!(with_point("", "99"), "0.99");
        assert_eq!(with_point("99", ""), "99");
        assert_eq!(decimal_values(&["0.01", "no number"]).len(), 1);
    }
}
