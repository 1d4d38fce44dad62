//! Values that are recorded before the statement exists that they are bound to, and replayed into it later.

use bindery_core::dialect::{ListForm, ListKind, TextSearch, ValueKind};

use super::of_column::Value;
use super::types::{Interval, PlainValue};
use super::utf8::utf8;
use super::writer::ParamTarget;
use super::{Buffer, ParamWriter, json_list, text_search};
use crate::error::{Error, ErrorKind, Result};
use bindery_core::dialect::Dialect;

/// Recorded values, one after the other. Most conditions have a few numbers and a short text.
pub(crate) type RecordedValues = Buffer<54>;

/// Records values instead of binding them.
pub(crate) struct Recorder<'a>(&'a mut RecordedValues, Dialect);

pub(super) const NULL: u8 = 0;
pub(super) const I64: u8 = 1;
pub(super) const U64: u8 = 2;
pub(super) const BOOL: u8 = 3;
pub(super) const F32: u8 = 4;
pub(super) const F64: u8 = 5;
pub(super) const TEXT: u8 = 6;
pub(super) const BYTES: u8 = 7;
pub(super) const DATE: u8 = 8;
pub(super) const TIME: u8 = 9;
pub(super) const DATETIME: u8 = 10;
pub(super) const TIMESTAMP: u8 = 11;
pub(super) const ZERO_DATE: u8 = 12;
pub(super) const VECTOR: u8 = 13;
pub(super) const UUID: u8 = 14;
pub(super) const JSON: u8 = 15;
pub(super) const DECIMAL: u8 = 16;
pub(super) const INTERVAL: u8 = 17;
pub(super) const ARRAY: u8 = 18;
/// The values of one list, for `in_list`.
const LIST: u8 = 19;
/// A text that is looked for in another; the kind of search follows.
const SEARCH: u8 = 20;

/// Values of an expression that is written twice where NULL is placed by an order of its own.
const ORDERED: u8 = 22;
/// `infinity` or `-infinity` of a date or timestamp of PostgreSQL.
#[cfg(feature = "data")]
const INFINITE_MOMENT: u8 = 23;
/// The text of a value that has no other recorded form: an array, or a value that one database alone holds.
#[cfg(feature = "data")]
pub(super) const WRITTEN: u8 = 24;

/// The kind of the value that begins here.
pub(crate) fn value_kind(values: &[u8]) -> ValueKind {
    match values.first() {
        Some(&I64) => ValueKind::Integer,
        Some(&U64) => ValueKind::Unsigned,
        Some(&BOOL) => ValueKind::Boolean,
        Some(&(F32 | F64)) => ValueKind::Float,
        Some(&TEXT) => ValueKind::Text,
        Some(&BYTES) => ValueKind::Bytes,
        Some(&DATE) => ValueKind::Date,
        Some(&TIME) => ValueKind::Time,
        Some(&DATETIME) => ValueKind::DateTime,
        Some(&TIMESTAMP) => ValueKind::Timestamp,
        Some(&UUID) => ValueKind::Uuid,
        Some(&JSON) => ValueKind::Json,
        Some(&DECIMAL) => ValueKind::Decimal,
        Some(_) | None => ValueKind::Other,
    }
}

/// Records the values of an expression in an order that says where NULL is.
pub(crate) fn record_ordered(values: &mut RecordedValues, bytes: &[u8]) {
    values.push(ORDERED);
    values.fixed((bytes.len() as u64).to_le_bytes());
    values.extend(bytes);
}

/// The kind of the first of these values.
fn kind_of_first(values: &[u8]) -> ListKind {
    match values.first() {
        Some(&(I64 | BOOL)) => ListKind::Integer,
        Some(&U64) => ListKind::Unsigned,
        Some(&(F32 | F64)) => ListKind::Float,
        Some(&(TEXT | UUID)) => ListKind::Text,
        Some(&BYTES) => ListKind::Bytes,
        Some(&DECIMAL) => ListKind::Decimal,
        Some(&DATE) => ListKind::Date,
        Some(&TIME) => ListKind::Time,
        Some(&(DATETIME | TIMESTAMP)) => ListKind::DateTime,
        Some(_) | None => ListKind::Other,
    }
}

