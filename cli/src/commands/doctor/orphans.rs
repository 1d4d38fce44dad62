//! Rows whose foreign key leads to no row, which SQLite lets other programs leave.

use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::links::foreign;
use crate::text::count;

const SECTION: &str = "foreign keys";

/// A row for all foreign keys that some rows do not keep; none where all are kept.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let mut connection = look.engines.registry.connect(look.chosen())?;
    let engine = look.name();
    let row = |text: String| Row::new(SECTION, text).level(Level::Warning);
    let orphans = match foreign::orphans(&mut connection) {
        Ok(orphans) if orphans.is_empty() => return Ok(Vec::new()),
        Ok(orphans) => orphans,
        // A key that refers to columns which are not unique.
        Err(error) => {
            let hint = format!("`bindery validate --engine {engine}`");
            return Ok(vec![
                row(format!("they cannot be checked: {error}")).hint(hint),
            ]);
        }
    };
    let rows: u64 = orphans.iter().map(|one| one.rows).sum();
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    let text = format!("{} to rows that do not exist", refer(rows));
    Ok(vec![row(text).count(rows).hint(format!(
        "`bindery validate --links --engine {engine} --show-keys` lists them, `--repair null` or `--repair delete` repairs them"
    ))])
}

fn refer(rows: usize) -> String {
    let verb = if rows == 1 { "refers" } else { "refer" };
    format!("{} {verb}", count(rows, "row"))
}
