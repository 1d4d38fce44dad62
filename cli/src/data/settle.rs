//! Rows that a copy refused, tried again: what they wait for may have been written since.

use super::pairs::Pair;
use super::repair::{RejectedRow, Repair, Repaired};
use crate::failure::Failure;

/// Rows that wait for others; their keys are in memory.
const MOST_WAITING: usize = 100_000;

/// Tries the rows again that were refused, as long as that helps one of them. Those that wait for each other's unique values are written
/// in one transaction. The rows that are left are those that nothing helps. Returns what was written of each table.
pub(crate) fn settle(
    repair: &Repair<'_>,
    pairs: &[Pair<'_>],
    waiting: &mut [Vec<RejectedRow>],
) -> Result<Vec<Repaired>, Failure> {
    let mut written = vec![Repaired::default(); pairs.len()];
    loop {
        let before = count(waiting);
        if before == 0 {
            return Ok(written);
        }
        retry(repair, pairs, (waiting, &mut written))?;
        if count(waiting) < before {
            continue;
        }
        for (at, pair) in pairs.iter().enumerate() {
            written[at].add(repair.exchange(pair, &mut waiting[at])?);
        }
        if count(waiting) == before {
            return Ok(written);
        }
    }
}

/// Tries all of them once.
fn retry(
    repair: &Repair<'_>,
    pairs: &[Pair<'_>],
    (waiting, written): (&mut [Vec<RejectedRow>], &mut [Repaired]),
) -> Result<(), Failure> {
    let tried: Vec<Vec<RejectedRow>> = waiting.iter_mut().map(std::mem::take).collect();
    for (at, pair) in pairs.iter().enumerate().rev() {
        written[at].add(repair.retry(pair, &tried[at], true)?);
        waiting[at].extend(repair.take_rejected());
    }
    for (at, pair) in pairs.iter().enumerate() {
        written[at].add(repair.retry(pair, &tried[at], false)?);
        waiting[at].extend(repair.take_rejected());
    }
    Ok(())
}

fn count(waiting: &[Vec<RejectedRow>]) -> usize {
    waiting.iter().map(Vec::len).sum()
}

/// Refuses more waiting rows than there is memory for.
pub(crate) fn ensure_few(waiting: &[Vec<RejectedRow>]) -> Result<(), Failure> {
    if count(waiting) <= MOST_WAITING {
        return Ok(());
    }
    let message = format!(
        "more than {MOST_WAITING} rows wait for rows that they refer to, or that refer to them"
    );
    Err(Failure::new(message).help("copy all rows again: `bindery mirror … --replace`"))
}

/// The failure of a row that nothing helps.
pub(crate) fn refused(row: &RejectedRow) -> Failure {
    Failure::new(format!(
        "the row with key {} is refused: {}",
        row.key.shown(),
        row.reason
    ))
}
