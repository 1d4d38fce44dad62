//! Default values: which of the kinds every database knows a written one is.

use crate::ast::{Expression as Written, ExpressionPiece, PieceKind, outer_parentheses};
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::model::{Default, DefaultValue};

use super::expression;

/// Classifies a default of a column of this type.
pub(super) fn default(written: &Written, column_type: &ColumnType, table: &DraftTable) -> Default {
    let outer = outer_parentheses(&written.tokens);
    let tokens = without_cast(&written.tokens[outer..written.tokens.len() - outer]);
    let known = constant(tokens, column_type, table.dialect)
        .or_else(|| function(tokens, column_type, table.dialect))
        .or_else(|| bare_word(tokens, column_type, table.dialect).filter(|_| outer == 0));
    let value = known.unwrap_or_else(|| {
        DefaultValue::Expression(expression::default_expression(written, table))
    });
    Default {
        value,
        span: written.span,
    }
}

/// Whether it is `'0000-00-00'`, with or without a time, or the number 0, which is the same to MySQL where it is a date's.
pub(super) fn is_date_of_zeros(written: &Written) -> bool {
    match written.tokens.as_slice() {
        [one] => match one.kind {
            PieceKind::Text | PieceKind::DoubleQuoted => one.text.starts_with("0000-00-00"),
            PieceKind::Number => one.text.bytes().all(|digit| digit == b'0'),
            PieceKind::Word
            | PieceKind::Quoted
            | PieceKind::Hex
            | PieceKind::Bits
            | PieceKind::Symbol => false,
        },
        _ => false,
    }
}

/// PostgreSQL's dumps put a cast after every text: `'x'::character varying`, `('0'::numeric)`.
fn without_cast(tokens: &[ExpressionPiece]) -> &[ExpressionPiece] {
    let Some(at) = tokens.iter().position(|piece| piece.is_symbol("::")) else {
        return tokens;
    };
    let cast = tokens[at + 1..].iter().all(|piece| match piece.kind {
        PieceKind::Word | PieceKind::Quoted | PieceKind::DoubleQuoted | PieceKind::Number => true,
        PieceKind::Symbol => matches!(
            piece.text.as_str(),
            "(" | ")" | "," | "." | "[" | "]" | "::"
        ),
        PieceKind::Text | PieceKind::Hex | PieceKind::Bits => false,
    });
    let value = &tokens[..at];
    let outer = outer_parentheses(value);
    if cast && at > 0 {
        &value[outer..value.len() - outer]
    } else {
        tokens
    }
}

fn constant(
    tokens: &[ExpressionPiece],
    column_type: &ColumnType,
    dialect: Dialect,
) -> Option<DefaultValue> {
    match tokens {
        [one] => single(one, column_type, dialect),
        [sign, number] if sign.text == "-" && number.kind == PieceKind::Number => {
            number_value(&format!("-{}", number.text), column_type)
        }
        [sign, number] if sign.text == "+" && number.kind == PieceKind::Number => {
            number_value(&number.text, column_type)
        }
        _ => None,
    }
}

fn single(
    piece: &ExpressionPiece,
    column_type: &ColumnType,
    dialect: Dialect,
) -> Option<DefaultValue> {
    match piece.kind {
        PieceKind::Number => match piece.text.strip_prefix("0x") {
            Some(digits) => hex_value(digits, column_type),
            None => number_value(&piece.text, column_type),
        },
        PieceKind::Text => text_value(&piece.text, column_type),
        PieceKind::DoubleQuoted if dialect != Dialect::Postgres => {
            text_value(&piece.text, column_type)
        }
        PieceKind::Hex => hex_value(&piece.text, column_type),
        PieceKind::Bits => u64::from_str_radix(&piece.text, 2)
            .ok()
            .and_then(|number| number_value(&number.to_string(), column_type)),
        PieceKind::Word => word_value(&piece.text, column_type),
        PieceKind::DoubleQuoted | PieceKind::Quoted | PieceKind::Symbol => None,
    }
}

fn word_value(word: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    match word.to_uppercase().as_str() {
        "NULL" => Some(DefaultValue::Null),
        "TRUE" => Some(boolean(true, column_type)),
        "FALSE" => Some(boolean(false, column_type)),
        _ => None,
    }
}

/// To SQLite any other word is a text without its quotes.
fn bare_word(
    tokens: &[ExpressionPiece],
    column_type: &ColumnType,
    dialect: Dialect,
) -> Option<DefaultValue> {
    match tokens {
        [word] if dialect == Dialect::Sqlite && word.kind == PieceKind::Word => {
            text_value(&word.text, column_type)
        }
        _ => None,
    }
}

/// `TRUE` in a column of numbers is 1.
fn boolean(value: bool, column_type: &ColumnType) -> DefaultValue {
    if column_type.class().is_number() {
        DefaultValue::Number(u8::from(value).to_string())
    } else {
        DefaultValue::Bool(value)
    }
}

