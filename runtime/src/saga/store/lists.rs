//! Lists over all sagas of a log: those that are over, which are deleted some time, and those that wait.

use super::{SagaState, signed};
use crate::driver::Physical;
use crate::driver::own_tables::statements::sagas;
use crate::error::Result;

/// Deletes a saga itself.
pub(in crate::saga) fn forget(
    physical: &mut Physical,
    saga: &str,
    id: &str,
    uid: &str,
) -> Result<()> {
    sagas::forget(physical, saga, id, uid)
}

/// Ids and marks of sagas of a name that have been over for this long: those that completed, and those that failed.
pub(in crate::saga) fn over(
    physical: &mut Physical,
    saga: &str,
    age_ms: u64,
    limit: usize,
) -> Result<Vec<(String, String)>> {
    let over = sagas::over(physical, saga, signed(age_ms), signed(limit as u64))?;
    Ok(over.into_iter().map(|row| (row.id, row.uid)).collect())
}

/// Returns the number of sagas of each name and state that is not over, and the age of the oldest in milliseconds; `lost` are
/// those whose owner did not go on in time.
pub(in crate::saga) fn waiting(physical: &mut Physical) -> Result<Vec<Waiting>> {
    let waiting = sagas::waiting(physical)?.into_iter();
    let waiting = waiting.map(|row| Waiting {
        saga: row.saga,
        state: SagaState::named(&row.state).unwrap_or(SagaState::ParkedForward),
        count: row.number.unsigned_abs(),
        lost: row.lost.unsigned_abs(),
        oldest_ms: row.oldest_ms.max(0).unsigned_abs(),
    });
    Ok(waiting.collect())
}

/// A row of [`waiting`].
pub(in crate::saga) struct Waiting {
    pub(in crate::saga) saga: String,
    pub(in crate::saga) state: SagaState,
    pub(in crate::saga) count: u64,
    pub(in crate::saga) lost: u64,
    pub(in crate::saga) oldest_ms: u64,
}
