//! Records of CSV: fields with commas between them, `"` around those that need it and doubled within (RFC 4180).

use super::rows::{BadRow, Field, Written};

/// Is the record at its end, or is a quote open that a later line closes?
pub(super) fn is_whole(record: &[u8]) -> bool {
    record
        .iter()
        .filter(|&&byte| byte == b'"')
        .count()
        .is_multiple_of(2)
}

/// Splits a record without its end of line, and appends the fields' text to `text`.
pub(super) fn split(
    record: &str,
    text: &mut String,
    fields: &mut Vec<Field>,
) -> Result<(), BadRow> {
    let mut rest = record;
    loop {
        let start = text.len();
        let (written, after) = match rest.strip_prefix('"') {
            Some(quoted) => (Written::Quoted, take_quoted(quoted, text)?),
            None => take_bare(rest, text)?,
        };
        fields.push(Field {
            start,
            end: text.len(),
            written,
        });
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(()),
            None => return Err(BadRow::syntax("there is text after a closing quote")),
        }
    }
}

fn take_bare<'r>(rest: &'r str, text: &mut String) -> Result<(Written, &'r str), BadRow> {
    let end = rest.bytes().position(|byte| byte == b',');
    let (field, after) = rest.split_at(end.unwrap_or(rest.len()));
    if field.contains('"') {
        return Err(BadRow::syntax(
            "a quote stands within a field that has none at its ends",
        ));
    }
    text.push_str(field);
    let is_null = field.is_empty();
    Ok((
        if is_null {
            Written::Null
        } else {
            Written::Bare
        },
        after,
    ))
}

/// Takes the rest of a field after its first quote.
fn take_quoted<'r>(mut rest: &'r str, text: &mut String) -> Result<&'r str, BadRow> {
    loop {
        let Some(at) = rest.find('"') else {
            return Err(BadRow::syntax("a quote is not closed"));
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
