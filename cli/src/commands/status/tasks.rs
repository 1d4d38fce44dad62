//! Tasks of outboxes that wait, and those that failed.

use bindery::outbox::TaskSummary;

use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::task_tables::Table;

const SECTION: &str = "tasks";

/// One row; none for an engine without an outbox.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    if !Table::Tasks.is_on(look.engine()) {
        return Ok(Vec::new());
    }
    match summary(Table::Tasks, look)? {
        Some(summary) => Ok(vec![row(&summary, (SECTION, Table::Tasks), look)]),
        None => {
            let hint = format!("`bindery create --engine {}`", look.name());
            let row = Row::new(SECTION, "there is no table `_bindery_outbox`");
            Ok(vec![row.level(Level::Error).hint(hint)])
        }
    }
}

/// The numbers of a table of tasks; `None` where there is no such table.
pub(super) fn summary(table: Table, look: &Look<'_>) -> bindery::Result<Option<TaskSummary>> {
    let queue = table.queue(&look.engines.registry, look.chosen());
    match queue.summary() {
        Ok(summary) => Ok(Some(summary)),
        Err(error) if matches!(error.kind(), bindery::ErrorKind::Config(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tasks that wait for a time of their own are not late, so only the oldest that is due counts.
pub(super) fn row(
    summary: &TaskSummary,
    (section, table): (&'static str, Table),
    look: &Look<'_>,
) -> Row {
    let (pending, running, failed) = (summary.pending, summary.running, summary.failed);
    let text = format!("{pending} pending, {running} running, {failed} failed");
    let is_late = summary
        .oldest_due
        .is_some_and(|age| age > look.thresholds.max_age);
    let level = Level::Ok
        .or(Level::Warning, failed > look.thresholds.max_failed)
        .or(Level::Error, is_late);
    let which = if failed > 0 { " --failed" } else { "" };
    let count = usize::try_from(pending + failed).unwrap_or(usize::MAX);
    Row::new(section, text)
        .count(count)
        .oldest(summary.oldest_due)
        .level(level)
        .hint(format!(
            "`{}{which} --engine {}`",
            table.command(),
            look.name()
        ))
}