impl<'a> ParamWriter<'a> {
    /// A writer that records into `values`.
    #[inline]
    pub(crate) fn recording(values: &'a mut RecordedValues) -> Self {
        Self::recording_for(values, Dialect::Sqlite)
    }

    /// The same for values in the forms of a dialect, where they are those of a statement that is there already.
    #[inline]
    pub(crate) fn recording_for(values: &'a mut RecordedValues, dialect: Dialect) -> Self {
        Self::new(ParamTarget::Recorder(Recorder(values, dialect)))
    }
}

impl<'a> Recorder<'a> {
    /// Records the values of a row, which are those of a database already.
    #[cfg(feature = "data")]
    pub(crate) fn of_row(values: &'a mut RecordedValues) -> Self {
        Self(values, Dialect::Sqlite)
    }

    #[inline]
    fn fixed<const L: usize>(&mut self, tag: u8, bytes: [u8; L]) -> Result<()> {
        self.0.push(tag);
        self.0.fixed(bytes);
        Ok(())
    }

    #[inline]
    fn sized(&mut self, tag: u8, bytes: &[u8]) -> Result<()> {
        push_sized(self.0, tag, bytes)
    }

    /// Inlined, so that a method of the writer records its one type.
    #[inline(always)]
    pub(crate) fn put(&mut self, value: Value<'_>) -> Result<()> {
        match value {
            Value::Null => self.fixed(NULL, []),
            Value::Integer(value) => self.fixed(I64, value.to_le_bytes()),
            Value::Unsigned(value) => self.fixed(U64, value.to_le_bytes()),
            Value::Boolean(value) => self.fixed(BOOL, [value.into()]),
            Value::Single(value) => self.fixed(F32, value.to_le_bytes()),
            Value::Double(value) => self.fixed(F64, value.to_le_bytes()),
            Value::Text(value) => self.sized(TEXT, value.as_bytes()),
            Value::Bytes(value) => self.sized(BYTES, value),
            Value::Date(days) => self.fixed(DATE, days.to_le_bytes()),
            Value::Time(micros) => self.fixed(TIME, micros.to_le_bytes()),
            Value::DateTime(micros) => self.fixed(DATETIME, micros.to_le_bytes()),
            Value::Timestamp(micros) => self.fixed(TIMESTAMP, micros.to_le_bytes()),
            Value::ZeroDate => self.fixed(ZERO_DATE, []),
            #[cfg(feature = "data")]
            Value::InfiniteMoment(is_negative) => self.fixed(INFINITE_MOMENT, [is_negative.into()]),
            Value::Vector(values) => {
                let bytes: Vec<u8> = values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect();
                self.sized(VECTOR, &bytes)
            }
            Value::Uuid(value) => self.fixed(UUID, *value),
            Value::Json(value) => self.sized(JSON, value.as_bytes()),
            Value::Decimal(value) => self.sized(DECIMAL, value.as_bytes()),
            Value::Interval(value) => {
                self.fixed(INTERVAL, value.months.to_le_bytes())?;
                self.0.fixed(value.days.to_le_bytes());
                self.0.fixed(value.microseconds.to_le_bytes());
                Ok(())
            }
            #[cfg(feature = "data")]
            Value::Written(text) => self.sized(WRITTEN, text.as_bytes()),
            Value::Array(length, elements) => {
                self.fixed(ARRAY, (length as u64).to_le_bytes())?;
                self.0.fixed((elements.len() as u64).to_le_bytes());
                self.0.extend(elements);
                Ok(())
            }
        }
    }

    pub(crate) fn array(
        &mut self,
        length: usize,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        let mut elements = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut elements);
        write(&mut params);
        params.finish_recording()?;
        self.put(Value::Array(length, elements.bytes()))
    }
}