fn number_value(number: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    if !is_decimal(number) {
        return None;
    }
    Some(match (column_type, number) {
        (ColumnType::Bool, "0") => DefaultValue::Bool(false),
        (ColumnType::Bool, "1") => DefaultValue::Bool(true),
        (ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_), _) => {
            DefaultValue::Text(number.to_owned())
        }
        _ => DefaultValue::Number(number.to_owned()),
    })
}

/// A text, or the number or boolean that a column of another type makes of it.
fn text_value(text: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    let trimmed = text.trim();
    Some(match column_type {
        ColumnType::Bool => match trimmed.to_lowercase().as_str() {
            "t" | "true" | "1" | "y" | "yes" | "on" => DefaultValue::Bool(true),
            "f" | "false" | "0" | "n" | "no" | "off" => DefaultValue::Bool(false),
            _ => DefaultValue::Text(text.to_owned()),
        },
        ColumnType::Array(_) => return None,
        ColumnType::Blob(_) | ColumnType::Binary(_) | ColumnType::VarBinary(_) => bytes_value(text),
        _ if column_type.class().is_number() && is_decimal(trimmed) => {
            DefaultValue::Number(trimmed.to_owned())
        }
        _ => DefaultValue::Text(text.to_owned()),
    })
}

/// PostgreSQL writes bytes as `'\x00ff'`.
fn bytes_value(text: &str) -> DefaultValue {
    let bytes = text.strip_prefix("\\x").and_then(from_hex);
    DefaultValue::Bytes(bytes.unwrap_or_else(|| text.as_bytes().to_vec()))
}

fn hex_value(digits: &str, column_type: &ColumnType) -> Option<DefaultValue> {
    let bytes = from_hex(digits)?;
    match column_type {
        ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_) => {
            String::from_utf8(bytes).ok().map(DefaultValue::Text)
        }
        _ if column_type.class().is_number() => u64::from_str_radix(digits, 16)
            .ok()
            .map(|number| DefaultValue::Number(number.to_string())),
        _ => Some(DefaultValue::Bytes(bytes)),
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let even = digits.len().is_multiple_of(2) && digits.is_ascii();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    if even {
        (0..digits.len()).step_by(2).map(byte).collect()
    } else {
        None
    }
}

/// Digits with a plus or minus, a point and an exponent: what every database reads alike.
fn is_decimal(number: &str) -> bool {
    let digits = number.strip_prefix(['-', '+']).unwrap_or(number);
    digits.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.')
        && digits.parse::<f64>().is_ok()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
}

/// The functions that every database has under some name.
fn function(
    tokens: &[ExpressionPiece],
    column_type: &ColumnType,
    dialect: Dialect,
) -> Option<DefaultValue> {
    let tokens = match tokens {
        [schema, point, rest @ ..] if point.text == "." && schema.kind != PieceKind::Symbol => rest,
        all => all,
    };
    let (name, arguments) = tokens.split_first()?;
    if name.kind != PieceKind::Word {
        return None;
    }
    let name = name.text.to_lowercase();
    let plain = match arguments {
        [] => true,
        [open, close] => open.text == "(" && close.text == ")",
        [open, digits, close] => {
            open.text == "(" && close.text == ")" && digits.kind == PieceKind::Number
        }
        _ => false,
    };
    if plain {
        return plain_function(&name, !arguments.is_empty(), column_type);
    }
    let now = matches!(arguments, [open, now, close] if open.text == "(" && close.text == ")" && now.text.eq_ignore_ascii_case("now"));
    match (dialect, name.as_str()) {
        (Dialect::Sqlite, "datetime") if now => Some(moment(DefaultValue::Now, column_type)),
        (Dialect::Sqlite, "date") if now => Some(DefaultValue::CurrentDate),
        (Dialect::Sqlite, "time") if now => Some(DefaultValue::CurrentTime),
        (Dialect::Sqlite | Dialect::Postgres | Dialect::Mysql, _) => None,
    }
}

fn plain_function(name: &str, called: bool, column_type: &ColumnType) -> Option<DefaultValue> {
    match (name, called) {
        ("current_timestamp" | "localtimestamp" | "localtime", _)
        | ("now" | "transaction_timestamp", true) => Some(moment(DefaultValue::Now, column_type)),
        ("current_date", _) | ("curdate", true) => Some(DefaultValue::CurrentDate),
        ("current_time", _) | ("curtime", true) => Some(DefaultValue::CurrentTime),
        ("gen_random_uuid" | "uuid_generate_v4" | "uuid", true) => Some(DefaultValue::RandomUuid),
        _ => None,
    }
}

/// The part of now that fits the column.
fn moment(now: DefaultValue, column_type: &ColumnType) -> DefaultValue {
    match column_type {
        ColumnType::Date => DefaultValue::CurrentDate,
        ColumnType::Time(_) => DefaultValue::CurrentTime,
        _ => now,
    }
}
