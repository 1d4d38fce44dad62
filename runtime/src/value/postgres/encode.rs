//! Values to PostgreSQL's binary form, each checked against the type the server expects at its place.

use postgres_types::{Kind, Type};

use super::numeric;
use crate::error::wrong_type;
use crate::error::{Constraint, Error, ErrorKind, Result};
use crate::value::ParamTarget;
use crate::value::ParamWriter;
use crate::value::types::Interval;

/// 2000-01-01, where PostgreSQL counts from.
pub(crate) const EPOCH_DAYS: i64 = 10_957;
pub(crate) const EPOCH_MICROS: i64 = EPOCH_DAYS * 86_400_000_000;

/// The most bytes that a server accepts in one message (`PQ_LARGE_MESSAGE_LIMIT` in its source), less the message's own
/// head. A longer one it answers by ending the session.
const LARGEST_MESSAGE: usize = (1 << 30) - (1 << 16);

/// Writes values one after the other, each with its length before it, as parameters and COPY want them.
pub(crate) struct Encoder<'a> {
    types: Types<'a>,
    next: usize,
    out: &'a mut Vec<u8>,
}

#[derive(Clone, Copy)]
enum Types<'a> {
    /// One for each value.
    Each(&'a [Type]),
    /// The same for all: elements of an array.
    All(&'a Type),
}

/// Returns the type under a domain.
pub(crate) fn base(mut column_type: &Type) -> &Type {
    while let Kind::Domain(inner) = column_type.kind() {
        column_type = inner;
    }
    column_type
}

/// Types whose binary form is their text.
pub(crate) fn is_textual(column_type: &Type) -> bool {
    matches!(
        *column_type,
        Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::NAME
            | Type::CHAR
            | Type::XML
            | Type::JSON
            | Type::UNKNOWN
    ) || matches!(column_type.kind(), Kind::Enum(_))
        || column_type.name() == "citext"
}

/// Types that are written here in binary form.
const BINARY: [Type; 16] = [
    Type::BOOL,
    Type::INT2,
    Type::INT4,
    Type::INT8,
    Type::OID,
    Type::FLOAT4,
    Type::FLOAT8,
    Type::NUMERIC,
    Type::BYTEA,
    Type::DATE,
    Type::TIME,
    Type::TIMESTAMP,
    Type::TIMESTAMPTZ,
    Type::UUID,
    Type::JSONB,
    Type::INTERVAL,
];

/// A type of the user, of an extension, or one that no type of Rust stands for: its text form goes to the server, which
/// reads it as it reads a literal.
pub(crate) fn is_foreign(column_type: &Type) -> bool {
    let column_type = base(column_type);
    match column_type.kind() {
        Kind::Array(element) => is_foreign(element),
        _ => !is_textual(column_type) && !BINARY.contains(column_type),
    }
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(types: &'a [Type], out: &'a mut Vec<u8>) -> Self {
        Self {
            types: Types::Each(types),
            next: 0,
            out,
        }
    }

    /// Writes one value, `encode` its bytes; the length is filled in afterwards.
    fn put(&mut self, encode: impl FnOnce(&Type, &mut Vec<u8>) -> Result<()>) -> Result<()> {
        let index = self.next;
        self.next += 1;
        let column_type = match self.types {
            Types::Each(types) => types.get(index),
            Types::All(column_type) => Some(column_type),
        };
        // A value too many is found when all are written: only then their number is known.
        let Some(column_type) = column_type else {
            return Ok(());
        };
        let start = self.out.len();
        self.out.extend_from_slice(&[0; 4]);
        encode(base(column_type), self.out)?;
        let length = i32::try_from(self.out.len() - start - 4).map_err(|_| too_large())?;
        self.out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    pub(crate) fn null(&mut self) -> Result<()> {
        self.next += 1;
        self.out.extend_from_slice(&(-1i32).to_be_bytes());
        Ok(())
    }

    pub(crate) fn i64(&mut self, value: i64) -> Result<()> {
        self.put(|column_type, out| integer(column_type, value.into(), out))
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<()> {
        self.put(|column_type, out| integer(column_type, value.into(), out))
    }

    pub(crate) fn bool(&mut self, value: bool) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::BOOL => push_bytes(out, [u8::from(value)]),
            _ => Err(wrong_type("a boolean", column_type.name())),
        })
    }

    pub(crate) fn f32(&mut self, value: f32) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::FLOAT4 => push_bytes(out, value.to_be_bytes()),
            Type::FLOAT8 => push_bytes(out, f64::from(value).to_be_bytes()),
            _ => Err(wrong_type("a float", column_type.name())),
        })
    }

    pub(crate) fn f64(&mut self, value: f64) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::FLOAT8 => push_bytes(out, value.to_be_bytes()),
            Type::FLOAT4 => push_bytes(out, narrowed_float(value)?.to_be_bytes()),
            _ => Err(wrong_type("a float", column_type.name())),
        })
    }

    pub(crate) fn text(&mut self, value: &str) -> Result<()> {
        self.put(|column_type, out| encode_text(column_type, value, out))
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::BYTEA => extend(out, value),
            _ => Err(wrong_type("bytes", column_type.name())),
        })
    }

    pub(crate) fn date(&mut self, days: i64) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::DATE => {
                let days = days
                    .checked_sub(EPOCH_DAYS)
                    .and_then(|days| i32::try_from(days).ok())
                    .filter(|&days| days != i32::MIN && days != i32::MAX)
                    .ok_or_else(|| unsupported("a date outside the range"))?;
                push_bytes(out, days.to_be_bytes())
            }
            _ => Err(wrong_type("a date", column_type.name())),
        })
    }

    pub(crate) fn time(&mut self, micros: i64) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::TIME => push_bytes(out, micros.to_be_bytes()),
            _ => Err(wrong_type("a time of day", column_type.name())),
        })
    }

    pub(crate) fn datetime(&mut self, micros: i64) -> Result<()> {
        self.put(|column_type, out| instant(column_type, "a date and time", micros, out))
    }

    pub(crate) fn timestamp(&mut self, micros: i64) -> Result<()> {
        self.put(|column_type, out| instant(column_type, "a point in time", micros, out))
    }

    pub(crate) fn zero_date(&mut self) -> Result<()> {
        Err(unsupported("the date 0000-00-00"))
    }

    #[cfg(feature = "data")]
    pub(crate) fn infinite_moment(&mut self, is_negative: bool) -> Result<()> {
        let days = if is_negative { i32::MIN } else { i32::MAX };
        let micros = if is_negative { i64::MIN } else { i64::MAX };
        self.put(|column_type, out| match *column_type {
            Type::DATE => push_bytes(out, days.to_be_bytes()),
            Type::TIMESTAMP | Type::TIMESTAMPTZ => push_bytes(out, micros.to_be_bytes()),
            _ => Err(wrong_type("an infinite date", column_type.name())),
        })
    }

    /// The text form of the extension pgvector.
    pub(crate) fn vector(&mut self, values: &[f32]) -> Result<()> {
        self.text(&crate::value::vector::to_text(values))
    }

    pub(crate) fn uuid(&mut self, value: &[u8; 16]) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::UUID | Type::BYTEA => extend(out, value),
            _ if is_textual(column_type) => {
                extend(out, crate::value::uuid_text::write(value).as_bytes())
            }
            _ => Err(wrong_type("a UUID", column_type.name())),
        })
    }

    pub(crate) fn json(&mut self, value: &str) -> Result<()> {
        self.text(value)
    }

    pub(crate) fn decimal(&mut self, value: &str) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::NUMERIC => numeric::encode_decimal(value, out)
                .ok_or_else(|| unsupported("a decimal with more digits than `numeric` has")),
            _ if is_textual(column_type) => extend(out, value.as_bytes()),
            _ => Err(wrong_type("a decimal", column_type.name())),
        })
    }

    pub(crate) fn interval(&mut self, value: Interval) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::INTERVAL => {
                extend(out, &value.microseconds.to_be_bytes())?;
                extend(out, &value.days.to_be_bytes())?;
                extend(out, &value.months.to_be_bytes())
            }
            _ if is_textual(column_type) => extend(out, value.to_string().as_bytes()),
            _ => Err(wrong_type("an interval", column_type.name())),
        })
    }

    /// A day since 1970 and its microseconds.
    #[cfg(feature = "data")]
    pub(crate) fn far_moment(&mut self, (days, rest): (i64, i64)) -> Result<()> {
        let micros = days.checked_sub(EPOCH_DAYS);
        let micros = micros.and_then(|days| days.checked_mul(86_400_000_000)?.checked_add(rest));
        let micros = micros.filter(|&micros| micros != i64::MIN && micros != i64::MAX);
        let micros = micros.ok_or_else(|| unsupported("a date outside the range"))?;
        self.put(|column_type, out| match *column_type {
            Type::TIMESTAMP | Type::TIMESTAMPTZ => push_bytes(out, micros.to_be_bytes()),
            _ => Err(wrong_type("a date and time", column_type.name())),
        })
    }

    #[cfg(feature = "data")]
    pub(crate) fn no_number(&mut self, value: crate::value::own_text::NoNumber) -> Result<()> {
        self.put(|column_type, out| match *column_type {
            Type::NUMERIC => {
                numeric::write_special(value, out);
                Ok(())
            }
            _ => Err(wrong_type("a decimal", column_type.name())),
        })
    }

    pub(crate) fn array(
        &mut self,
        length: usize,
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        let lengths = [length];
        self.nested_array(if length > 0 { &lengths } else { &[] }, write)
    }

    /// `array_recv`: dimensions, a flag it ignores, the element's type, length and first index of each dimension, then the elements.
    pub(crate) fn nested_array(
        &mut self,
        lengths: &[usize],
        write: &mut dyn FnMut(&mut ParamWriter<'_>),
    ) -> Result<()> {
        let too_long = |_| unsupported("an array of that length");
        self.put(|column_type, out| {
            let Kind::Array(element) = column_type.kind() else {
                return Err(wrong_type("an array", column_type.name()));
            };
            if is_foreign(element) {
                return Err(wrong_type("an array", column_type.name()));
            }
            let dimensions = i32::try_from(lengths.len()).map_err(too_long)?;
            extend(out, &dimensions.to_be_bytes())?;
            extend(out, &0i32.to_be_bytes())?;
            extend(out, &element.oid().to_be_bytes())?;
            for length in lengths {
                let length = i32::try_from(*length).map_err(too_long)?;
                extend(out, &length.to_be_bytes())?;
                extend(out, &1i32.to_be_bytes())?;
            }
            let types = Types::All(element);
            let next = 0;
            let all = if lengths.is_empty() {
                0
            } else {
                lengths.iter().product()
            };
            elements(Encoder { types, next, out }, all, write)
        })
    }
}