/// Records a value.
#[cfg(feature = "session")]
pub(super) fn record(values: &mut RecordedValues, value: Value<'_>) -> Result<()> {
    Recorder(values, Dialect::Sqlite).put(value)
}

/// A value by itself.
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) fn recorded(value: Value<'_>) -> Result<Vec<u8>> {
    let mut values = RecordedValues::new();
    Recorder(&mut values, Dialect::Sqlite).put(value)?;
    Ok(values.bytes().to_vec())
}

#[inline]
fn push_sized(values: &mut RecordedValues, tag: u8, bytes: &[u8]) -> Result<()> {
    let Ok(length) = u32::try_from(bytes.len()) else {
        return Err(too_long());
    };
    let [a, b, c, d] = length.to_le_bytes();
    values.fixed([tag, a, b, c, d]);
    values.extend(bytes);
    Ok(())
}

/// Records a value that needs no writer.
#[inline]
pub(crate) fn record_plain(values: &mut RecordedValues, value: PlainValue<'_>) -> Result<()> {
    match value {
        PlainValue::Integer(value) => {
            values.fixed(integer(value));
            Ok(())
        }
        PlainValue::Text(text) => push_sized(values, TEXT, text.as_bytes()),
    }
}

#[cold]
fn too_long() -> Error {
    let why = "a value of more than 4 GiB cannot be part of a condition".to_owned();
    Error::new(ErrorKind::UnsupportedValue(why))
}

/// Records a text that is looked for in another.
pub(crate) fn record_search(
    values: &mut RecordedValues,
    search: TextSearch,
    text: &str,
) -> Result<()> {
    values.push(SEARCH);
    push_sized(values, search as u8, text.as_bytes())
}

/// Records these values as one list, and gives the kind of its values.
pub(crate) fn record_list(
    values: &mut RecordedValues,
    count: u64,
    items: &RecordedValues,
) -> ListKind {
    let bytes = items.bytes();
    values.push(LIST);
    values.fixed(count.to_le_bytes());
    values.fixed((bytes.len() as u64).to_le_bytes());
    values.extend(bytes);
    kind_of_first(bytes)
}

/// Whether the only value recorded here is NULL.
pub(crate) fn is_null(values: &[u8]) -> bool {
    values == [NULL]
}

/// An integer as it is recorded.
#[inline]
pub(crate) fn integer(value: i64) -> [u8; 9] {
    let mut recorded = [I64; 9];
    recorded[1..].copy_from_slice(&value.to_le_bytes());
    recorded
}

/// Whether the only value recorded here is an integer.
pub(crate) fn is_integer(values: &[u8]) -> bool {
    matches!(values, [I64, number @ ..] if number.len() == 8)
}

/// The first value recorded here where that is an integer, else 0.
pub(crate) fn first_number(values: &[u8]) -> i64 {
    match values {
        [I64, number @ ..] => Tape(number).i64(),
        _ => 0,
    }
}

/// A recorded value in the form in which equal numbers of columns of different widths are equal bytes.
pub(crate) fn same_number(value: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    match value {
        [U64, rest @ .., 0..=0x7f] => [&[I64], rest, &value[8..]].concat().into(),
        _ => value.into(),
    }
}

/// Whether a database takes only these values for equal to them. Texts it compares by their collation.
pub(crate) fn are_exact(values: &[u8]) -> bool {
    let mut tape = Tape(values);
    while let Some(&tag) = tape.0.first() {
        if tag == TEXT {
            return false;
        }
        skip(&mut tape);
    }
    true
}

/// Reads recorded values.
pub(super) struct Tape<'a>(pub(super) &'a [u8]);

impl<'a> Tape<'a> {
    #[inline]
    pub(super) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    #[inline]
    pub(super) fn fixed<const L: usize>(&mut self) -> [u8; L] {
        self.take(L)
            .try_into()
            .expect("`take` returns the length it is given")
    }

