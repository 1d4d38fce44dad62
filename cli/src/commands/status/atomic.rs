//! Transactions of atomic groups that are prepared and not finished.

use bindery::{DoubtfulBranch, RecoverOptions};

use super::{Look, Row};
use crate::commands::recover;
use crate::level::Level;

const SECTION: &str = "atomic groups";

/// A row for each transaction in doubt, or one that says that there is none; no row for an engine that is in no group.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let groups = recover::groups(look.project);
    if !groups
        .iter()
        .any(|group| group.engines.contains(&look.position()))
    {
        return Ok(Vec::new());
    }
    let options = RecoverOptions::new().dry_run().engine(look.name());
    let mut report = look.engines.registry.recover_groups(&groups, &options);
    if let Some((_, error)) = report.unreachable.pop() {
        return Err(error);
    }
    let rows: Vec<Row> = report.in_doubt().map(|branch| row(branch, look)).collect();
    Ok(if rows.is_empty() {
        vec![Row::new(SECTION, "nothing is in doubt")]
    } else {
        rows
    })
}

fn row(branch: &DoubtfulBranch, look: &Look<'_>) -> Row {
    let (group, transaction) = (&branch.group, &branch.transaction);
    let age = branch.age.unwrap_or_default();
    let text = format!(
        "group `{group}`, transaction {transaction}: {}",
        branch.fate
    );
    let level = Level::Warning.or(Level::Error, age > look.thresholds.max_age);
    Row::new(SECTION, text)
        .count(1)
        .oldest(branch.age)
        .level(level)
        .hint("`bindery recover`")
}
