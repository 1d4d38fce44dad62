//! PostgreSQL's binary form to values. Everything from the server is checked: a length that does not fit is not a value.

use std::borrow::Cow;

use postgres_types::{Kind, Type};

use super::bytes::{take_i32, take_text, take_u16, take_u32};
use super::encode::{EPOCH_DAYS, EPOCH_MICROS, base, is_textual};
use super::numeric;
use crate::value::RowSource;
use crate::value::types::{AnyValue, Interval};
use crate::value::utf8::utf8;
use crate::value::{RowReader, decimal, uuid_text, vector};

/// Where values are read from, column by column.
pub(crate) enum RowRef<'a> {
    /// A row of an answer to a prepared statement.
    Row(Row<'a>),
    /// The elements of an array.
    Elements(Elements<'a>),
}

pub(crate) struct Elements<'a> {
    element_type: &'a Type,
    /// They are of a `character(n)`.
    padded: bool,
    values: Vec<Option<&'a [u8]>>,
}

/// One value that is not NULL.
#[derive(Clone, Copy)]
struct Value<'a> {
    column_type: &'a Type,
    bytes: &'a [u8],
}

/// A column of a statement's rows.
pub(crate) struct Column {
    pub(crate) column_type: Type,
    /// `typmod`: the length of a `character(n)`, or -1.
    pub(crate) modifier: i32,
}

/// A row where it came in.
pub(crate) struct Row<'a> {
    columns: &'a [Column],
    body: &'a [u8],
    fields: &'a Fields,
}

/// Where each column of a row is in its message; `None` for NULL.
#[derive(Default)]
pub(crate) struct Fields(Vec<Option<(u32, u32)>>);

impl Fields {
    /// Finds the columns of a DataRow's body.
    pub(crate) fn read(&mut self, body: &[u8], columns: usize) -> Result<(), &'static str> {
        const BROKEN: &str = "a row that does not hold its columns";
        self.0.clear();
        let mut rest = body;
        let count = take_u16(&mut rest).ok_or(BROKEN)?;
        if usize::from(count) != columns {
            return Err(BROKEN);
        }
        for _ in 0..columns {
            let value = take_field(&mut rest).ok_or(BROKEN)?;
            let end = body.len() - rest.len();
            // A message has less than 4 GiB.
            let at = |place: usize| u32::try_from(place).map_err(|_| BROKEN);
            let place = |value: &[u8]| Ok((at(end - value.len())?, at(end)?));
            self.0.push(value.map(place).transpose()?);
        }
        if rest.is_empty() { Ok(()) } else { Err(BROKEN) }
    }
}

impl<'a> Row<'a> {
    fn value(&self, column: usize) -> Option<Value<'a>> {
        let (start, end) = (*self.fields.0.get(column)?)?;
        Some(Value {
            column_type: base(&self.columns.get(column)?.column_type),
            bytes: self.body.get(start as usize..end as usize)?,
        })
    }
}

/// A reader of the row in a DataRow's body.
pub(crate) fn reader<'a>(
    columns: &'a [Column],
    body: &'a [u8],
    fields: &'a Fields,
) -> RowReader<'a> {
    let row = Row {
        columns,
        body,
        fields,
    };
    RowReader::new(RowSource::Postgres(RowRef::Row(row)))
}

/// The types of a ParameterDescription.
pub(crate) fn numbers(mut body: &[u8]) -> Option<Vec<u32>> {
    let count = take_u16(&mut body)?;
    (0..count).map(|_| take_u32(&mut body)).collect()
}

/// Type, modifier and name of each column of a RowDescription.
pub(crate) fn columns(mut body: &[u8]) -> Option<Vec<(u32, i32, Box<str>)>> {
    let count = take_u16(&mut body)?;
    let column = |rest: &mut &[u8]| {
        let name = String::from_utf8_lossy(take_text(rest)?).into();
        let (_table, _place) = (take_u32(rest)?, take_u16(rest)?);
        let number = take_u32(rest)?;
        let _length = take_u16(rest)?;
        let modifier = take_i32(rest)?;
        let _form = take_u16(rest)?;
        Some((number, modifier, name))
    };
    (0..count).map(|_| column(&mut body)).collect()
}