    #[inline]
    pub(super) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.fixed())
    }

    pub(super) fn length(&mut self) -> usize {
        usize::try_from(u64::from_le_bytes(self.fixed())).expect("a length in memory was recorded")
    }

    #[inline]
    pub(super) fn sized(&mut self) -> &'a [u8] {
        let length = u32::from_le_bytes(self.fixed()) as usize;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> &'a str {
        utf8(self.sized()).expect("a text was recorded")
    }

    /// The value of this tag, which is next. What stands for no value of a column is NULL.
    #[inline]
    fn value(&mut self, tag: u8) -> Value<'a> {
        match tag {
            I64 => Value::Integer(self.i64()),
            U64 => Value::Unsigned(u64::from_le_bytes(self.fixed())),
            BOOL => Value::Boolean(self.fixed() == [1]),
            F32 => Value::Single(f32::from_le_bytes(self.fixed())),
            F64 => Value::Double(f64::from_le_bytes(self.fixed())),
            TEXT => Value::Text(self.text()),
            BYTES => Value::Bytes(self.sized()),
            DATE => Value::Date(self.i64()),
            TIME => Value::Time(self.i64()),
            DATETIME => Value::DateTime(self.i64()),
            TIMESTAMP => Value::Timestamp(self.i64()),
            ZERO_DATE => Value::ZeroDate,
            #[cfg(feature = "data")]
            INFINITE_MOMENT => Value::InfiniteMoment(self.fixed() == [1]),
            VECTOR => Value::Vector(floats(self.sized()).into()),
            UUID => Value::Uuid(self.take(16).try_into().expect("16 bytes were taken")),
            JSON => Value::Json(self.text()),
            DECIMAL => Value::Decimal(self.text()),
            INTERVAL => Value::Interval(Interval {
                months: i32::from_le_bytes(self.fixed()),
                days: i32::from_le_bytes(self.fixed()),
                microseconds: i64::from_le_bytes(self.fixed()),
            }),
            #[cfg(feature = "data")]
            WRITTEN => Value::Written(self.text()),
            ARRAY => {
                let (length, size) = (self.length(), self.length());
                Value::Array(length, self.take(size))
            }
            _ => Value::Null,
        }
    }
}

/// The recorded values of columns, one after the other.
pub(crate) fn recorded_values(values: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let mut tape = Tape(values);
    std::iter::from_fn(move || {
        let (&tag, rest) = tape.0.split_first()?;
        tape = Tape(rest);
        Some(tape.value(tag))
    })
}

/// Writes recorded values to the parameters of a statement.
pub(crate) fn replay(values: &[u8], params: &mut ParamWriter<'_>) {
    let mut tape = Tape(values);
    while !tape.0.is_empty() {
        replay_one(&mut tape, params);
    }
}

fn replay_one(tape: &mut Tape<'_>, params: &mut ParamWriter<'_>) {
    let [tag] = tape.fixed();
    match tag {
        ORDERED => {
            let size = tape.length();
            let values = tape.take(size);
            if !params.dialect().query_syntax().nulls_words {
                replay(values, params);
            }
            replay(values, params);
        }
        LIST => {
            let (count, size) = (tape.length(), tape.length());
            replay_list(tape.take(size), count, params);
        }
        SEARCH => {
            let [search] = tape.fixed();
            text_search::replay(TextSearch::of_number(search), tape.text(), params);
        }
        _ => tape.value(tag).write(params),
    }
}

pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    let fours = bytes.chunks_exact(4);
    fours
        .map(|four| f32::from_le_bytes(four.try_into().expect("chunks of four")))
        .collect()
}

/// The values of a list, in the form that the statement of [`Dialect::list_form`] expects.
fn replay_list(values: &[u8], count: usize, params: &mut ParamWriter<'_>) {
    match params.dialect().list_form(count) {
        ListForm::Array => {
            params.array(count, &mut |params| replay(values, params));
        }
        ListForm::Json => match json_list::of(values) {
            Ok(json) => params.text(&json),
            Err(error) => params.refuse_with(error),
        },
        ListForm::Placeholders(places) => {
            replay(values, params);
            // The last value fills the list up.
            let mut tape = Tape(values);
            let mut last = values;
            while !tape.0.is_empty() {
                last = tape.0;
                skip(&mut tape);
            }
            (count..places).for_each(|_| replay(last, params));
        }
    }
}