fn elements(
    encoder: Encoder<'_>,
    length: usize,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<()> {
    let mut params = ParamWriter::new(ParamTarget::Postgres(encoder));
    write(&mut params);
    params.finish_all(length)
}

fn integer(column_type: &Type, value: i128, out: &mut Vec<u8>) -> Result<()> {
    match *column_type {
        Type::INT8 => push_bytes(out, narrowed::<i64>(value)?.to_be_bytes()),
        Type::INT4 => push_bytes(out, narrowed::<i32>(value)?.to_be_bytes()),
        Type::INT2 => push_bytes(out, narrowed::<i16>(value)?.to_be_bytes()),
        Type::OID => push_bytes(out, narrowed::<u32>(value)?.to_be_bytes()),
        Type::NUMERIC => numeric::encode_decimal(&value.to_string(), out).ok_or_else(out_of_range),
        _ => Err(wrong_type("an integer", column_type.name())),
    }
}

/// The same number in 32 bits.
fn narrowed_float(value: f64) -> Result<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "compared afterwards")]
    let near = value as f32;
    if value.is_nan() || f64::from(near) == value {
        Ok(near)
    } else {
        Err(out_of_range())
    }
}

fn narrowed<T: TryFrom<i128>>(value: i128) -> Result<T> {
    T::try_from(value).map_err(|_| out_of_range())
}