impl RowRef<'_> {
    fn value(&self, column: usize) -> Option<Value<'_>> {
        match self {
            Self::Row(row) => row.value(column),
            Self::Elements(elements) => Some(Value {
                column_type: base(elements.element_type),
                bytes: (*elements.values.get(column)?)?,
            }),
        }
    }

    pub(crate) fn is_null(&self, column: usize) -> bool {
        self.value(column).is_none()
    }

    pub(crate) fn i64(&self, column: usize) -> Option<i64> {
        self.value(column)?.integer()?.try_into().ok()
    }

    pub(crate) fn u64(&self, column: usize) -> Option<u64> {
        self.value(column)?.integer()?.try_into().ok()
    }

    pub(crate) fn bool(&self, column: usize) -> Option<bool> {
        match self.value(column)?.of(&Type::BOOL)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    pub(crate) fn f32(&self, column: usize) -> Option<f32> {
        self.value(column)?
            .of(&Type::FLOAT4)?
            .try_into()
            .ok()
            .map(f32::from_be_bytes)
    }

    pub(crate) fn f64(&self, column: usize) -> Option<f64> {
        let value = self.value(column)?;
        match *value.column_type {
            Type::FLOAT8 => value.bytes.try_into().ok().map(f64::from_be_bytes),
            Type::FLOAT4 => self.f32(column).map(f64::from),
            _ => None,
        }
    }

    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        let text = self.value(column)?.text()?;
        Some(if self.is_padded(column) {
            text.trim_end_matches(' ')
        } else {
            text
        })
    }

    /// Whether it is of a `character(n)`. The server fills up with blanks there, and compares without those at the end.
    fn is_padded(&self, column: usize) -> bool {
        match self {
            Self::Row(row) => row.columns.get(column).is_some_and(|column| {
                column.modifier >= 0
                    && matches!(
                        *base(&column.column_type),
                        Type::BPCHAR | Type::BPCHAR_ARRAY
                    )
            }),
            Self::Elements(elements) => elements.padded,
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Option<&[u8]> {
        self.value(column)?.of(&Type::BYTEA)
    }

    /// The largest and the smallest number stand for the infinities.
    pub(crate) fn date(&self, column: usize) -> Option<i64> {
        let days = self.value(column)?.of(&Type::DATE)?;
        let days = i32::from_be_bytes(days.try_into().ok()?);
        (days != i32::MIN && days != i32::MAX).then(|| i64::from(days) + EPOCH_DAYS)
    }

    pub(crate) fn time(&self, column: usize) -> Option<i64> {
        let micros = self.value(column)?.of(&Type::TIME)?;
        micros.try_into().ok().map(i64::from_be_bytes)
    }

    pub(crate) fn datetime(&self, column: usize) -> Option<i64> {
        self.value(column)?.instant()
    }

    pub(crate) fn timestamp(&self, column: usize) -> Option<i64> {
        self.value(column)?.instant()
    }

    pub(crate) fn uuid(&self, column: usize) -> Option<[u8; 16]> {
        let value = self.value(column)?;
        match *value.column_type {
            Type::UUID | Type::BYTEA => value.bytes.try_into().ok(),
            _ => value.text().and_then(uuid_text::parse),
        }
    }

    /// Whether an infinity of a date or timestamp is the negative one.
    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&self, column: usize) -> Option<bool> {
        let value = self.value(column)?;
        let (least, greatest) = match *value.column_type {
            Type::DATE => {
                let days = i32::from_be_bytes(value.bytes.try_into().ok()?);
                (days == i32::MIN, days == i32::MAX)
            }
            Type::TIMESTAMP | Type::TIMESTAMPTZ => {
                let micros = i64::from_be_bytes(value.bytes.try_into().ok()?);
                (micros == i64::MIN, micros == i64::MAX)
            }
            _ => return None,
        };
        (least || greatest).then_some(least)
    }

    /// A date before the first year or after 9999, the end of a day, a number that is none.
    #[cfg(feature = "data")]
    pub(crate) fn own_value(&self, column: usize) -> Option<crate::value::OwnValue> {
        use crate::value::own_text::{write_far_date, write_far_moment, write_span};
        let value = self.value(column)?;
        let text = match *value.column_type {
            Type::NUMERIC => numeric::special(value.bytes)?.text().to_owned(),
            Type::DATE => write_far_date(self.date(column)?),
            Type::TIMESTAMP => write_far_moment(value.far_moment()?, false),
            Type::TIMESTAMPTZ => write_far_moment(value.far_moment()?, true),
            Type::TIME => write_span(self.time(column)?),
            // A byte, which the server writes so where it is no character.
            Type::CHAR => match value.bytes {
                [byte] if *byte >= 0x80 => format!("\\{byte:03o}"),
                _ => return None,
            },
            _ => return None,
        };
        Some(crate::value::OwnValue::Plain(text))
    }

    /// Hands the elements of an array of several dimensions over, with the length of each.
    #[cfg(feature = "data")]
    pub(crate) fn nested_array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, &[usize]),
    ) -> Option<()> {
        let value = self.value(column)?;
        let Kind::Array(element_type) = value.column_type.kind() else {
            return None;
        };
        let (lengths, mut rest) = dimensions(value.bytes)?;
        let all: usize = lengths.iter().product();
        let mut values = Vec::with_capacity(all);
        for _ in 0..all {
            values.push(take_field(&mut rest)?);
        }
        let source = RowRef::Elements(Elements {
            element_type,
            padded: self.is_padded(column),
            values,
        });
        take(&mut RowReader::new(RowSource::Postgres(source)), &lengths);
        Some(())
    }

    /// It keeps none.
    pub(crate) fn is_zero_date(&self, _column: usize) -> bool {
        false
    }

    pub(crate) fn json(&self, column: usize) -> Option<Cow<'_, str>> {
        self.text(column).map(Cow::Borrowed)
    }

    /// A column has one type here.
    pub(crate) fn any(&self, _column: usize) -> Option<AnyValue> {
        None
    }

    /// The text form of the extension pgvector.
    pub(crate) fn vector(&self, column: usize) -> Option<Vec<f32>> {
        vector::from_text(self.text(column)?)
    }

    pub(crate) fn decimal(&self, column: usize) -> Option<String> {
        let value = self.value(column)?;
        match *value.column_type {
            Type::NUMERIC => numeric::decimal_text(value.bytes),
            Type::INT2 | Type::INT4 | Type::INT8 => value.integer().map(|value| value.to_string()),
            _ => value
                .text()
                .filter(|text| decimal::is_valid(text))
                .map(str::to_owned),
        }
    }

    pub(crate) fn interval(&self, column: usize) -> Option<Interval> {
        let value = self.value(column)?;
        match *value.column_type {
            Type::INTERVAL => {
                let (micros, rest) = value.bytes.split_first_chunk()?;
                let (days, months) = rest.split_first_chunk()?;
                Some(Interval {
                    months: i32::from_be_bytes(months.try_into().ok()?),
                    days: i32::from_be_bytes(*days),
                    microseconds: i64::from_be_bytes(*micros),
                })
            }
            _ => value.text()?.parse().ok(),
        }
    }

    /// Hands the elements of an array over as if they were the columns of a row; `None` where it is no such array.
    pub(crate) fn array(
        &self,
        column: usize,
        take: &mut dyn FnMut(&mut RowReader<'_>, usize),
    ) -> Option<()> {
        let value = self.value(column)?;
        let Kind::Array(element_type) = value.column_type.kind() else {
            return None;
        };
        let values = elements(value.bytes)?;
        let length = values.len();
        let source = RowRef::Elements(Elements {
            element_type,
            padded: self.is_padded(column),
            values,
        });
        let mut reader = RowReader::new(RowSource::Postgres(source));
        take(&mut reader, length);
        Some(())
    }
}

