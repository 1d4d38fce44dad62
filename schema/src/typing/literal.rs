//! Constants, as the databases read them: texts that are values of a type, and what a column does not take.

use super::checker::Checker;
use super::findings;
use super::postgres::PgType;
use super::texts::{is_time_of_mysql, is_value_of};
use super::value::{Constant, Value};
use crate::column_type::{ColumnType, DecimalSize, TypeClass};
use crate::dialect::Dialect;
use crate::model::TableId;
use crate::name::suggest;
use crate::source::Span;
use crate::syntax::{Expr, ExprKind};

/// Words of PostgreSQL's intervals, as they are read: at most ten letters of each (`deltatktbl` of its source).
const UNITS: &[&str] = &[
    "c",
    "cent",
    "centuries",
    "century",
    "d",
    "day",
    "days",
    "dec",
    "decade",
    "decades",
    "decs",
    "h",
    "hour",
    "hours",
    "hr",
    "hrs",
    "m",
    "microsecon",
    "mil",
    "millennia",
    "millennium",
    "millisecon",
    "mils",
    "min",
    "mins",
    "minute",
    "minutes",
    "mon",
    "mons",
    "month",
    "months",
    "ms",
    "msec",
    "msecond",
    "mseconds",
    "msecs",
    "s",
    "sec",
    "second",
    "seconds",
    "secs",
    "us",
    "usec",
    "usecond",
    "useconds",
    "usecs",
    "w",
    "week",
    "weeks",
    "y",
    "year",
    "years",
    "yr",
    "yrs",
];

/// Parts of a date or time that are no units.
const FIELDS: &[&str] = &[
    "dow",
    "doy",
    "epoch",
    "isodow",
    "isoyear",
    "j",
    "jd",
    "julian",
    "qtr",
    "quarter",
    "timezone",
    "timezone_h",
    "timezone_m",
];

