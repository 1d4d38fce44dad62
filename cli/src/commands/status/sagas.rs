//! Sagas that are not over, in the logs of the engines that keep one.

use bindery::saga::{SagaSummary, summary_on};

use crate::health::level::Level;
use crate::health::{Look, Row};

const SECTION: &str = "sagas";

/// A row for each saga of which some are not over; no row for an engine that keeps no log, or where all are over.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let found = summary_on(&look.engines.registry, look.chosen())?;
    Ok(found.iter().map(|saga| row(saga, look)).collect())
}

fn row(saga: &SagaSummary, look: &Look<'_>) -> Row {
    let all = saga.running + saga.compensating + saga.compensation_pending + saga.parked;
    let counts = [
        (saga.running, "running"),
        (saga.compensating, "being compensated"),
        (saga.compensation_pending, "with a compensation pending"),
        (saga.parked, "parked"),
        (saga.lost, "of a lost process"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let text = format!("`{}`: {}", saga.saga, counts.join(", "));
    let row = Row::new(SECTION, text)
        .count(usize::try_from(all).unwrap_or(usize::MAX))
        .oldest(Some(saga.oldest));
    let is_late = saga.oldest > look.thresholds.max_age;
    if saga.parked > 0 || (saga.compensation_pending > 0 && is_late) {
        row.level(Level::Error)
            .hint("the log of the program names them; `Saga::retry` lets one that is parked go on")
    } else if saga.compensation_pending > 0 || saga.lost > 0 {
        row.level(Level::Warning)
            .hint("a `bindery::saga::Worker` goes on with them: is one running?")
    } else {
        row
    }
}
