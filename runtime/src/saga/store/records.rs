//! The ends of steps: records in the log, and marks on the engines of the steps.

use bindery_core::sql_writer::SqlWriter;

use super::{Ended, MARKS, Record, STEPS, Way, explained, number, signed};
use crate::driver::Physical;
use crate::driver::own_tables;
use crate::error::Result;
use crate::value::ParamWriter;

/// Inserts what became of a step: into the log, or as a mark on the step's own engine.
pub(in crate::saga) fn insert_record(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
    record: &Record,
) -> Result<()> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push("INSERT INTO ").push(table(is_log));
    sql.push(" (uid, step_no, way, step, outcome, output, written, at_ms) VALUES (");
    for _ in 0..7 {
        sql.placeholder().push(", ");
    }
    sql.push(own_tables::now_ms(dialect)).push(")");
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(uid);
        params.i64(signed(record.at as u64));
        params.text(record.way.name());
        params.text(&record.step);
        params.text(record.outcome.name());
        params.text(&record.output);
        params.push(&record.written);
    };
    physical.next_is_own();
    physical.execute(&sql.finish(), write).map(drop)
}

/// Completes a mark that was inserted in the same transaction.
pub(in crate::saga) fn complete_mark(
    physical: &mut Physical,
    uid: &str,
    record: &Record,
) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("UPDATE _bindery_saga_marks SET outcome = ")
        .placeholder();
    sql.push(", output = ").placeholder();
    sql.push(", written = ").placeholder();
    sql.push(" WHERE uid = ").placeholder();
    sql.push(" AND step_no = ").placeholder();
    sql.push(" AND way = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(record.outcome.name());
        params.text(&record.output);
        params.push(&record.written);
        params.text(uid);
        params.i64(signed(record.at as u64));
        params.text(record.way.name());
    };
    physical.next_is_own();
    physical.execute(&sql.finish(), write).map(drop)
}

/// All records of a saga, in the order of its steps, those forward first.
pub(in crate::saga) fn records(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
) -> Result<Vec<Record>> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("SELECT step_no, way, step, outcome, output, written FROM ")
        .push(table(is_log))
        .push(" WHERE uid = ")
        .placeholder()
        .push(" ORDER BY way DESC, step_no");
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(uid);
    physical.next_is_own();
    let read = physical.query(&sql.finish(), write, &mut |row| {
        let at = number(row.next()?);
        let way = if row.next::<String>()? == "F" {
            Way::Forward
        } else {
            Way::Back
        };
        let step = row.next()?;
        let outcome = row.next::<String>()?;
        let outcome = Ended::ALL.into_iter().find(|ended| ended.name() == outcome);
        found.push(Record {
            at,
            way,
            step,
            outcome: outcome.unwrap_or(Ended::Done),
            output: row.next()?,
            written: row.next()?,
        });
        Ok(true)
    });
    read.map_err(|error| explained(physical, table(is_log), error))?;
    Ok(found)
}

/// Deletes what the steps of a saga left: in the log, or on another engine.
pub(in crate::saga) fn forget_records(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM ").push(table(is_log));
    sql.push(" WHERE uid = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(uid);
    physical.next_is_own();
    physical.execute(&sql.finish(), write).map(drop)
}

fn table(is_log: bool) -> &'static str {
    if is_log { STEPS } else { MARKS }
}
