//! The names that checks without one have on each database.

use crate::ast::Name;
use crate::draft::{DraftCheck, DraftTable};
use crate::lists::IntoVec as _;

use super::effects::{CheckNames, Effects};
use super::postgres::implied::{implied_name, texts};
use super::rename::speaks_of;

/// Gives each check the name that PostgreSQL gave it.
pub(super) fn settle(table: &mut DraftTable) {
    let names = names_of(table);
    for (check, names) in table.checks.iter_mut().zip(names) {
        check.name = names.into_iter().next();
    }
}

/// The names that each check may go by.
pub(super) fn names_of(table: &DraftTable) -> Vec<Vec<String>> {
    let mut taken: Vec<Vec<String>> = Vec::new();
    let mut unnamed = 0;
    for check in &table.checks {
        let names = match &check.name {
            Some(name) => vec![name.clone()],
            None => {
                unnamed += 1;
                match Effects::of(table.dialect).check_names {
                    CheckNames::AfterColumn => vec![free_name(table, check, &taken)],
                    CheckNames::Numbered => numbered_names(table, check, unnamed),
                    CheckNames::None => Vec::new(),
                }
            }
        };
        taken.push(names);
    }
    taken
}

/// MySQL: `t_chk_1`; MariaDB: the column's name, or `CONSTRAINT_1`.
fn numbered_names(table: &DraftTable, check: &DraftCheck, number: usize) -> Vec<String> {
    let own = match &check.column {
        Some(column) => column.text.clone(),
        None => format!("CONSTRAINT_{number}"),
    };
    vec![format!("{}_chk_{number}", table.name.name.text), own]
}

/// PostgreSQL: after the table and the one column that the check mentions, and a number if that is taken.
fn free_name(table: &DraftTable, check: &DraftCheck, taken: &[Vec<String>]) -> String {
    let spoken_of = |name: &&Name| speaks_of(&check.condition, &name.text, table.dialect);
    let columns = table.columns.iter().map(|column| &column.name);
    let mut columns: Vec<Name> = match &check.column {
        Some(column) => vec![column.clone()],
        None => columns.filter(spoken_of).cloned().into_vec(),
    };
    if columns.len() > 1 {
        columns.clear();
    }
    let is_taken = |name: &String| taken.iter().flatten().any(|known| known == name);
    let mut suffixes = (0..).map(|number: usize| match number {
        0 => "check".to_owned(),
        _ => format!("check{number}"),
    });
    let name = |suffix: String| implied_name(&table.name.name.text, &texts(&columns), &suffix);
    suffixes
        .by_ref()
        .map(name)
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}
