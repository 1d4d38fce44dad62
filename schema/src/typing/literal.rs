//! Constants, as the databases read them: texts that are values of a type, and what a column does not take.

use super::checker::Checker;
use super::findings;
use super::value::{Constant, Value};
use crate::column_type::{ColumnType, DecimalSize, TypeClass};
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
            && self.facts.writes.keeps_lengths
        {
            return text.trim_end_matches(' ').chars().count() <= *most as usize;
        }
        (self.facts.writes.takes_text)(self, text, (id, at))
    }

    fn takes_number(&self, written: &str, id: TableId, at: usize) -> bool {
        let takes = self.facts.writes.takes_number;
        number_of(written).is_none_or(|number| takes(self, number, (id, at)))
    }

    /// Whether a number is one of a column's type.
    pub(super) fn takes_number_in_range(&self, number: f64, (id, at): (TableId, usize)) -> bool {
        match &self.model.table(id).columns[at].column_type {
            of if of.class() == TypeClass::Boolean => is_tiny(number),
            ColumnType::Decimal(Some(DecimalSize { precision, scale })) => {
                let most = 10_f64.powf(f64::from(*precision) - f64::from(*scale));
                number.abs() < most
            }
            of => is_in_range(number, of),
        }
    }

    /// The one column of a key that is the number of the row.
    pub(super) fn is_row_id(&self, id: TableId, at: usize) -> bool {
        let table = self.model.table(id);
        let key = table.primary_key.as_ref();
        let only = key.is_some_and(|key| key.columns.len() == 1 && key.columns[0].0 as usize == at);
        only && self.facts.writes.numbers_rows
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

pub(super) fn number_of(text: &str) -> Option<f64> {
    let is_sign = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    text.bytes().all(is_sign).then(|| text.parse().ok())?
}

pub(super) fn is_integer(of: &ColumnType) -> bool {
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

pub(super) fn is_in_range(number: f64, of: &ColumnType) -> bool {
    bounds(of).is_none_or(|(least, most)| (least..=most).contains(&number.round()))
}

/// A BOOLEAN of MySQL is a TINYINT.
pub(super) fn is_tiny(number: f64) -> bool {
    (-128.0..=127.0).contains(&number)
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
