//! Default values in the spelling of a dialect, or refused. What is the same for all dialects; the rest they answer.

use super::{ColumnPlace, Dialect, Moment, Refusal, expression_sql};
use crate::column_type::{ColumnType, TypeClass};
use crate::dialect::DialectRules as _;
use crate::model::DefaultValue;
use crate::sql_writer::SqlWriter;

/// The text after DEFAULT; `None` where nothing has to be written.
pub(crate) fn default_sql(
    place: ColumnPlace<'_>,
    dialect: Dialect,
) -> Result<Option<String>, Refusal> {
    let Some(default) = &place.column().default else {
        return Ok(None);
    };
    let sql = match &default.value {
        DefaultValue::Null => return Ok(None),
        DefaultValue::Bool(value) => constant(
            place,
            dialect,
            dialect.rules().bool_literal(*value).to_owned(),
        ),
        DefaultValue::Number(number) => number_sql(place, dialect, number)?,
        DefaultValue::Text(text) => text_sql(place, dialect, text)?,
        DefaultValue::Bytes(bytes) => constant(place, dialect, bytes_sql(place, dialect, bytes)),
        DefaultValue::Now => moment(place, dialect, Moment::DateTime(0))?,
        DefaultValue::CurrentDate => moment(place, dialect, Moment::Date)?,
        DefaultValue::CurrentTime => moment(place, dialect, Moment::Time(0))?,
        DefaultValue::RandomUuid => dialect.rules().random_uuid().to_owned(),
        DefaultValue::Expression(expression) => {
            let what = format!("the default of `{}`", place.column().name);
            let sql = expression_sql(expression, place.model, place.table(), dialect, &what);
            let sql = sql.map_err(|refusal| Refusal {
                code: "B0211",
                help: constant_help(&expression.sql),
                ..refusal
            })?;
            format!("({sql})")
        }
    };
    Ok(Some(sql))
}

fn refused(place: ColumnPlace<'_>, dialect: Dialect, why: &str) -> Refusal {
    let message = format!(
        "the default of `{}` cannot be translated to {}: {why}",
        place.column().name,
        dialect.product()
    );
    let help = "remove `DEFAULT` and set the value in the program, or write a constant or `CURRENT_TIMESTAMP`";
    Refusal::new("B0211", message, help)
}

/// Returns the help that replaces an expression by a constant.
fn constant_help(sql: &str) -> String {
    format!(
        "remove `DEFAULT {sql}` and set the value in the program, or write a constant or `CURRENT_TIMESTAMP`; or let the \
         table live on engines of one dialect"
    )
}

fn constant(place: ColumnPlace<'_>, dialect: Dialect, sql: String) -> String {
    if dialect.rules().wraps_default(place.stored_type()) {
        format!("({sql})")
    } else {
        sql
    }
}

fn number_sql(place: ColumnPlace<'_>, dialect: Dialect, number: &str) -> Result<String, Refusal> {
    if place.is_native(dialect) {
        return Ok(constant(place, dialect, number.to_owned()));
    }
    if *place.stored_type() == ColumnType::Bool {
        let value =
            truth(number).ok_or_else(|| refused(place, dialect, "it is neither true nor false"))?;
        return Ok(dialect.rules().bool_literal(value).to_owned());
    }
    if !is_plain_number(number) {
        return Err(refused(
            place,
            dialect,
            "the number is not written in decimal digits",
        ));
    }
    Ok(constant(place, dialect, number.to_owned()))
}

/// Whether the text is a number such as `-1.5e10`.
fn is_plain_number(number: &str) -> bool {
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    digits(whole)
        && digits(fraction)
        && digits(exponent)
        && !exponent.is_empty()
        && !(whole.is_empty() && fraction.is_empty())
}

