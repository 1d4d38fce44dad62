//! The tables of sagas. `_bindery_sagas` and `_bindery_saga_steps` are the log, on the engine that the saga names: its state, and
//! the outputs of its steps. `_bindery_saga_marks` is on each other engine: a row for each step that was done there, written in
//! the step's own transaction, so that a step is done once whatever becomes of the process.

mod lists;
mod progress;
mod records;
mod tables;

use crate::driver::Physical;
use crate::driver::own_tables;
use crate::error::Result;
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

pub(super) use self::lists::{Waiting, forget, over, waiting};
pub(super) use self::progress::{Ended, Hold, Progress, Record, SagaState, Saved, Way};
pub(super) use self::records::{complete_mark, forget_records, insert_record, records};
pub(super) use self::tables::{create, explained, statements};

pub(super) const SAGAS: &str = "_bindery_sagas";
const STEPS: &str = "_bindery_saga_steps";
pub(super) const MARKS: &str = "_bindery_saga_marks";

/// The longest id of a saga, in characters.
pub(super) const LONGEST_ID: usize = 191;

/// A clock that was set back by more than this makes nothing wait longer.
const SKEW_MS: i64 = 60_000;

/// The columns of [`Saved`]; `{now}` is the database's clock.
const COLUMNS: &str = "saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, \
    CASE WHEN stalled_ms = 0 THEN 0 ELSE {now} - stalled_ms END, failed_step, error, undo_step, undo_error, epoch, \
    CASE WHEN due_ms <= {now} OR changed_ms > {now} + {skew} THEN 1 ELSE 0 END";

fn timed(dialect: Dialect, text: &str) -> String {
    let skew = SKEW_MS.to_string();
    text.replace("{now}", own_tables::now_ms(dialect))
        .replace("{skew}", &skew)
}

/// The condition that a saga can be gone on with now.
fn is_due(dialect: Dialect) -> String {
    timed(
        dialect,
        "state IN ('running', 'compensating', 'pending') AND (due_ms <= {now} OR changed_ms > {now} + {skew})",
    )
}

/// Begins a saga; `false` where there is one of this id.
pub(super) fn insert(physical: &mut Physical, new: &Saved, hold: Hold<'_>) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push(
        "INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, \
         epoch, owner, due_ms, created_ms, changed_ms) VALUES (",
    );
    for _ in 0..6 {
        sql.placeholder().push(", ");
    }
    sql.push("0, 0, 0, 0, 0, ")
        .placeholder()
        .push(", ")
        .placeholder();
    sql.push(&timed(dialect, ", {now} + ")).placeholder();
    sql.push(&timed(dialect, ", {now}, {now})"));
    sql.push(match dialect {
        // An error would end the caller's transaction on PostgreSQL.
        Dialect::Sqlite | Dialect::Postgres => " ON CONFLICT DO NOTHING",
        // An error undoes this statement only. `INSERT IGNORE` would hide other errors too.
        Dialect::Mysql => "",
    });
    let write = &mut |params: &mut ParamWriter<'_>| {
        for text in [&new.saga, &new.id, &new.uid, &new.steps, &new.input] {
            params.text(text);
        }
        params.text(new.progress.state.name());
        params.i64(new.epoch);
        hold.write(params);
    };
    physical.next_is_own();
    match physical.execute(&sql.finish(), write) {
        Ok(rows) => Ok(rows == 1),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(explained(physical, SAGAS, error)),
    }
}

impl Hold<'_> {
    fn write(self, params: &mut ParamWriter<'_>) {
        let (owner, wait_ms) = match self {
            Self::Mine(owner, lease_ms) => (Some(owner.to_owned()), lease_ms),
            Self::Free(wait_ms) => (None, wait_ms),
        };
        params.push(&owner);
        params.i64(signed(wait_ms));
    }
}

/// Reads one saga.
pub(super) fn read_saga(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    read_with(physical, saga, id, "")
}

/// Reads one saga that was in the way of an insert, even where the transaction is older than it.
pub(super) fn read_latest(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    let end = match physical.dialect() {
        // There the insert has failed with what this transaction cannot see.
        Dialect::Sqlite | Dialect::Postgres => "",
        Dialect::Mysql => " LOCK IN SHARE MODE",
    };
    read_with(physical, saga, id, end)
}

fn read_with(physical: &mut Physical, saga: &str, id: &str, end: &str) -> Result<Option<Saved>> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push(&format!(
        "SELECT {} FROM _bindery_sagas WHERE saga = ",
        timed(physical.dialect(), COLUMNS)
    ));
    sql.placeholder().push(" AND id = ").placeholder().push(end);
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(saga);
        params.text(id);
    };
    let found = select(physical, &sql.finish(), write)?;
    Ok(found.into_iter().next())
}

/// The sagas of these names that can be gone on with now, the longest waiting first.
pub(super) fn due(physical: &mut Physical, sagas: &[&str], limit: usize) -> Result<Vec<Saved>> {
    let sql = due_sql(physical.dialect(), sagas.len(), limit);
    let write = &mut |params: &mut ParamWriter<'_>| sagas.iter().for_each(|name| params.text(name));
    select(physical, &sql, write)
}