impl<'a> Value<'a> {
    /// The bytes, if the value is of this type.
    fn of(self, expected: &Type) -> Option<&'a [u8]> {
        (self.column_type == expected).then_some(self.bytes)
    }

    fn integer(self) -> Option<i128> {
        match *self.column_type {
            Type::INT8 => self
                .bytes
                .try_into()
                .ok()
                .map(i64::from_be_bytes)
                .map(i128::from),
            Type::INT4 => self
                .bytes
                .try_into()
                .ok()
                .map(i32::from_be_bytes)
                .map(i128::from),
            Type::INT2 => self
                .bytes
                .try_into()
                .ok()
                .map(i16::from_be_bytes)
                .map(i128::from),
            Type::OID => self
                .bytes
                .try_into()
                .ok()
                .map(u32::from_be_bytes)
                .map(i128::from),
            Type::NUMERIC => decimal::to_integer(&numeric::decimal_text(self.bytes)?),
            _ => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        let bytes = match *self.column_type {
            // The text of the byte 0.
            Type::CHAR if self.bytes == [0] => &[],
            // The version of the format, 1 so far.
            Type::JSONB => self.bytes.strip_prefix(&[1])?,
            _ if is_textual(self.column_type) => self.bytes,
            _ => return None,
        };
        utf8(bytes)
    }

    /// The day since 1970 and its microseconds: together they may be past 64 bits.
    #[cfg(feature = "data")]
    fn far_moment(self) -> Option<(i64, i64)> {
        let micros = i64::from_be_bytes(self.bytes.try_into().ok()?);
        let (days, rest) = crate::value::calendar::split(micros);
        Some((days + EPOCH_DAYS, rest))
    }

    fn instant(self) -> Option<i64> {
        match *self.column_type {
            Type::TIMESTAMP | Type::TIMESTAMPTZ => {
                let micros = i64::from_be_bytes(self.bytes.try_into().ok()?);
                (micros != i64::MIN && micros != i64::MAX)
                    .then(|| micros.checked_add(EPOCH_MICROS))
                    .flatten()
            }
            _ => None,
        }
    }
}

