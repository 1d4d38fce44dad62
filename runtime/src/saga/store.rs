//! The tables of sagas. `_bindery_sagas` and `_bindery_saga_steps` are the log, on the engine that the saga names: its state, and
//! the outputs of its steps. `_bindery_saga_marks` is on each other engine: a row for each step that was done there, written in
//! the step's own transaction, so that a step is done once whatever becomes of the process.

mod lists;
mod progress;
mod records;
mod tables;

use crate::driver::Physical;
use crate::driver::own_tables::statements::sagas;
use crate::error::Result;

pub(super) use self::lists::{Waiting, forget, over, waiting};
pub(super) use self::progress::{Ended, Hold, Progress, Record, SagaState, Saved, Way};
pub(super) use self::records::{complete_mark, forget_records, insert_record, records};
pub(super) use self::tables::{create, explained, statements};

pub(super) const SAGAS: &str = "_bindery_sagas";
const STEPS: &str = "_bindery_saga_steps";
pub(super) const MARKS: &str = "_bindery_saga_marks";

/// The longest id of a saga, in characters.
pub(super) const LONGEST_ID: usize = 191;

/// Begins a saga; `false` where there is one of this id.
pub(super) fn insert(physical: &mut Physical, new: &Saved, hold: Hold<'_>) -> Result<bool> {
    let (owner, wait_ms) = hold.parts();
    let values = sagas::AddValues {
        saga: &new.saga,
        id: &new.id,
        uid: &new.uid,
        steps: &new.steps,
        input: &new.input,
        state: new.progress.state.name(),
        epoch: new.epoch,
        owner,
        wait_ms,
    };
    match sagas::add(physical, values) {
        Ok(rows) => Ok(rows == 1),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(explained(physical, SAGAS, error)),
    }
}

impl<'o> Hold<'o> {
    /// The owner, and from when others may go on with it.
    fn parts(self) -> (Option<&'o str>, i64) {
        match self {
            Self::Mine(owner, lease_ms) => (Some(owner), signed(lease_ms)),
            Self::Free(wait_ms) => (None, signed(wait_ms)),
        }
    }
}

/// Reads one saga.
pub(super) fn read_saga(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    let found = sagas::read(physical, saga, id);
    let found = found.map_err(|error| explained(physical, SAGAS, error))?;
    Ok(found.map(saved))
}

/// Reads one saga that was in the way of an insert, even where the transaction is older than it.
pub(super) fn read_latest(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    let found = sagas::latest(physical, saga, id);
    let found = found.map_err(|error| explained(physical, SAGAS, error))?;
    Ok(found.map(saved))
}

/// Some of the sagas of these names that can be gone on with now, the longest waiting first.
pub(super) fn due(physical: &mut Physical, names: &[&str]) -> Result<Vec<Saved>> {
    let found = sagas::due(physical, names);
    let found = found.map_err(|error| explained(physical, SAGAS, error))?;
    Ok(found.into_iter().map(saved).collect())
}

fn saved(row: sagas::ReadRow) -> Saved {
    Saved {
        saga: row.saga,
        id: row.id,
        uid: row.uid,
        steps: row.steps,
        input: row.input,
        progress: Progress {
            // A state of a later version of bindery is for that one to go on with.
            state: SagaState::named(&row.state).unwrap_or(SagaState::ParkedForward),
            at: number(row.step_no),
            attempts: small(row.attempts),
            failures: small(row.failures),
            doubt: row.doubt != 0,
            stalled_ms: (row.stalled_ms > 0).then_some(row.stalled_ms.unsigned_abs()),
            failed: row.failed_step.zip(row.error),
            undo_failed: row.undo_step.zip(row.undo_error),
        },
        epoch: row.epoch,
        is_due: row.is_due != 0,
    }
}

/// Takes a saga that no process runs; `false` where another process was faster, or where its owner has shown a sign of life since.
pub(super) fn claim(
    physical: &mut Physical,
    saved: &Saved,
    owner: &str,
    lease_ms: u64,
) -> Result<bool> {
    let lease_ms = signed(lease_ms);
    let (saga, id, epoch) = (&saved.saga, &saved.id, saved.epoch);
    Ok(sagas::claim(physical, Some(owner), lease_ms, saga, id, epoch)? == 1)
}

/// Writes the progress of a saga; `false` where it is not as it was read: another process has it, or this was done already.
pub(super) fn advance(
    physical: &mut Physical,
    was: &Saved,
    to: &Progress,
    hold: Hold<'_>,
) -> Result<bool> {
    let (owner, wait_ms) = hold.parts();
    let [(failed_step, error), (undo_step, undo_error)] =
        [&to.failed, &to.undo_failed].map(|failed| {
            let failed = failed.as_ref();
            failed.map(|(step, error)| (&**step, &**error)).unzip()
        });
    let values = sagas::AdvanceValues {
        state: to.state.name(),
        step_no: signed(to.at as u64),
        attempts: to.attempts.into(),
        failures: to.failures.into(),
        doubt: to.doubt.into(),
        failed_step,
        error,
        undo_step,
        undo_error,
        stalled: to.stalled_ms.is_some().into(),
        owner,
        wait_ms,
        saga: &was.saga,
        id: &was.id,
        epoch: was.epoch,
        was: was.progress.state.name(),
        was_at: signed(was.progress.at as u64),
    };
    Ok(sagas::advance(physical, values)? == 1)
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
