//! The ends of steps: records in the log, and marks on the engines of the steps.

use super::{Ended, MARKS, Record, STEPS, Way, explained, number, signed};
use crate::driver::Physical;
use crate::driver::own_tables::statements::{saga_steps, sagas};
use crate::error::Result;

/// Inserts what became of a step: into the log, or as a mark on the step's own engine.
pub(in crate::saga) fn insert_record(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
    record: &Record,
) -> Result<()> {
    let values = saga_steps::AddValues {
        uid,
        step_no: signed(record.at as u64),
        way: record.way.name(),
        step: &record.step,
        outcome: record.outcome.name(),
        output: &record.output,
        written: record.written.as_deref(),
    };
    saga_steps::add(physical, table(is_log), values)
}

/// Completes a mark that was inserted in the same transaction.
pub(in crate::saga) fn complete_mark(
    physical: &mut Physical,
    uid: &str,
    record: &Record,
) -> Result<()> {
    sagas::complete_mark(
        physical,
        record.outcome.name(),
        &record.output,
        record.written.as_deref(),
        uid,
        signed(record.at as u64),
        record.way.name(),
    )
}

/// All records of a saga, in the order of its steps, those forward first.
pub(in crate::saga) fn records(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
) -> Result<Vec<Record>> {
    let found = saga_steps::read(physical, table(is_log), uid);
    let found = found.map_err(|error| explained(physical, table(is_log), error))?;
    let found = found.into_iter().map(|row| {
        let outcome = Ended::ALL.into_iter().find(|it| it.name() == row.outcome);
        Record {
            at: number(row.step_no),
            way: match row.way.as_str() {
                "F" => Way::Forward,
                _ => Way::Back,
            },
            step: row.step,
            outcome: outcome.unwrap_or(Ended::Done),
            output: row.output,
            written: row.written,
        }
    });
    Ok(found.collect())
}

/// Deletes what the steps of a saga left: in the log, or on another engine.
pub(in crate::saga) fn forget_records(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
) -> Result<()> {
    saga_steps::forget(physical, table(is_log), uid)
}

fn table(is_log: bool) -> &'static str {
    if is_log { STEPS } else { MARKS }
}
