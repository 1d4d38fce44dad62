//! Default values: which of the kinds every database knows a written one is.

use crate::ast::Expression as Written;
use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::model::{Default, DefaultValue};
use crate::name::same_word;
use crate::resolve::facts::Facts;
use crate::syntax::{Call, Expr, ExprKind, Text, look_at_expression};

use super::expression;

/// Classifies a default of a column of this type.
pub(super) fn default(written: &Written, column_type: &ColumnType, table: &DraftTable) -> Default {
    let known = look_at_expression(&written.sql, table.dialect, |text, expr| {
        known(text, expr, column_type)
    });
    let value = known.ok().flatten().unwrap_or_else(|| {
        DefaultValue::Expression(expression::default_expression(written, table))
    });
    Default {
        value,
        span: written.span,
    }
}

/// Whether it is `'0000-00-00'`, with or without a time, or the number 0, which is the same to MySQL where it is a date's.
pub(super) fn is_date_of_zeros(written: &Written) -> bool {
    let found = look_at_expression(&written.sql, Dialect::Mysql, |_, expr| match &expr.kind {
        ExprKind::Text(text) => text.starts_with("0000-00-00"),
        ExprKind::Number(number) => number.bytes().all(|digit| digit == b'0'),
        _ => false,
    });
    found.unwrap_or(false)
}

/// PostgreSQL's dumps put a cast after every text: `'x'::character varying`, `('0'::numeric)`. Two with a parenthesis between convert
/// a value: `('now'::text)::date`.
fn without_cast<'e>(text: &Text<'_>, mut expr: &'e Expr) -> &'e Expr {
    while let ExprKind::Cast(cast) = &expr.kind {
        let operand = &cast.operand;
        let is_behind = text.at(operand.span.end, cast.to.span.start).contains("::");
        let is_enclosed = text
            .at(operand.span.start, operand.span.end)
            .starts_with('(');
        if !is_behind || (is_enclosed && matches!(operand.kind, ExprKind::Cast(_))) {
            break;
        }
        expr = operand;
    }
    expr
}

fn known(text: &Text<'_>, expr: &Expr, column_type: &ColumnType) -> Option<DefaultValue> {
    let expr = without_cast(text, expr);
    let written = text.at(expr.span.start, expr.span.end);
    let digits = || written.split('\'').nth(1).unwrap_or_default();
    match &expr.kind {
        ExprKind::Null => Some(DefaultValue::Null),
        ExprKind::Bool(value) => Some(boolean(*value, column_type)),
        ExprKind::Number(number) => match number.strip_prefix("0x") {
            Some(digits) => hex_value(digits, column_type),
            None => number_value(number, column_type),
        },
        ExprKind::Prefix(sign, operand) => match &without_cast(text, operand).kind {
            ExprKind::Number(number) if sign.text == "-" => {
                number_value(&format!("-{number}"), column_type)
            }
            ExprKind::Number(number) if sign.text == "+" => number_value(number, column_type),
            _ => None,
        },
        // MySQL's texts of a character set of their own stay as they are.
        ExprKind::Text(_) if written.starts_with('_') => None,
        ExprKind::Text(content) => text_value(content, column_type),
        ExprKind::Bytes => hex_value(digits(), column_type),
        ExprKind::Bits => {
            let number = u64::from_str_radix(digits(), 2).ok()?;
            number_value(&number.to_string(), column_type)
        }
        ExprKind::Call(call) => {
            let words_are_texts = Facts::of(text.dialect).defaults.words_are_texts;
            function(call, expr, column_type, words_are_texts)
        }
        ExprKind::Column(names) if Facts::of(text.dialect).defaults.words_are_texts => match names
            .as_slice()
        {
            [name] if !written.starts_with(['(', '`', '[']) => text_value(&name.text, column_type),
            _ => None,
        },
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
    call: &Call,
    expr: &Expr,
    column_type: &ColumnType,
    words_are_texts: bool,
) -> Option<DefaultValue> {
    let arguments = expr.children();
    let is_now = |of: &Expr| match &of.kind {
        _ if !words_are_texts => false,
        ExprKind::Text(text) => text.eq_ignore_ascii_case("now"),
        ExprKind::Column(names) => names.iter().all(|name| same_word(&name.text, "now")),
        _ => false,
    };
    match (call.function(), arguments.as_slice()) {
        (name, []) => plain_function(name, !call.bare, column_type),
        (name, [digits]) if matches!(digits.kind, ExprKind::Number(_)) => {
            plain_function(name, !call.bare, column_type)
        }
        ("datetime", [now]) if is_now(now) => Some(moment(DefaultValue::Now, column_type)),
        ("date", [now]) if is_now(now) => Some(DefaultValue::CurrentDate),
        ("time", [now]) if is_now(now) => Some(DefaultValue::CurrentTime),
        _ => None,
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