/// The lengths of an array of several dimensions that all begin at 1, and its elements.
#[cfg(feature = "data")]
fn dimensions(bytes: &[u8]) -> Option<(Vec<usize>, &[u8])> {
    let (header, mut rest) = bytes.split_at_checked(12)?;
    let number = usize::try_from(i32::from_be_bytes(*header.first_chunk()?)).ok()?;
    let mut lengths = Vec::new();
    // The server has six at most.
    for _ in 0..number.min(6) {
        let length = usize::try_from(take_i32(&mut rest)?).ok()?;
        let begins = take_i32(&mut rest)?;
        lengths.push(Some(length).filter(|_| begins == 1)?);
    }
    // Every element has at least its own length.
    let all = lengths
        .iter()
        .try_fold(1_usize, |all, one| all.checked_mul(*one))?;
    (lengths.len() == number && number > 1 && all <= rest.len() / 4).then_some((lengths, rest))
}

/// The elements of an array of one dimension or none.
fn elements(bytes: &[u8]) -> Option<Vec<Option<&[u8]>>> {
    let (header, rest) = bytes.split_at_checked(12)?;
    let dimensions = i32::from_be_bytes(*header.first_chunk()?);
    if dimensions == 0 {
        return Some(Vec::new());
    }
    let (bounds, mut rest) = rest.split_at_checked(8)?;
    let length = usize::try_from(i32::from_be_bytes(*bounds.first_chunk()?)).ok()?;
    // Every element has at least its own length.
    if dimensions != 1 || length > rest.len() / 4 {
        return None;
    }
    let mut values = Vec::with_capacity(length);
    for _ in 0..length {
        values.push(take_field(&mut rest)?);
    }
    Some(values)
}

/// Takes one value with its length before it; -1 is NULL.
pub(crate) fn take_field<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let (length, after) = rest.split_first_chunk()?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = after;
        return Some(None);
    };
    let (value, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(Some(value))
}
