//! Values of a dump that are replaced, so that it can be handed to others.

use super::DataFormat;
use super::line::Line;
use super::push::{push_date_time, push_value};
use super::table::{DataColumn, ValueType};
use crate::error::Result;
use crate::value::{RowReader, calendar_text, hexadecimal, uuid_text};

/// The replacement of a column's values. NULL stays NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redaction {
    /// A keyed hash of the value: equal values stay equal, in every table.
    Hash,
    /// NULL.
    Null,
    /// An invented value of the column's type, which says nothing of the original.
    Fake,
}

/// Hashes the text of a value with a secret key.
pub type ValueHash = Box<dyn Fn(&str) -> [u8; 16] + Send>;

/// Replaces values while rows are written.
pub(super) struct Redactor {
    hash: ValueHash,
    /// Invented values are made of its hashes.
    invented: u64,
    /// The value as JSON, which every database's values have one form of.
    value: Line,
}

impl Redactor {
    pub(super) fn new(hash: ValueHash) -> Self {
        Self {
            hash,
            invented: 0,
            value: Line::new(DataFormat::JsonLines, &[]),
        }
    }

    /// Writes the replacement of the next value of a row.
    pub(super) fn push(
        &mut self,
        row: &mut RowReader<'_>,
        (column, redaction): (&DataColumn, Redaction),
        line: &mut Line,
    ) -> Result<()> {
        if row.skip_null() {
            line.null();
            return Ok(());
        }
        self.value.text.clear();
        push_value(row, &column.value, &mut self.value)?;
        match redaction {
            Redaction::Null => line.null(),
            Redaction::Hash => push_hash(column, (self.hash)(&self.value.text), line),
            Redaction::Fake => {
                self.invented += 1;
                let digest = (self.hash)(&format!("invented {}", self.invented));
                push_fake(column, digest, line);
            }
        }
        Ok(())
    }
}

/// As many of the characters or bytes as the column has room for.
fn fitting(column: &DataColumn, length: usize) -> usize {
    let most = column
        .length
        .map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    most.map_or(length, |most| most.min(length))
}

/// A hash in the form of the column's type. Other types than those of texts, bytes, whole numbers and UUIDs have none.
fn push_hash(column: &DataColumn, digest: [u8; 16], line: &mut Line) {
    match &column.value {
        ValueType::Integer | ValueType::Unsigned => line.bare(whole_number(digest)),
        ValueType::Bytes => line.plain(|out| {
            hexadecimal::push(&digest[..fitting(column, digest.len())], out);
        }),
        ValueType::Uuid => line.plain(|out| out.push_str(&uuid_text::write(&uuid(digest)))),
        ValueType::Text => {
            let mut text = String::new();
            hexadecimal::push(&digest, &mut text);
            line.text(&text[..fitting(column, text.len())]);
        }
        ValueType::Boolean
        | ValueType::Float32
        | ValueType::Float64
        | ValueType::Decimal
        | ValueType::Date
        | ValueType::Time
        | ValueType::DateTime
        | ValueType::Timestamp
        | ValueType::Interval
        | ValueType::Json
        | ValueType::Any
        | ValueType::Array(_) => line.null(),
    }
}

/// Up to 2⁶², so that keys that the database generates have room after it; not zero, which MySQL takes for no value.
fn whole_number(digest: [u8; 16]) -> u64 {
    (number(digest) >> 2).max(1)
}

fn number(digest: [u8; 16]) -> u64 {
    digest[..8]
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// A random one by its form (RFC 9562, version 4).
fn uuid(mut digest: [u8; 16]) -> [u8; 16] {
    digest[6] = (digest[6] & 0x0f) | 0x40;
    digest[8] = (digest[8] & 0x3f) | 0x80;
    digest
}

const WORDS: [[&str; 8]; 2] = [
    [
        "amber", "brave", "calm", "dusty", "early", "fresh", "gentle", "humble",
    ],
    [
        "river", "stone", "garden", "window", "lantern", "meadow", "harbour", "orchard",
    ],
];

/// 2000-01-01 in days since 1970.
const FIRST_DAY: i64 = 10_957;
/// Twenty years.
const DAYS: u64 = 7_305;
const SECONDS_OF_A_DAY: u64 = 86_400;

fn push_fake(column: &DataColumn, digest: [u8; 16], line: &mut Line) {
    let number = number(digest);
    let below = |end: u64| i64::try_from(number % end).unwrap_or_default();
    let day = FIRST_DAY + below(DAYS);
    let second = below(SECONDS_OF_A_DAY);
    let moment = (day * SECONDS_OF_A_DAY.cast_signed() + second) * 1_000_000;
    match &column.value {
        ValueType::Boolean => line.bare(number.is_multiple_of(2)),
        ValueType::Integer if column.is_year => line.bare(2000 + below(26)),
        ValueType::Integer | ValueType::Unsigned => line.bare(below(100)),
        ValueType::Float32 | ValueType::Float64 => line.bare(format_args!("{}.5", below(100))),
        ValueType::Decimal => line.plain(|out| out.push_str(&decimal(column, below(10)))),
        ValueType::Text => {
            let text = words(digest, below(10_000));
            line.text(&text[..fitting(column, text.len())]);
        }
        ValueType::Bytes => push_hash(column, digest, line),
        ValueType::Date => line.plain(|out| calendar_text::write_date(day, out)),
        ValueType::Time => line.plain(|out| calendar_text::write_time(second * 1_000_000, out)),
        ValueType::DateTime => push_date_time(moment, false, line),
        ValueType::Timestamp => push_date_time(moment, true, line),
        ValueType::Interval => line.plain(|out| out.push_str(&format!("P{}D", 1 + below(30)))),
        ValueType::Uuid => push_hash(column, digest, line),
        ValueType::Json => line.json("{}"),
        ValueType::Any => line.quoted("redacted"),
        ValueType::Array(_) => line.list(|_| ()),
    }
}

/// One digit: after the point where the column keeps any, as it may have none before it.
fn decimal(column: &DataColumn, digit: i64) -> String {
    match column.fraction {
        Some(0) => digit.to_string(),
        Some(_) | None => format!("0.{digit}"),
    }
}

fn words(digest: [u8; 16], number: i64) -> String {
    let [one, two] = [0, 1].map(|at| WORDS[at][usize::from(digest[8 + at] % 8)]);
    format!("{one} {two} {number}")
}
