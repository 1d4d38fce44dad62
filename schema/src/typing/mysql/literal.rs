//! Constants that columns take, in the strict mode that each session has.

use crate::column_type::{ColumnType, TypeClass};
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, TableId};
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::grammar::rank;
use crate::typing::literal::{days_of_month, is_in_range, is_tiny, number_of};
use crate::typing::postgres::PgType;
use crate::typing::texts::{is_time_of_mysql, is_value_of};
use crate::typing::value::{Constant, Value};

impl Checker<'_> {
    pub(in crate::typing) fn takes_text_of_mysql(
        &self,
        text: &str,
        (id, at): (TableId, usize),
    ) -> bool {
        let of = &self.model.table(id).columns[at].column_type;
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
                _ if rank(of).is_some() => number.is_some_and(|number| is_in_range(number, of)),
                _ => true,
            },
        }
    }

    pub(in crate::typing) fn takes_number_of_mysql(
        &self,
        number: f64,
        (id, at): (TableId, usize),
    ) -> bool {
        match &self.model.table(id).columns[at].column_type {
            ColumnType::Year => is_year(number),
            of if is_day_column(of) => is_day(number),
            _ => self.takes_number_in_range(number, (id, at)),
        }
    }

    /// Reports a constant that MySQL and MariaDB refuse in every mode of theirs.
    pub(in crate::typing) fn check_constant_default(
        &mut self,
        value: &Value,
        table: TableId,
        id: ColumnId,
    ) {
        let column = self.model.table(table).column(id);
        let at = id.0 as usize;
        match value.constant {
            Constant::Null if !column.nullable && !self.is_key(table, at) => {
                self.report(findings::null_default(&column.name, value.span));
            }
            Constant::Text if is_plain_number(&column.column_type) => {
                let written = self.text_at(value.span);
                let text = written.trim_matches(['\'', '"']).trim();
                if written.starts_with(['\'', '"']) && text.parse::<f64>().is_err() {
                    let takes = self.shown(&self.value_of_column(table, at));
                    let given = self.shown(value);
                    let finding = findings::unlike_column(&column.name, &takes, &given, value.span);
                    self.report(finding);
                }
            }
            Constant::Text | Constant::Number if is_moment_type(&column.column_type) => {
                let written = self.text_at(value.span);
                let text = written.trim_matches(['\'', '"']);
                if !is_default_moment(text, &column.column_type) {
                    let takes = self.shown(&self.value_of_column(table, at));
                    let given = self.shown(value);
                    let finding = findings::unlike_column(&column.name, &takes, &given, value.span);
                    self.report(finding);
                }
            }
            Constant::Null | Constant::Text | Constant::Number | Constant::No => {}
        }
    }
}

fn is_plain_number(of: &ColumnType) -> bool {
    *of == ColumnType::Bool || rank(of).is_some() && of.class() != TypeClass::Year
}

fn is_moment_type(of: &ColumnType) -> bool {
    matches!(
        of.class(),
        TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp
    )
}

/// Whether MySQL takes a constant for a date or a time, as far as its digits show that.
fn is_default_moment(text: &str, of: &ColumnType) -> bool {
    match of.class() {
        _ if text == "0" => true,
        TypeClass::Time => text.bytes().any(|byte| byte.is_ascii_digit()),
        _ => is_moment(text),
    }
}

/// Whether MySQL has the year; one of two digits is of this century or the last.
fn is_year(number: f64) -> bool {
    (0.0..=99.0).contains(&number) || (1901.0..=2155.0).contains(&number)
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

/// Whether MySQL reads a text as a day, or as a day and a time, as far as its numbers show that.
pub(in crate::typing) fn is_moment(text: &str) -> bool {
    let parts = text.trim().split(|sign: char| !sign.is_ascii_digit());
    let parts: Vec<&str> = parts.into_vec();
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
