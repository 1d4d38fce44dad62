//! Tasks of outboxes that wait, and those that failed.

use bindery::outbox::{TaskQueue, TaskSummary};

use super::{Look, Row};
use crate::level::Level;

const SECTION: &str = "tasks";

/// One row; none for an engine without an outbox.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    if !look.project.input.engines[look.position()].outbox {
        return Ok(Vec::new());
    }
    let summary = TaskQueue::new(&look.engines.registry, look.chosen()).summary();
    match summary {
        Ok(summary) => Ok(vec![row(&summary, look)]),
        Err(error) if matches!(error.kind(), bindery::ErrorKind::Config(_)) => {
            let hint = format!("`bindery create --engine {}`", look.name());
            let row = Row::new(SECTION, "there is no table `_bindery_outbox`");
            Ok(vec![row.level(Level::Error).hint(hint)])
        }
        Err(error) => Err(error),
    }
}

/// Tasks that wait for a time of their own are not late, so only the oldest that is due counts.
fn row(summary: &TaskSummary, look: &Look<'_>) -> Row {
    let (pending, running, failed) = (summary.pending, summary.running, summary.failed);
    let text = format!("{pending} pending, {running} running, {failed} failed");
    let is_late = summary
        .oldest_due
        .is_some_and(|age| age > look.thresholds.max_age);
    let level = Level::Ok
        .or(Level::Warning, failed > 0)
        .or(Level::Error, is_late);
    let which = if failed > 0 { " --failed" } else { "" };
    let count = usize::try_from(pending + failed).unwrap_or(usize::MAX);
    Row::new(SECTION, text)
        .count(count)
        .oldest(summary.oldest_due)
        .level(level)
        .hint(format!(
            "`bindery tasks list{which} --engine {}`",
            look.name()
        ))
}
