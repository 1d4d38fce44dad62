//! Readers of the changes that triggers record: those that are behind, or gone.

use bindery::sync::ChangeReader;

use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::text::count;

const SECTION: &str = "capture";

/// A row for each reader of the engine's changes.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let readers = look.engines.registry.change_readers(look.chosen())?;
    Ok(readers.iter().map(|reader| row(look, reader)).collect())
}

fn row(look: &Look<'_>, reader: &ChangeReader) -> Row {
    let behind = usize::try_from(reader.behind).unwrap_or(usize::MAX);
    let waits = reader
        .oldest
        .is_some_and(|age| age > look.thresholds.max_age);
    let text = format!(
        "`{}` of {}: {} behind",
        reader.name,
        reader.table,
        count(behind, "change")
    );
    Row::new(SECTION, text)
        .count(behind)
        .oldest(reader.oldest)
        .level(Level::Ok.or(Level::Warning, waits))
        .hint("changes are kept until it reads them; one that is gone for good is removed with `db.registry().remove_change_reader`")
}
