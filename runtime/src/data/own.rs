//! Values that their own database holds and others may not: each has the text form of its database in a dump, and is loaded again by the
//! same product. Others refuse what they cannot hold.

use super::line::Line;
use super::rows::Written;
use super::table::ValueType;
use crate::value::types::AnyValue;
use crate::value::{OwnValue, ParamWriter, hexadecimal, own_text};
use bindery_core::dialect::Dialect;

/// The letters before a value in quotes that SQLite holds in a column of another type, in CSV, and its name in JSON lines.
const FORMS: [(&str, &str); 4] = [
    ("i'", "$integer"),
    ("r'", "$real"),
    ("t'", "$text"),
    ("x'", "$bytes"),
];

/// Stands before such a value in JSON lines; a document that begins so is wrapped.
pub(super) const BEGINS: &str = "{\"$";

/// Writes a value that is none of its column's type.
pub(super) fn push(own: OwnValue, value: &ValueType, line: &mut Line) {
    match own {
        OwnValue::Plain(text) if *value == ValueType::Text => line.text(&text),
        OwnValue::Plain(text) => line.plain(|out| out.push_str(&text)),
        OwnValue::Number(number) => line.bare(number),
        OwnValue::Stored(AnyValue::Integer(number)) if *value == ValueType::Boolean => {
            line.bare(number);
        }
        OwnValue::Stored(stored) => push_stored(stored, line),
    }
}

fn push_stored(stored: AnyValue, line: &mut Line) {
    let (form, text) = match stored {
        AnyValue::Integer(value) => (0, value.to_string()),
        AnyValue::Real(value) => (1, format!("{value:?}")),
        AnyValue::Text(text) => (2, text),
        AnyValue::Blob(bytes) => {
            let mut digits = String::new();
            hexadecimal::push(&bytes, &mut digits);
            (3, digits)
        }
    };
    let (letter, name) = FORMS[form];
    if line.is_json() {
        line.text.push_str(&format!("{{\"{name}\":"));
        line.quoted(&text);
        line.text.push('}');
    } else {
        line.text(&format!("{letter}{text}'"));
    }
}

/// Whether a text would be taken for bytes of SQLite, unless it has quotes.
pub(super) fn is_like_bytes(text: &str) -> bool {
    text.starts_with(FORMS[3].0) && text.ends_with('\'')
}

/// Whether it is a `"char"` of PostgreSQL that is no character, whose four are one byte: `\310`.
pub(super) fn is_letter(text: &str, dialect: Dialect) -> bool {
    let digits = text.strip_prefix('\\').unwrap_or_default();
    dialect == Dialect::Postgres && digits.len() == 3 && u8::from_str_radix(digits, 8).is_ok()
}

/// A value that SQLite holds in a column of another type; `None` for all others.
pub(super) fn stored(value: &ValueType, written: Written, text: &str) -> Option<AnyValue> {
    let is_bare = written == Written::Bare;
    if text.ends_with('}') && text.starts_with(BEGINS) && is_bare && *value != ValueType::Any {
        return of_json(text);
    }
    if !text.ends_with('\'') {
        return None;
    }
    let forms = match value {
        ValueType::Any => return None,
        // A text of its own has quotes.
        ValueType::Text if is_bare => &FORMS[3..],
        ValueType::Text => return None,
        _ => &FORMS[..],
    };
    let (letter, name) = forms.iter().find(|(letter, _)| text.starts_with(letter))?;
    of_form(name, text.get(letter.len()..text.len() - 1)?)
}

fn of_json(text: &str) -> Option<AnyValue> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let (name, value) = object.iter().next().filter(|_| object.len() == 1)?;
    of_form(name, value.as_str()?)
}

fn of_form(name: &str, text: &str) -> Option<AnyValue> {
    match FORMS.iter().position(|(_, one)| *one == name)? {
        0 => text.parse().ok().map(AnyValue::Integer),
        1 => text.parse().ok().map(AnyValue::Real),
        2 => Some(AnyValue::Text(text.to_owned())),
        _ => hexadecimal::parse(text).map(AnyValue::Blob),
    }
}

