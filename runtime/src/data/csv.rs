//! Records of CSV: fields with commas between them, `"` around those that need it and doubled within (RFC 4180).

use memchr::{memchr, memchr_iter};

use super::rows::{BadRow, Field, Written};

/// The quotes in a part of a record: it is at its end where all parts together have an even number, else a later line closes one.
pub(super) fn quotes(part: &[u8]) -> usize {
    memchr_iter(b'"', part).count()
}

pub(super) const QUOTE_WITHIN: &str = "a quote stands within a field that has none at its ends";
pub(super) const NOT_CLOSED: &str = "a quote is not closed";
pub(super) const TEXT_AFTER_QUOTE: &str = "there is text after a closing quote";

/// Splits a record without its end of line, and appends the fields' text to `text`. Returns the number of fields, of which only
/// the first `most` are kept: a line of commas takes no memory.
pub(super) fn split(
    record: &str,
    most: usize,
    text: &mut String,
    fields: &mut Vec<Field>,
) -> Result<usize, BadRow> {
    let mut rest = record;
    let mut number = 0;
    loop {
        let start = text.len();
        let (written, after) = match rest.strip_prefix('"') {
            Some(quoted) => (Written::Quoted, take_quoted(quoted, text)?),
            None => take_bare(rest, text)?,
        };
        number += 1;
        if number <= most {
            fields.push(Field {
                start,
                end: text.len(),
                written,
            });
        }
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(number),
            None => return Err(BadRow::syntax(TEXT_AFTER_QUOTE)),
        }
    }
}

fn take_bare<'r>(rest: &'r str, text: &mut String) -> Result<(Written, &'r str), BadRow> {
    let end = memchr(b',', rest.as_bytes());
    let (field, after) = rest.split_at(end.unwrap_or(rest.len()));
    if field.contains('"') {
        return Err(BadRow::syntax(QUOTE_WITHIN));
    }
    text.push_str(field);
    Ok((written_bare(field.is_empty()), after))
}

/// The form of a field without quotes.
pub(super) fn written_bare(is_empty: bool) -> Written {
    if is_empty {
        Written::Null
    } else {
        Written::Bare
    }
}

/// Takes the rest of a field after its first quote.
fn take_quoted<'r>(mut rest: &'r str, text: &mut String) -> Result<&'r str, BadRow> {
    loop {
        let Some(at) = rest.find('"') else {
            return Err(BadRow::syntax(NOT_CLOSED));
        };
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => return Ok(rest),
        }
    }
}