impl Checker<'_> {
    /// The word for a part of a date or time, of `extract` or `date_trunc`.
    pub(super) fn check_part(&mut self, word: &str, is_unit: bool, span: Span) {
        let lower = word.to_lowercase();
        let read = lower.get(..10).unwrap_or(&lower);
        let is_field = FIELDS.contains(&read) && (!is_unit || matches!(read, "qtr" | "quarter"));
        if !UNITS.contains(&read) && !is_field {
            let near = suggest(&lower, UNITS.iter().chain(FIELDS).copied());
            self.report(findings::no_part(word, near, span));
        }
    }

    /// Reports a constant that the column never takes: the server refuses it when a row is written.
    pub(super) fn check_literal(&mut self, value: &Value, table: TableId, at: usize) {
        let column = &self.model.table(table).columns[at];
        let written = self.text_at(value.span);
        let takes = match value.constant {
            Constant::Text => match plain_text(written) {
                Some(text) => self.takes_text(text, table, at),
                None => true,
            },
            Constant::Number => self.takes_number(written, table, at),
            Constant::No | Constant::Null => true,
        };
        if !takes {
            let finding = findings::not_taken(written, &column.name, &column.sql_type, value.span);
            self.report(finding);
        }
    }

    /// Whether a column of a STRICT table refuses a value for its type: bytes become nothing else, and nothing becomes bytes. A text is
    /// stored as a number where all of it is one, which a cast says.
    pub(super) fn is_never_stored(&self, value: &Value, table: TableId, at: usize) -> bool {
        let table = self.model.table(table);
        let of_column = table.columns[at].column_type.class();
        let Some(of_value) = value.column_type().map(|of| of.class()) else {
            return false;
        };
        let is_known = |class: &TypeClass| !matches!(class, TypeClass::Any);
        let is_bytes = |class: &TypeClass| *class == TypeClass::Bytes;
        let is_number =
            |class: &TypeClass| matches!(class, TypeClass::Integer(_) | TypeClass::Float { .. });
        let is_computed_text = of_value == TypeClass::Text && value.constant == Constant::No;
        table.strict
            && value.cell.is_none()
            && value.constant != Constant::Null
            && is_known(&of_column)
            && is_known(&of_value)
            && (is_bytes(&of_column) != is_bytes(&of_value)
                || is_computed_text && is_number(&of_column))
    }

    fn takes_text(&self, text: &str, id: TableId, at: usize) -> bool {
        let table = self.model.table(id);
        let of = &table.columns[at].column_type;
        if let ColumnType::Char(most) | ColumnType::VarChar(Some(most)) = of
            && self.dialect != Dialect::Sqlite
        {
            return text.trim_end_matches(' ').chars().count() <= *most as usize;
        }
        match self.dialect {
            Dialect::Postgres => true,
            Dialect::Sqlite => {
                let number = number_of(text.trim());
                if self.is_row_id(id, at) || (table.strict && is_integer(of)) {
                    return number.is_some_and(|number| number.fract() == 0.0);
                }
                match of.class() {
                    TypeClass::Float { .. } if table.strict => number.is_some(),
                    TypeClass::Bytes => !table.strict,
                    _ => true,
                }
            }
            Dialect::Mysql => self.takes_text_of_mysql(text, of),
        }
    }

    /// In the strict mode that each session has.
    fn takes_text_of_mysql(&self, text: &str, of: &ColumnType) -> bool {
        let number = number_of(text.trim());
        match of {
            ColumnType::Enum(id) => {
                let values = &self.model.enum_type(*id).values;
                let is = |value: &str| value.eq_ignore_ascii_case(text.trim_end());
                let by_number = number.is_some_and(|at| at >= 1.0 && at <= values.len() as f64);
                by_number || values.iter().any(|value| is(&value.value))
            }
            ColumnType::Set(values) => {
                let is = |one: &str| values.iter().any(|value| value.eq_ignore_ascii_case(one));
                text.is_empty() || number.is_some() || text.trim_end().split(',').all(is)
            }
            ColumnType::Json { .. } => is_value_of(text.trim(), PgType::JSON),
            _ => match of.class() {
                TypeClass::Date | TypeClass::DateTime | TypeClass::Timestamp => is_moment(text),
                TypeClass::Time => is_time_of_mysql(text),
                TypeClass::Boolean => number.is_some_and(is_tiny),
                TypeClass::Year => number.is_some_and(is_year),
                _ if super::grammar::rank(of).is_some() => {
                    number.is_some_and(|number| is_in_range(number, of))
                }
                _ => true,
            },
        }
    }

    fn takes_number(&self, written: &str, id: TableId, at: usize) -> bool {
        let table = self.model.table(id);
        let of = &table.columns[at].column_type;
        let Some(number) = number_of(written) else {
            return true;
        };
        if self.dialect == Dialect::Sqlite {
            if table.strict && of.class() == TypeClass::Bytes {
                return false;
            }
            let is_whole = self.is_row_id(id, at) || (table.strict && is_integer(of));
            return !is_whole || number.fract() == 0.0;
        }
        match of {
            ColumnType::Year => is_year(number),
            _ if self.dialect == Dialect::Mysql && is_day_column(of) => is_day(number),
            _ if of.class() == TypeClass::Boolean => is_tiny(number),
            ColumnType::Decimal(Some(DecimalSize { precision, scale })) => {
                let most = 10_f64.powf(f64::from(*precision) - f64::from(*scale));
                number.abs() < most
            }
            _ => is_in_range(number, of),
        }
    }

    /// SQLite's one column of a key that is the number of the row.
    pub(super) fn is_row_id(&self, id: TableId, at: usize) -> bool {
        let table = self.model.table(id);
        let key = table.primary_key.as_ref();
        let only = key.is_some_and(|key| key.columns.len() == 1 && key.columns[0].0 as usize == at);
        only && self.dialect == Dialect::Sqlite
            && !table.without_rowid
            && table.columns[at].sql_type.eq_ignore_ascii_case("integer")
    }
}

