//! Periods of tables.

use crate::ast::Period;
use crate::dialect::Dialect;
use crate::model::PeriodLine;
use crate::sql_writer::SqlWriter;

/// `PERIOD FOR p (a, b)`.
pub(super) fn period(period: &Period) -> PeriodLine {
    let mut sql = SqlWriter::new(Dialect::Mysql);
    sql.push("PERIOD FOR ");
    // In quotes it would be one of the table's own.
    if period.name.text.eq_ignore_ascii_case("system_time") {
        sql.push("SYSTEM_TIME");
    } else {
        sql.identifier(&period.name.text);
    }
    sql.push(" (");
    sql.list(&period.columns, ", ", |sql, name| {
        sql.identifier(&name.text);
    });
    sql.push(")");
    PeriodLine {
        sql: sql.finish(),
        span: period.name.span,
    }
}
