//! Transactions of atomic groups that are prepared and not finished.

use std::collections::BTreeMap;
use std::time::Duration;

use bindery::atomic::{BranchState, DoubtfulBranch, PreparedSlots, RecoverOptions, RecoveryReport};

use crate::health::level::Level;
use crate::health::{Look, Row};
use crate::program::AtomicGroups;

const SECTION: &str = "atomic groups";

/// A row for each group and fate of what is in doubt, or one that says that nothing is; no row for an engine that is in no group.
pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let Some(mut report) = listed(look) else {
        return Ok(Vec::new());
    };
    if let Some((_, error)) = report.unreachable.pop() {
        return Err(error);
    }
    let mut rows = rows_of(&report, look);
    rows.extend(report.slots.iter().filter(|it| it.are_scarce()).map(scarce));
    Ok(if rows.is_empty() {
        vec![Row::new(SECTION, "nothing is in doubt")]
    } else {
        rows
    })
}

/// Transactions that are decided, and that the engine may not have committed yet: their homes know them.
pub(super) fn rows_while_down(look: &Look<'_>) -> Vec<Row> {
    listed(look).map_or_else(Vec::new, |report| rows_of(&report, look))
}

/// `None` for an engine that is in no group.
fn listed(look: &Look<'_>) -> Option<RecoveryReport> {
    let groups = AtomicGroups::of(&look.project.input);
    let groups = groups.described();
    let mut engines = groups.iter().flat_map(|group| group.engines);
    if !engines.any(|at| *at == look.position()) {
        return None;
    }
    let options = RecoverOptions::new().dry_run().engine(look.name());
    Some(look.engines.registry.recover_groups(&groups, &options))
}

fn scarce(slots: &PreparedSlots) -> Row {
    let PreparedSlots { used, most, .. } = slots;
    let text = format!("the server has {used} of the {most} prepared transactions that it allows");
    Row::new(SECTION, text)
        .level(Level::Warning)
        .hint("set `max_prepared_transactions` higher in postgresql.conf and restart it, and look in pg_prepared_xacts for what is left there")
}

fn rows_of(report: &RecoveryReport, look: &Look<'_>) -> Vec<Row> {
    let mut alike: BTreeMap<(&str, String), Vec<&DoubtfulBranch>> = BTreeMap::new();
    for branch in report.in_doubt() {
        let fate = branch.fate.to_string();
        alike
            .entry((branch.group.as_str(), fate))
            .or_default()
            .push(branch);
    }
    let alike = alike.iter();
    alike
        .map(|((group, fate), branches)| row(group, fate, branches, look))
        .collect()
}

/// One for all transactions of a group with the same fate.
fn row(group: &str, fate: &str, branches: &[&DoubtfulBranch], look: &Look<'_>) -> Row {
    let which = match branches {
        [branch] => format!("transaction {}", branch.transaction),
        several => format!("{} transactions", several.len()),
    };
    let oldest = branches.iter().filter_map(|branch| branch.age).max();
    let is_late = oldest.unwrap_or(Duration::ZERO) > look.thresholds.max_age;
    let is_mixed = branches
        .iter()
        .any(|branch| branch.fate == BranchState::Mixed);
    let hint = match branches[0].fate {
        BranchState::Awaited => {
            "`bindery recover` when it is back; what is prepared there and not decided is not listed until then"
        }
        BranchState::Forbidden => {
            "`bindery recover` with the user that the program has in its URL, or a superuser"
        }
        _ => "`bindery recover`",
    };
    Row::new(SECTION, format!("group `{group}`, {which}: {fate}"))
        .count(branches.len())
        .oldest(oldest)
        .level(Level::Warning.or(Level::Error, is_late || is_mixed))
        .hint(hint)
}