/// The number that an expression is, with its sign, where it is written as one.
pub(super) fn written_number(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(written) => written.parse().ok(),
        ExprKind::Prefix(sign, operand) => {
            let number = written_number(operand)?;
            match sign.text.as_str() {
                "-" => Some(-number),
                "+" => Some(number),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The text between the quotes, where nothing in it means another character.
pub(super) fn plain_text(written: &str) -> Option<&str> {
    let quote = written
        .chars()
        .next()
        .filter(|sign| "'\"".contains(*sign))?;
    let inner = written.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(['\\', quote])).then_some(inner)
}

fn number_of(text: &str) -> Option<f64> {
    let is_sign = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    text.bytes().all(is_sign).then(|| text.parse().ok())?
}

fn is_integer(of: &ColumnType) -> bool {
    bounds(of).is_some()
}

/// The least and the most of an integer.
fn bounds(of: &ColumnType) -> Option<(f64, f64)> {
    Some(match of {
        ColumnType::I8 => (-128.0, 127.0),
        ColumnType::I16 => (-32_768.0, 32_767.0),
        ColumnType::I24 => (-8_388_608.0, 8_388_607.0),
        ColumnType::I32 => (-2_147_483_648.0, 2_147_483_647.0),
        ColumnType::I64 => (-9.3e18, 9.3e18),
        ColumnType::U8 => (0.0, 255.0),
        ColumnType::U16 => (0.0, 65_535.0),
        ColumnType::U24 => (0.0, 16_777_215.0),
        ColumnType::U32 => (0.0, 4_294_967_295.0),
        ColumnType::U64 => (0.0, 1.9e19),
        _ => return None,
    })
}

fn is_in_range(number: f64, of: &ColumnType) -> bool {
    bounds(of).is_none_or(|(least, most)| (least..=most).contains(&number.round()))
}

/// Whether MySQL has the year; one of two digits is of this century or the last.
fn is_year(number: f64) -> bool {
    (0.0..=99.0).contains(&number) || (1901.0..=2155.0).contains(&number)
}

/// MySQL's BOOLEAN is a TINYINT.
fn is_tiny(number: f64) -> bool {
    (-128.0..=127.0).contains(&number)
}

fn is_day_column(of: &ColumnType) -> bool {
    matches!(
        of.class(),
        TypeClass::Date | TypeClass::DateTime | TypeClass::Timestamp
    )
}

/// Whether MySQL reads a number as a day: its digits are those of the year, the month and the day. One with a time is left to it.
fn is_day(number: f64) -> bool {
    if number == 0.0 || number >= 100_000_000.0 {
        return number.fract() == 0.0;
    }
    let digits = number as u32;
    let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
    digits > 100 && month <= 12 && day <= days_of_month(year, month)
}

/// The number of days of a month of the calendar.
pub(super) fn days_of_month(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whether MySQL reads a text as a day, or as a day and a time, as far as its numbers show that.
pub(super) fn is_moment(text: &str) -> bool {
    let parts = text.trim().split(|sign: char| !sign.is_ascii_digit());
    let parts: Vec<&str> = parts.collect();
    match parts.as_slice() {
        [only] => matches!(only.len(), 5 | 6 | 8 | 12 | 14),
        [year, month, day, time @ ..] if !year.is_empty() => {
            let limits = [24, 60, 60];
            let mut time = time.iter().zip(limits);
            // A part between two signs is empty.
            let is_time = time
                .all(|(part, limit)| part.parse().map_or(part.is_empty(), |one: u32| one < limit));
            match (year.parse(), month.parse(), day.parse::<u32>()) {
                (Ok(year), Ok(month), Ok(day)) => {
                    is_time && month <= 12 && day <= days_of_month(year, month)
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether a text is an interval of PostgreSQL's, as far as its words show that.
pub(super) fn is_interval(lower: &str) -> bool {
    let mut words = lower.split(|sign: char| !sign.is_ascii_alphabetic());
    let is_word = |word: &str| {
        let read = word.get(..10).unwrap_or(word);
        word.is_empty() || read == "ago" || UNITS.contains(&read)
    };
    let has_digits = lower.bytes().any(|byte| byte.is_ascii_digit());
    // Years and months are `1-2`; three numbers are a date.
    let is_date = |part: &str| {
        let mut numbers = part.split('-');
        let is_number =
            |one: &str| !one.is_empty() && one.bytes().all(|byte| byte.is_ascii_digit());
        part.matches('-').count() == 2 && numbers.all(is_number)
    };
    if lower.split_whitespace().any(is_date) {
        return false;
    }
    has_digits && (lower.starts_with(['p', '-']) || words.all(is_word))
}
