//! Constants as the column beside them, or the cast around them, makes them mean.

use super::kind::ValueKind;
use crate::model::Model;
use crate::portable::{CastType, Portable};

/// A constant beside a value of some kind, as every dialect compares it; `None`: it is not a constant.
pub(super) fn beside(portable: &Portable, kind: ValueKind) -> Result<Option<Portable>, String> {
    if let Portable::Text(text) = portable {
        return text_beside(text, kind).map(Some);
    }
    if let (Portable::Number(number), ValueKind::Truth) = (portable, kind) {
        let value = truth(number).ok_or("a comparison of a boolean with a number")?;
        return Ok(Some(Portable::Bool(value)));
    }
    let is_fine = match kind {
        ValueKind::Other => matches!(portable, Portable::Number(_) | Portable::Bool(_)),
        ValueKind::Number => matches!(portable, Portable::Number(_)),
        ValueKind::Truth => matches!(portable, Portable::Bool(_)),
        ValueKind::Text
        | ValueKind::Bytes
        | ValueKind::Date
        | ValueKind::DateTime
        | ValueKind::Timestamp => false,
    };
    let is_constant = is_fine || *portable == Portable::Null;
    Ok(is_constant.then(|| portable.clone()))
}

fn text_beside(text: &str, kind: ValueKind) -> Result<Portable, String> {
    let same = || Portable::Text(text.to_owned());
    match kind {
        ValueKind::Text | ValueKind::Other => Ok(same()),
        ValueKind::Date if is_date(text) => Ok(same()),
        ValueKind::DateTime => date_time(text)
            .map(Portable::Text)
            .ok_or_else(|| not_plain(text)),
        ValueKind::Truth => truth(text)
            .map(Portable::Bool)
            .ok_or_else(|| not_plain(text)),
        ValueKind::Number if is_number(text) => Ok(Portable::Number(text.to_owned())),
        ValueKind::Date | ValueKind::Number | ValueKind::Bytes | ValueKind::Timestamp => {
            Err(not_plain(text))
        }
    }
}

fn not_plain(text: &str) -> String {
    format!(
        "`'{}'` beside a column of another type",
        text.escape_debug()
    )
}

/// A constant within a cast; `None`: it is not a constant.
pub(super) fn cast(
    inner: &Portable,
    to: &CastType,
    model: &Model,
) -> Result<Option<Portable>, String> {
    if let Portable::Cast(deeper, CastType::Text(None)) = inner {
        return cast(deeper, to, model);
    }
    let found = if let Portable::Text(text) = inner {
        text_as(text, to, model)
    } else if let Portable::Number(number) = inner {
        number_as(number, to)
    } else if *inner == Portable::Null {
        Some(Portable::Null)
    } else if is_negative_number(inner) {
        matches!(to, CastType::Integer | CastType::Decimal).then(|| inner.clone())
    } else {
        return Ok(None);
    };
    let refused = || format!("a cast to `{}`", type_name(to));
    found.map(Some).ok_or_else(refused)
}

fn is_negative_number(portable: &Portable) -> bool {
    let Portable::Negative(inner) = portable else {
        return false;
    };
    matches!(**inner, Portable::Number(_))
}

fn text_as(text: &str, to: &CastType, model: &Model) -> Option<Portable> {
    let same = || Portable::Text(text.to_owned());
    match to {
        CastType::Text(None) => Some(same()),
        CastType::Text(Some(length)) => (text.chars().count() <= *length as usize).then(same),
        CastType::Integer | CastType::Decimal => {
            is_number(text).then(|| Portable::Number(text.to_owned()))
        }
        CastType::Bool => truth(text).map(Portable::Bool),
        CastType::Date => is_date(text).then(same),
        CastType::DateTime => date_time(text).map(Portable::Text),
        CastType::Named(name) => {
            let named = name.trim_matches('"');
            let is_enum = model.enums.iter().any(|found| found.name == named);
            is_enum.then(same)
        }
    }
}

fn number_as(number: &str, to: &CastType) -> Option<Portable> {
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
    match to {
        CastType::Integer => is_whole.then(|| Portable::Number(number.to_owned())),
        CastType::Decimal => Some(Portable::Number(number.to_owned())),
        CastType::Bool => truth(number).map(Portable::Bool),
        CastType::Text(_) | CastType::Date | CastType::DateTime | CastType::Named(_) => None,
    }
}

/// The type of a cast, for a message.
pub(super) fn type_name(to: &CastType) -> String {
    match to {
        CastType::Text(None) => "text".to_owned(),
        CastType::Text(Some(length)) => format!("varchar({length})"),
        CastType::Integer => "integer".to_owned(),
        CastType::Decimal => "numeric".to_owned(),
        CastType::Bool => "boolean".to_owned(),
        CastType::Date => "date".to_owned(),
        CastType::DateTime => "timestamp".to_owned(),
        CastType::Named(name) => name.clone(),
    }
}

/// The boolean that a text means (PostgreSQL documentation, "Boolean Type"; numbers in the other two).
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction)
}

/// `2026-11-20`: as SQLite keeps it, so that the order of texts is that of days.
fn is_date(text: &str) -> bool {
    has_form(text, "0000-00-00")
}

/// `2026-11-20 00:00:00`, with six more digits where there is a fraction.
fn date_time(text: &str) -> Option<String> {
    if is_date(text) {
        return Some(format!("{text} 00:00:00"));
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fine = fraction.len() <= 6 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !fine || !has_form(seconds, "0000-00-00 00:00:00") {
        return None;
    }
    Some(if fraction.bytes().all(|byte| byte == b'0') {
        seconds.to_owned()
    } else {
        format!("{seconds}.{fraction:0<6}")
    })
}

/// A digit where the form has one, and its punctuation.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| {
            if form == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == form
            }
        })
}
