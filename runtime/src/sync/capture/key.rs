//! Keys as triggers write them down: for each value a letter for its form and the value, joined by commas.

use super::KeyForm;
use crate::error::{Error, ErrorKind, Result};

use crate::value::hexadecimal::parse as unhex;
use crate::value::recorded::RecordedValues;
use crate::value::{ParamWriter, uuid_text};
use bindery_core::dialect::Dialect;

/// The values of a key as a model's key is recorded.
pub(super) fn recorded(text: &str, forms: &[KeyForm]) -> Result<Vec<u8>> {
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording_for(&mut values, Dialect::Sqlite);
    let mut parts = text.split(',');
    for form in forms {
        let part = parts.next().and_then(|part| push(part, *form, &mut params));
        part.ok_or_else(unreadable)?;
    }
    if parts.next().is_some() {
        return Err(unreadable());
    }
    params.finish_recording()?;
    Ok(values.bytes().to_vec())
}

fn push(part: &str, form: KeyForm, params: &mut ParamWriter<'_>) -> Option<()> {
    let (letter, value) = part.split_at_checked(1)?;
    match (form, letter) {
        (KeyForm::Integer, "i") => params.i64(value.parse().ok()?),
        (KeyForm::Unsigned, "i") => params.u64(unsigned(value)?),
        (KeyForm::Boolean, "i") => params.bool(value != "0"),
        (KeyForm::Text, "t") => params.text(std::str::from_utf8(&unhex(value)?).ok()?),
        (KeyForm::Bytes, "b") => params.bytes(&unhex(value)?),
        (KeyForm::Uuid, "b") => params.uuid(&unhex(value)?.try_into().ok()?),
        (KeyForm::Uuid, "t") => {
            let text = unhex(value)?;
            params.uuid(&uuid_text::parse(std::str::from_utf8(&text).ok()?)?);
        }
        _ => return None,
    }
    Some(())
}

/// SQLite has numbers with a sign alone.
fn unsigned(value: &str) -> Option<u64> {
    let signed = |_| value.parse::<i64>().map(|number| number as u64);
    value.parse::<u64>().or_else(signed).ok()
}

/// Another program has written the key in a form that the schema's type does not have.
#[cold]
fn unreadable() -> Error {
    let why = "the recorded key of a change is not of the types that the schema says".to_owned();
    Error::new(ErrorKind::UnsupportedValue(why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::recorded::{split, value_kind};
    use bindery_core::dialect::ValueKind;

    #[test]
    fn keys_are_read_as_they_were_written_down() {
        let forms = [KeyForm::Integer, KeyForm::Text, KeyForm::Bytes];
        let key = recorded("i-17,t746561,b00FF", &forms).expect("a key");
        let kinds: Vec<ValueKind> = split(&key).map(value_kind).collect();
        assert_eq!(
            kinds,
            [ValueKind::Integer, ValueKind::Text, ValueKind::Bytes]
        );
        let empty = recorded("t", &[KeyForm::Text]).expect("an empty text");
        assert_eq!(split(&empty).count(), 1);
        for broken in ["", "17", "i", "i1,i2", "t7", "tzz", "r1.5"] {
            assert!(recorded(broken, &[KeyForm::Integer]).is_err(), "{broken}");
        }
        let largest = format!("i{}", u64::MAX);
        assert!(recorded(&largest, &[KeyForm::Unsigned]).is_ok());
        assert!(recorded(&largest, &[KeyForm::Integer]).is_err());
    }
}