fn text_sql(place: ColumnPlace<'_>, dialect: Dialect, text: &str) -> Result<String, Refusal> {
    let mut sql = SqlWriter::new(dialect);
    if text.contains('\0') {
        return Err(refused(place, dialect, "it holds a NUL character"));
    }
    if place.is_native(dialect) {
        sql.text_literal(text);
        return Ok(constant(place, dialect, sql.finish()));
    }
    let class = place.stored_type().class();
    let own_way = [TypeClass::Interval, TypeClass::Array, TypeClass::Any];
    let days = [TypeClass::Date, TypeClass::DateTime, TypeClass::Timestamp];
    if own_way.contains(&class) {
        return Err(refused(place, dialect, "it is written in PostgreSQL's way"));
    }
    if days.contains(&class) && text.starts_with("0000-00-00") {
        return Err(refused(place, dialect, "there is no day 0"));
    }
    if class.is_number() {
        return number_sql(place, dialect, text);
    }
    if class == TypeClass::Boolean {
        let value =
            truth(text).ok_or_else(|| refused(place, dialect, "it is neither true nor false"))?;
        sql.push(dialect.rules().bool_literal(value));
    } else if class == TypeClass::Bytes {
        let bytes = bytes_of(text, place.table().source_dialect);
        sql.bytes_literal(
            &bytes.ok_or_else(|| {
                refused(place, dialect, "its bytes are written in PostgreSQL's way")
            })?,
        );
    } else {
        sql.text_literal(text);
    }
    Ok(constant(place, dialect, sql.finish()))
}

/// The boolean that a text means (PostgreSQL documentation, "Boolean Type"; numbers in the other two).
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Some(true),
        "0" | "f" | "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The bytes a text stands for as a default of a binary column.
fn bytes_of(text: &str, source: Dialect) -> Option<Vec<u8>> {
    match source {
        Dialect::Sqlite | Dialect::Mysql => Some(text.as_bytes().to_vec()),
        Dialect::Postgres => match text.strip_prefix("\\x") {
            Some(digits) => hexadecimal(digits.as_bytes()),
            None if text.contains('\\') => None,
            None => Some(text.as_bytes().to_vec()),
        },
    }
}

fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(value(pair[0])? * 16 + value(*pair.get(1)?)?).ok();
    digits.chunks(2).map(pair).collect()
}

/// Bits are numbers where there is no bit type.
fn bytes_sql(place: ColumnPlace<'_>, dialect: Dialect, bytes: &[u8]) -> String {
    if let (ColumnType::Bit(_), false) = (place.stored_type(), place.is_native(dialect)) {
        let number = bytes
            .iter()
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        return number.to_string();
    }
    let mut sql = SqlWriter::new(dialect);
    sql.bytes_literal(bytes);
    sql.finish()
}

/// The part of a moment that a type holds.
fn moment_of(column_type: &ColumnType) -> Option<Moment> {
    if let ColumnType::DateTime(digits) | ColumnType::Timestamp(digits) = column_type {
        return Some(Moment::DateTime(*digits));
    }
    if let ColumnType::Time(digits) = column_type {
        return Some(Moment::Time(*digits));
    }
    (*column_type == ColumnType::Date).then_some(Moment::Date)
}

/// Now, today or the time, as the column's type holds it; a native column of another type keeps the standard's word.
fn moment(place: ColumnPlace<'_>, dialect: Dialect, asked: Moment) -> Result<String, Refusal> {
    let of_column = moment_of(place.stored_type());
    let meant = match (of_column, asked) {
        // A date's default may be the whole moment, of which it keeps the day; the reverse is midnight.
        (Some(column), Moment::DateTime(_)) => Some(column),
        (Some(Moment::DateTime(_)), Moment::Date) => Some(Moment::Date),
        (Some(column), Moment::Date | Moment::Time(_)) => Some(column)
            .filter(|column| std::mem::discriminant(column) == std::mem::discriminant(&asked)),
        (None, _) => Some(asked).filter(|_| place.is_native(dialect)),
    };
    let meant = meant.ok_or_else(|| refused(place, dialect, "the column is of another type"))?;
    Ok(dialect.rules().now(meant))
}
