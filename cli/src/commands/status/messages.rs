//! Events that wait for a relay, messages that wait for a consumer, and those that failed: dead letters.

use super::tasks;
use crate::health::{Look, Row};
use crate::task_tables::Table;

/// The tables, by the names of their sections.
const TABLES: [(&str, Table); 2] = [("events", Table::Events), ("messages", Table::Messages)];

/// A row for each table that has any; none where the tables are not there, as an engine may have tasks alone.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (section, table) in TABLES {
        if !table.is_on(look.engine()) {
            continue;
        }
        let summary = tasks::summary(table, look)?;
        let queue = table.queue(&look.engines.registry, look.chosen());
        if let Some(summary) = summary
            && !queue.is_empty()?
        {
            rows.push(tasks::row(&summary, (section, table), look));
        }
    }
    Ok(rows)
}