/// Passes over one value.
pub(super) fn skip(tape: &mut Tape<'_>) {
    let [tag] = tape.fixed();
    let length = match tag {
        BOOL => 1,
        #[cfg(feature = "data")]
        INFINITE_MOMENT => 1,
        F32 => 4,
        I64 | U64 | F64 | DATE | TIME | DATETIME | TIMESTAMP => 8,
        UUID | INTERVAL => 16,
        TEXT | BYTES | VECTOR | JSON | DECIMAL => u32::from_le_bytes(tape.fixed()) as usize,
        #[cfg(feature = "data")]
        WRITTEN => u32::from_le_bytes(tape.fixed()) as usize,
        SEARCH => {
            tape.take(1);
            u32::from_le_bytes(tape.fixed()) as usize
        }
        ARRAY | LIST => {
            tape.length();
            tape.length()
        }
        ORDERED => tape.length(),
        _ => 0,
    };
    tape.take(length);
}

/// Each of these values by itself.
#[cfg(any(feature = "data", feature = "sync", feature = "postgres"))]
pub(crate) fn split(values: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut tape = Tape(values);
    std::iter::from_fn(move || {
        let rest = tape.0;
        (!rest.is_empty()).then(|| {
            skip(&mut tape);
            &rest[..rest.len() - tape.0.len()]
        })
    })
}

/// The values of the places of a statement, each by itself.
#[cfg(feature = "postgres")]
pub(crate) fn of_places(values: &[u8]) -> Vec<&[u8]> {
    let mut each = Vec::new();
    for value in split(values) {
        match value {
            [ORDERED, rest @ ..] => each.extend(of_places(&rest[size_of::<u64>()..])),
            value => each.push(value),
        }
    }
    each
}

/// The values of a list; a value that is no list is the only one.
#[cfg(feature = "postgres")]
pub(crate) fn of_list(value: &[u8]) -> Vec<&[u8]> {
    match value {
        [LIST, rest @ ..] => split(&rest[2 * size_of::<u64>()..]).collect(),
        value => vec![value],
    }
}

/// Whether both are as many values of the same kinds.
#[cfg(feature = "sync")]
pub(crate) fn is_of_kinds(one: &[u8], other: &[u8]) -> bool {
    split(one).map(value_kind).eq(split(other).map(value_kind))
}

/// The text of a value that has no other recorded form.
#[cfg(feature = "data")]
pub(crate) fn written(value: &[u8]) -> Option<&str> {
    let (tag, rest) = value.split_first()?;
    (*tag == WRITTEN).then(|| Tape(rest).text())
}

/// A time with this number of digits of its second, toward the past; any other value as it is.
#[cfg(feature = "data")]
pub(crate) fn with_digits(value: &[u8], digits: u32) -> std::borrow::Cow<'_, [u8]> {
    match value {
        [TIME | DATETIME | TIMESTAMP, rest @ ..] => {
            let micros = Tape(rest).i64();
            let cut = micros - micros.rem_euclid(10_i64.pow(6 - digits.min(6)));
            [&value[..1], &cut.to_le_bytes()].concat().into()
        }
        _ => value.into(),
    }
}

impl ParamWriter<'_> {
    /// The dialect of the statement that is written to.
    pub(crate) fn dialect(&self) -> Dialect {
        match &self.target {
            #[cfg(feature = "sqlite")]
            ParamTarget::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            ParamTarget::Postgres(_) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            ParamTarget::Mysql(_) => Dialect::Mysql,
            ParamTarget::Recorder(recorder) => recorder.1,
            ParamTarget::Picked(picked) => picked.dialect,
            ParamTarget::Json(_) | ParamTarget::None(_) => Dialect::Sqlite,
        }
    }
}
