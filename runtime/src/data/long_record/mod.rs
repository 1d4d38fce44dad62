//! Records too long for memory: they are read part by part, and a long value goes into a file. What a record may be, and what is
//! refused with which words, is that of records that are read whole (`csv`, `json_lines`).

mod csv;
mod input;
mod json;
mod json_text;
mod json_value;
#[cfg(test)]
mod tests;
mod values;

use super::reader::place_fields;
use super::rows::{BadRow, Field};

pub(super) use self::input::RecordText;
pub(super) use self::values::Values;

/// The sizes from which on records and values are long, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A record of more is read part by part. At least 3: a byte order mark is found in what was read before.
    pub(super) record: usize,
    /// A value of more of such a record goes into a file, where its column is of text or bytes. At least 1.
    pub(super) value: usize,
    /// All files of a row have no more bytes together, unless rows may be longer.
    pub(super) files: u64,
    /// The bytes that are read at a time.
    pub(super) part: usize,
}

impl Limits {
    pub(super) const USUAL: Self = Self {
        record: super::LONG_RECORD,
        value: super::LONG_VALUE,
        // No database takes a longer value (`LONGBLOB` of MySQL), and a file without end is not copied until the disk is full.
        files: u32::MAX as u64,
        part: 64 << 10,
    };
}

/// Reads a record to its end, whatever is wrong with it. `found` gets the field of each column that has one; `header` is that of
/// CSV.
pub(super) fn read(
    record: &mut RecordText<'_>,
    header: Option<&[usize]>,
    values: &mut Values<'_>,
    found: &mut Vec<Option<Field>>,
) -> Result<(), BadRow> {
    let read = match header {
        Some(header) => read_csv(record, header, values, found),
        None => json::read(record, values, found),
    };
    match read {
        Err(bad) if bad.ends_reading() => Err(bad),
        // A record that is not text is refused for that, whatever else is wrong.
        read => record.skip().and(read),
    }
}

fn read_csv(
    record: &mut RecordText<'_>,
    header: &[usize],
    values: &mut Values<'_>,
    found: &mut Vec<Option<Field>>,
) -> Result<(), BadRow> {
    let mut fields = Vec::new();
    let number = csv::split(record, header, values, &mut fields)?;
    place_fields(header, (&fields, number), values.columns().len(), found)
}
