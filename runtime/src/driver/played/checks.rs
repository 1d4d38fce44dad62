//! Checks that hold for every driver, whatever a simulated server sends: an operation ends, its report about itself is
//! true, and no answer is ever taken for another's. What the server says and what is done with it is the driver's own
//! test.

use std::time::Duration;

use super::cut;
use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{ParamWriter, RowReader};

/// For a server that answers everything, and for one that says too little.
pub(in crate::driver) const PATIENT: Duration = Duration::from_secs(20);
pub(in crate::driver) const IMPATIENT: Duration = Duration::from_millis(3);

/// The result of each operation.
pub(in crate::driver) type Outcomes = Vec<Result<String>>;

/// Runs a driver's operations on a server that says this. Returns also whether the connection is broken in the end.
type Play = fn(Vec<Vec<u8>>, Duration) -> (Outcomes, bool);

pub(in crate::driver) fn rows(physical: &mut Physical) -> Result<String> {
    let mut found = String::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    physical.query("SELECT", write, &mut |row| {
        found.push_str(&read_row(row)?);
        Ok(true)
    })?;
    Ok(found)
}

pub(in crate::driver) fn pulled(physical: &mut Physical) -> Result<String> {
    let mut found = String::new();
    let mut cursor = physical.cursor("SELECT", &mut |params| params.i64(7))?;
    while let Some(mut row) = cursor.next()? {
        found.push_str(&read_row(&mut row)?);
    }
    Ok(found)
}

fn read_row(row: &mut RowReader<'_>) -> Result<String> {
    let id = row.i64()?;
    let name = if row.skip_null() { "-" } else { row.text()? };
    Ok(format!("{id}{name} "))
}

pub(in crate::driver) fn kind_of(outcome: &Result<String>) -> Option<&ErrorKind> {
    outcome.as_ref().err().map(Error::kind)
}

/// Whether the connection ended during the statement: what became of a write is unknown then.
pub(in crate::driver) fn is_lost(outcome: &Result<String>) -> bool {
    matches!(
        kind_of(outcome),
        Some(ErrorKind::ConnectionLost | ErrorKind::Timeout { .. } | ErrorKind::OutcomeUnknown)
    )
}

/// Each operation gives what it was meant to until the first that learns of the loss, and none does after that.
pub(in crate::driver) fn cut_anywhere(script: &[Vec<u8>], play: Play) {
    let (whole, _) = play(script.to_vec(), PATIENT);
    for length in 0..script.concat().len() {
        let (outcomes, broken) = play(cut(script, length), PATIENT);
        let mut lost = false;
        for (outcome, meant) in outcomes.iter().zip(&whole) {
            let same = format!("{outcome:?}") == format!("{meant:?}");
            // BEGIN may be answered without being sent, as long as the loss is not known.
            assert!(
                is_lost(outcome) || (same && !lost),
                "cut at {length}: {outcome:?}"
            );
            lost |= is_lost(outcome);
        }
        assert!(lost && broken, "cut at {length}");
    }
}

/// An answer without a request, after the rows of the first operation, would be taken for that of the next statement.
pub(in crate::driver) fn answered_twice(mut script: Vec<Vec<u8>>, first: &str, play: Play) {
    let again = script[1].clone();
    script[1].extend_from_slice(&again);
    let (outcomes, broken) = play(script, PATIENT);
    assert_eq!(outcomes[0].as_deref().ok(), Some(first));
    assert!(broken && outcomes[1..].iter().all(is_lost), "{outcomes:?}");
}

/// Answers that no server sends.
pub(in crate::driver) fn noise(play: Play) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    for _ in 0..2_000 {
        let noise: Vec<u8> = (0..64).map(|_| byte()).collect();
        let (outcomes, broken) = play(vec![noise.clone()], PATIENT);
        assert!(broken && outcomes[0].is_err(), "{noise:?}");
    }
}
