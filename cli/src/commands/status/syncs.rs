//! Copies of other engines' tables: how their last runs ended, and rows that they could not copy.

use bindery::sync::SyncSummary;

use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::text;

const SECTION: &str = "syncs";

/// A row for each sync to the engine.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let syncs = look.engines.registry.sync_summaries(look.chosen())?;
    Ok(syncs.iter().map(|sync| row(sync, look)).collect())
}

fn row(sync: &SyncSummary, look: &Look<'_>) -> Row {
    let mut text = format!("`{}`, run {}: {}", sync.name, sync.run, sync.status);
    if let Some(error) = &sync.error {
        text += &format!(", {error}");
    }
    if sync.rejected > 0 {
        text += &format!(", {} rejected", text::rows(sync.rejected));
    }
    let has_failed = sync.status == "failed";
    let is_old = sync.age > look.thresholds.max_sync_age;
    let has_rejected = sync.rejected > look.thresholds.max_failed;
    let hint = match (has_failed, sync.rejected) {
        (true, _) => "the next run goes on where it ended",
        (false, 0) => "run it again, or raise `--max-sync-age` where it runs less often",
        (false, _) => {
            "`bindery sync --rejects` lists them with the reasons; the next run tries them again"
        }
    };
    Row::new(SECTION, text)
        .count(usize::try_from(sync.rejected).unwrap_or(usize::MAX))
        .oldest(Some(sync.age))
        .level(Level::Ok.or(Level::Warning, has_failed || is_old || has_rejected))
        .hint(hint)
}