/// Gives a value that SQLite holds in a column of another type.
pub(super) fn give_stored(stored: &AnyValue, params: &mut ParamWriter<'_>) {
    if params.dialect() != Dialect::Sqlite {
        return params
            .refuse("a value of another type than its column's, as SQLite alone holds it");
    }
    match stored {
        AnyValue::Integer(value) => params.i64(*value),
        AnyValue::Real(value) => params.f64(*value),
        AnyValue::Text(text) => params.text(text),
        AnyValue::Blob(bytes) => params.bytes(bytes),
    }
}

/// Gives a value that is none of its column's type in every database; one that no database has is refused.
pub(super) fn give(
    value: &ValueType,
    text: &str,
    otherwise: &'static str,
    params: &mut ParamWriter<'_>,
) {
    let is_given = match value {
        ValueType::Boolean => number(text, params),
        ValueType::Decimal => give_to(own_text::special(text), params, ParamWriter::no_number),
        ValueType::Time => give_to(own_text::read_span(text), params, ParamWriter::span),
        ValueType::Date => {
            give_to(own_text::read_far_date(text), params, ParamWriter::far_date)
                || give_to(own_text::read_parts(text), params, ParamWriter::date_parts)
        }
        ValueType::DateTime | ValueType::Timestamp => {
            let far = own_text::read_far_moment(text);
            give_to(far, params, ParamWriter::far_moment)
                || give_to(own_text::read_parts(text), params, ParamWriter::date_parts)
        }
        ValueType::Integer
        | ValueType::Unsigned
        | ValueType::Float32
        | ValueType::Float64
        | ValueType::Text
        | ValueType::Bytes
        | ValueType::Interval
        | ValueType::Uuid
        | ValueType::Json
        | ValueType::Any
        | ValueType::Array(_) => false,
    };
    if !is_given {
        params.refuse(otherwise);
    }
}

/// A boolean of MySQL and SQLite, which is an integer there.
fn number(text: &str, params: &mut ParamWriter<'_>) -> bool {
    let holds_numbers = match params.dialect() {
        Dialect::Mysql | Dialect::Sqlite => true,
        Dialect::Postgres => false,
    };
    give_to(
        text.parse().ok().filter(|_| holds_numbers),
        params,
        ParamWriter::i64,
    )
}

fn give_to<'p, T>(
    value: Option<T>,
    params: &mut ParamWriter<'p>,
    give: impl FnOnce(&mut ParamWriter<'p>, T),
) -> bool {
    let is_given = value.is_some();
    if let Some(value) = value {
        give(params, value);
    }
    is_given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataFormat;

    #[test]
    fn values_of_sqlite_in_columns_of_other_types_are_read_as_they_are_written() {
        let values = [
            AnyValue::Integer(-12),
            AnyValue::Real(1.5),
            AnyValue::Real(f64::INFINITY),
            AnyValue::Text("a \"b', c'".to_owned()),
            AnyValue::Blob(vec![0, 255]),
        ];
        for stored_value in values {
            for (format, column) in [
                (DataFormat::Csv, ValueType::Bytes),
                (DataFormat::JsonLines, ValueType::Text),
            ] {
                let mut line = Line::of_values(format);
                push_stored(stored_value.clone(), &mut line);
                let written = line.text.as_str();
                let text = match written
                    .strip_prefix('"')
                    .and_then(|text| text.strip_suffix('"'))
                {
                    Some(inner) => inner.replace("\"\"", "\""),
                    None => written.to_owned(),
                };
                let read = stored(&column, Written::Bare, &text);
                assert_eq!(read.as_ref(), Some(&stored_value), "{written}");
            }
        }
        let quoted = stored(&ValueType::Text, Written::Quoted, "x'00'");
        assert_eq!((quoted, is_like_bytes("x'00'")), (None, true));
    }
}