/// The statement of [`due`] for a number of names.
pub(super) fn due_sql(dialect: Dialect, names: usize, limit: usize) -> String {
    let mut sql = SqlWriter::new(dialect);
    let columns = timed(dialect, COLUMNS);
    let is_due = is_due(dialect);
    // Without statistics SQLite takes the primary key, and reads all sagas of a name that are over. The sign keeps it from that.
    let saga = match dialect {
        Dialect::Sqlite => "+saga",
        Dialect::Postgres | Dialect::Mysql => "saga",
    };
    sql.push(&format!(
        "SELECT {columns} FROM _bindery_sagas WHERE {is_due} AND {saga} IN ("
    ));
    for at in 0..names {
        sql.push(if at == 0 { "" } else { ", " }).placeholder();
    }
    sql.push(&format!(") ORDER BY due_ms LIMIT {limit}"));
    sql.finish()
}

fn select(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<Vec<Saved>> {
    let mut found = Vec::new();
    physical.next_is_own();
    let read = physical.query(sql, write, &mut |row| {
        let (saga, id, uid, steps, input) = (
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
        );
        // A state of a later version of bindery is for that one to go on with.
        let state = SagaState::named(&row.next::<String>()?);
        let at = number(row.next()?);
        let (attempts, failures) = (small(row.next()?), small(row.next()?));
        let doubt = row.next::<i64>()? != 0;
        let stalled = row.next::<i64>()?;
        let texts: [Option<String>; 4] = [row.next()?, row.next()?, row.next()?, row.next()?];
        let [failed_step, error, undo_step, undo_error] = texts;
        let epoch = row.next()?;
        let is_due = row.next::<i64>()? != 0;
        found.push(Saved {
            saga,
            id,
            uid,
            steps,
            input,
            progress: Progress {
                state: state.unwrap_or(SagaState::ParkedForward),
                at,
                attempts,
                failures,
                doubt,
                stalled_ms: (stalled > 0).then_some(stalled.unsigned_abs()),
                failed: failed_step.zip(error),
                undo_failed: undo_step.zip(undo_error),
            },
            epoch,
            is_due,
        });
        Ok(true)
    });
    read.map_err(|error| explained(physical, SAGAS, error))?;
    Ok(found)
}

/// Takes a saga that no process runs; `false` where another process was faster, or where its owner has shown a sign of life since.
pub(super) fn claim(
    physical: &mut Physical,
    saved: &Saved,
    owner: &str,
    lease_ms: u64,
) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    // Where it was left without an owner, nothing was at work. Another owner is lost, and what it was about may be committed.
    sql.push("UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END, attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = ")
        .placeholder()
        .push(&timed(dialect, ", due_ms = {now} + "))
        .placeholder()
        .push(&timed(dialect, ", changed_ms = {now} WHERE saga = "))
        .placeholder()
        .push(" AND id = ")
        .placeholder()
        .push(" AND epoch = ")
        .placeholder()
        .push(" AND ")
        .push(&is_due(dialect));
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(owner);
        params.i64(signed(lease_ms));
        params.text(&saved.saga);
        params.text(&saved.id);
        params.i64(saved.epoch);
    };
    physical.next_is_own();
    Ok(physical.execute(&sql.finish(), write)? == 1)
}

/// Writes the progress of a saga; `false` where it is not as it was read: another process has it, or this was done already.
pub(super) fn advance(
    physical: &mut Physical,
    was: &Saved,
    to: &Progress,
    hold: Hold<'_>,
) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push("UPDATE _bindery_sagas SET state = ").placeholder();
    for column in [
        "step_no",
        "attempts",
        "failures",
        "doubt",
        "failed_step",
        "error",
        "undo_step",
        "undo_error",
    ] {
        sql.push(", ").push(column).push(" = ").placeholder();
    }
    sql.push(&match to.stalled_ms {
        None => ", stalled_ms = 0".to_owned(),
        Some(_) => timed(
            dialect,
            ", stalled_ms = CASE WHEN stalled_ms = 0 THEN {now} ELSE stalled_ms END",
        ),
    });
    sql.push(", owner = ")
        .placeholder()
        .push(&timed(dialect, ", due_ms = {now} + "))
        .placeholder()
        .push(&timed(dialect, ", changed_ms = {now} WHERE saga = "))
        .placeholder();
    for column in ["id", "epoch", "state", "step_no"] {
        sql.push(" AND ").push(column).push(" = ").placeholder();
    }
    let write = &mut |params: &mut ParamWriter<'_>| {
        to.write(params);
        hold.write(params);
        params.text(&was.saga);
        params.text(&was.id);
        params.i64(was.epoch);
        params.text(was.progress.state.name());
        params.i64(signed(was.progress.at as u64));
    };
    physical.next_is_own();
    Ok(physical.execute(&sql.finish(), write)? == 1)
}

impl Progress {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(self.state.name());
        let numbers = [
            self.at as u64,
            self.attempts.into(),
            self.failures.into(),
            self.doubt.into(),
        ];
        numbers
            .into_iter()
            .for_each(|number| params.i64(signed(number)));
        for failed in [&self.failed, &self.undo_failed] {
            params.push(&failed.as_ref().map(|(step, _)| step.clone()));
            params.push(&failed.as_ref().map(|(_, error)| error.clone()));
        }
    }
}

/// Whether the saga is as it was read, for all that is known now.
pub(super) fn is_as_read(physical: &mut Physical, was: &Saved) -> Result<bool> {
    let found = read_saga(physical, &was.saga, &was.id)?;
    Ok(found.is_some_and(|now| {
        let of = |saved: &Saved| (saved.epoch, saved.progress.state, saved.progress.at);
        of(&now) == of(was)
    }))
}

fn number(value: i64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
