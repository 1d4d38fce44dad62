//! JSON texts of any length.

use memchr::memchr2;

use super::input::RecordText;
use super::values::Values;
use crate::data::json_lines::malformed;
use crate::data::rows::BadRow;

/// The form in which a text is wanted.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Without escapes.
    Content,
    /// As it is written. That surrogates come in pairs is not checked, as `serde_json` does not for a value that it does not read.
    Json,
}

/// Takes a text after its first quote, with its last one, and gives all between them to the value.
pub(super) fn take_text(
    record: &mut RecordText<'_>,
    values: &mut Values<'_>,
    form: Form,
) -> Result<(), BadRow> {
    loop {
        record.take_to(special, |part| values.push(part))?;
        match record.take_ascii()? {
            Some(b'"') => return Ok(()),
            Some(b'\\') => {}
            _ => return Err(malformed()),
        }
        match form {
            Form::Content => values.push_char(take_escaped(record)?)?,
            Form::Json => take_escape(record, values)?,
        }
    }
}

/// The place of the first quote, backslash or control character.
fn special(text: &[u8]) -> Option<usize> {
    let end = memchr2(b'"', b'\\', text);
    let before = &text[..end.unwrap_or(text.len())];
    before.iter().position(|&byte| byte < b' ').or(end)
}

/// Takes an escape after its backslash, and gives it as it is written.
fn take_escape(record: &mut RecordText<'_>, values: &mut Values<'_>) -> Result<(), BadRow> {
    values.push_char('\\')?;
    let escape = take_ascii(record)?;
    values.push_char(char::from(escape))?;
    match escape {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
        b'u' => {
            for _ in 0..4 {
                let digit = take_ascii(record)?;
                hexadecimal(digit)?;
                values.push_char(char::from(digit))?;
            }
            Ok(())
        }
        _ => Err(malformed()),
    }
}

/// Takes the character that an escape stands for, after its backslash.
fn take_escaped(record: &mut RecordText<'_>) -> Result<char, BadRow> {
    Ok(match take_ascii(record)? {
        escape @ (b'"' | b'\\' | b'/') => char::from(escape),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => take_numbered(record)?,
        _ => return Err(malformed()),
    })
}

/// Takes four digits, and where they are the first half of a pair of surrogates its second half.
fn take_numbered(record: &mut RecordText<'_>) -> Result<char, BadRow> {
    let first = take_unit(record)?;
    let mut units = vec![first];
    if matches!(first, 0xd800..=0xdbff) {
        if !(record.take(b'\\')? && record.take(b'u')?) {
            return Err(malformed());
        }
        units.push(take_unit(record)?);
    }
    let character = char::decode_utf16(units).next();
    character.and_then(Result::ok).ok_or_else(malformed)
}

fn take_unit(record: &mut RecordText<'_>) -> Result<u16, BadRow> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | hexadecimal(take_ascii(record)?)?;
    }
    Ok(unit)
}

fn hexadecimal(digit: u8) -> Result<u16, BadRow> {
    let value = char::from(digit).to_digit(16);
    value.map(|value| value as u16).ok_or_else(malformed)
}

fn take_ascii(record: &mut RecordText<'_>) -> Result<u8, BadRow> {
    record.take_ascii()?.ok_or_else(malformed)
}
