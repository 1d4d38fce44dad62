//! A long record of CSV.

use memchr::{memchr, memchr2};

use super::input::RecordText;
use super::values::Values;
use crate::data::csv::{NOT_CLOSED, QUOTE_WITHIN, TEXT_AFTER_QUOTE, written_bare};
use crate::data::rows::{BadRow, Field, Written};

/// Splits a record; the values of `header`'s columns are kept, and `fields` gets a field for each. Returns the number of all fields.
pub(super) fn split(
    record: &mut RecordText<'_>,
    header: &[usize],
    values: &mut Values<'_>,
    fields: &mut Vec<Field>,
) -> Result<usize, BadRow> {
    let mut number = 0;
    loop {
        match header.get(number) {
            Some(&column) => values.begin(column),
            None => values.begin_skipped(),
        }
        let written = if record.take(b'"')? {
            take_quoted(record, values)?
        } else {
            take_bare(record, values)?
        };
        let field = values.end(written)?;
        if number < header.len() {
            fields.push(field);
        }
        number += 1;
        if record.is_at_end()? {
            return Ok(number);
        }
        if !record.take(b',')? {
            return Err(BadRow::syntax(TEXT_AFTER_QUOTE));
        }
    }
}

fn take_bare(record: &mut RecordText<'_>, values: &mut Values<'_>) -> Result<Written, BadRow> {
    let mut is_empty = true;
    record.take_to(
        |text| memchr2(b',', b'"', text),
        |part| {
            is_empty &= part.is_empty();
            values.push(part)
        },
    )?;
    match record.peek()? {
        Some(b'"') => Err(BadRow::syntax(QUOTE_WITHIN)),
        _ => Ok(written_bare(is_empty)),
    }
}

/// Takes the rest of a field after its first quote.
fn take_quoted(record: &mut RecordText<'_>, values: &mut Values<'_>) -> Result<Written, BadRow> {
    loop {
        record.take_to(|text| memchr(b'"', text), |part| values.push(part))?;
        if !record.take(b'"')? {
            return Err(BadRow::syntax(NOT_CLOSED));
        }
        if !record.take(b'"')? {
            return Ok(Written::Quoted);
        }
        values.push("\"")?;
    }
}