fn encode_text(column_type: &Type, value: &str, out: &mut Vec<u8>) -> Result<()> {
    if *column_type == Type::CHAR {
        return letter(value, out);
    }
    if *column_type == Type::JSONB {
        out.push(1);
    } else if !is_textual(column_type) && !is_foreign(column_type) {
        return Err(wrong_type("text", column_type.name()));
    }
    extend(out, value.as_bytes())?;
    if value.contains('\0') {
        return Err(unsupported("text with the character NUL"));
    }
    Ok(())
}

/// A `"char"` is one byte: an empty text is the byte 0, and `\\310` one that is no character (`charin` in PostgreSQL's source).
fn letter(value: &str, out: &mut Vec<u8>) -> Result<()> {
    let octal = value.strip_prefix('\\').filter(|digits| digits.len() == 3);
    let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
    match (octal, value.as_bytes()) {
        (Some(byte), _) => push_bytes(out, [byte]),
        (None, []) => push_bytes(out, [0]),
        (None, [byte]) if *byte > 0 => push_bytes(out, [*byte]),
        (None, _) => Err(out_of_range()),
    }
}

/// The session's zone is UTC, so both kinds count alike.
fn instant(column_type: &Type, what: &str, micros: i64, out: &mut Vec<u8>) -> Result<()> {
    match *column_type {
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            let micros = micros
                .checked_sub(EPOCH_MICROS)
                .filter(|&micros| micros != i64::MIN && micros != i64::MAX)
                .ok_or_else(|| unsupported("a date outside the range"))?;
            push_bytes(out, micros.to_be_bytes())
        }
        _ => Err(wrong_type(what, column_type.name())),
    }
}

fn push_bytes<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) -> Result<()> {
    extend(out, &bytes)
}

/// Before anything is copied: what is too large is not sent, and need not be in memory twice.
fn extend(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    if bytes.len() > LARGEST_MESSAGE.saturating_sub(out.len()) {
        return Err(too_large());
    }
    out.extend_from_slice(bytes);
    Ok(())
}

#[cold]
fn too_large() -> Error {
    unsupported("more than 1 GiB in one row or statement")
}

#[cold]
fn out_of_range() -> Error {
    Error::new(ErrorKind::ValueOutOfRange(Constraint::default()))
}

#[cold]
fn unsupported(what: &str) -> Error {
    Error::new(ErrorKind::UnsupportedValue(format!(
        "PostgreSQL cannot hold {what}"
    )))
}
