//! Columns of a result, and where the values of a row are.

use super::bytes::{take_bytes, take_counted, take_counted_number, take_number, take_u8, take_u16};

/// Types of columns (MySQL's manual, "Column Types") as far as their values differ in form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// So many bytes, the least significant first.
    Integer(usize),
    Float,
    Double,
    /// A date, with a time where it has one.
    Date,
    /// A span of time.
    Time,
    Null,
    /// A decimal, as text.
    Decimal,
    /// A bit field, its most significant byte first.
    Bits,
    /// Text, bytes and whatever else has a length before it.
    Text,
}

/// A column of a result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) form: Form,
    pub(crate) unsigned: bool,
}

impl Column {
    /// The name that the column has in the result.
    pub(crate) fn name(body: &[u8]) -> Option<&[u8]> {
        let mut rest = body;
        // Catalogue, schema, table, its own name.
        for _ in 0..4 {
            take_counted(&mut rest)?;
        }
        take_counted(&mut rest)
    }

    /// Reads a column's description; of a type that is not known nothing could be read after it.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        const UNSIGNED: u16 = 0x20;
        let mut rest = body;
        // Catalogue, schema, table, its own name, column, its own name.
        for _ in 0..6 {
            take_counted(&mut rest)?;
        }
        let _length_of_the_rest = take_counted_number(&mut rest)?;
        let (_charset, _width) = (take_number(&mut rest, 2)?, take_number(&mut rest, 4)?);
        let form = form(take_u8(&mut rest)?)?;
        let unsigned = take_u16(&mut rest)? & UNSIGNED != 0;
        Some(Self { form, unsigned })
    }
}

fn form(code: u8) -> Option<Form> {
    Some(match code {
        0x01 => Form::Integer(1),
        // YEAR is one of them.
        0x02 | 0x0d => Form::Integer(2),
        0x03 | 0x09 => Form::Integer(4),
        0x08 => Form::Integer(8),
        0x04 => Form::Float,
        0x05 => Form::Double,
        0x06 => Form::Null,
        0x07 | 0x0a | 0x0c => Form::Date,
        0x0b => Form::Time,
        0x00 | 0xf6 => Form::Decimal,
        0x10 => Form::Bits,
        // VARCHAR, VECTOR, JSON, ENUM, SET, BLOBs, VAR_STRING, STRING, GEOMETRY.
        0x0f | 0xf2 | 0xf5 | 0xf7..=0xff => Form::Text,
        _ => return None,
    })
}

/// Where each value of a row is in its payload; `None` for NULL.
#[derive(Default)]
pub(crate) struct Fields(pub(crate) Vec<Option<(u32, u32)>>);

impl Fields {
    /// Finds the values of a row of the binary protocol.
    pub(crate) fn read(&mut self, body: &[u8], columns: &[Column]) -> Option<()> {
        self.0.clear();
        let mut rest = body.strip_prefix(&[0])?;
        // Its first two bits are of no column.
        let nulls = take_bytes(&mut rest, (columns.len() + 9) / 8)?;
        for (index, column) in columns.iter().enumerate() {
            let bit = index + 2;
            if nulls[bit / 8] & 1 << (bit % 8) != 0 {
                self.0.push(None);
                continue;
            }
            let value = match column.form {
                Form::Integer(bytes) => take_bytes(&mut rest, bytes)?,
                Form::Float => take_bytes(&mut rest, 4)?,
                Form::Double => take_bytes(&mut rest, 8)?,
                Form::Null => &[],
                Form::Date | Form::Time => {
                    let length = take_u8(&mut rest)?;
                    take_bytes(&mut rest, length.into())?
                }
                Form::Decimal | Form::Bits | Form::Text => take_counted(&mut rest)?,
            };
            let end = body.len() - rest.len();
            // A payload has less than 4 GiB.
            let at = |place: usize| u32::try_from(place).ok();
            self.0.push(Some((at(end - value.len())?, at(end)?)));
        }
        rest.is_empty().then_some(())
    }
}
