//! The names that checks without one have on each database.

use crate::ast::Name;
use crate::draft::{DraftCheck, DraftTable};
use crate::lists::IntoVec as _;

use super::effects::{CheckNames, Effects};
use super::postgres::implied::{implied_name, texts};
use super::rename::speaks_of;

/// Gives each check the name that its database gave it, and that stays whatever becomes of the table and of its other checks. By a name that is
/// dropped MySQL's are distinguished from MariaDB's.
pub(super) fn settle(table: &mut DraftTable, dropped: Option<&str>) {
    let start = numbered_start(table);
    let is_of_mysql = dropped.is_some_and(|name| name.starts_with(&start));
    let is_numbered = matches!(Effects::of(table.dialect).check_names, CheckNames::Numbered);
    let names = names_of(table);
    for (check, mut names) in table.checks.iter_mut().zip(names) {
        // MariaDB's check of a column has none, and is not dropped by itself.
        let has_none = is_numbered && !is_of_mysql && check.column.is_some();
        if check.name.is_none() && !has_none {
            check.name = if is_of_mysql {
                names.pop()
            } else {
                names.into_iter().next()
            };
        }
    }
}

/// The names that each check may go by.
pub(super) fn names_of(table: &DraftTable) -> Vec<Vec<String>> {
    let start = numbered_start(table);
    let written = table.checks.iter().filter_map(|check| check.name.clone());
    let mut taken: Vec<String> = written.into_vec();
    let number = |name: &String| name.strip_prefix(&start)?.parse::<u32>().ok();
    let mut highest = taken.iter().filter_map(number).max().unwrap_or_default();
    let named = |check: &DraftCheck| {
        if let Some(name) = &check.name {
            return vec![name.clone()];
        }
        let names = match Effects::of(table.dialect).check_names {
            CheckNames::AfterColumn => vec![free_name(table, check, &taken)],
            CheckNames::Numbered => {
                highest = highest.saturating_add(1);
                vec![name_of_mariadb(check, &taken), format!("{start}{highest}")]
            }
            CheckNames::None => Vec::new(),
        };
        taken.extend(names.iter().cloned());
        names
    };
    table.checks.iter().map(named).into_vec()
}

/// MySQL's names are `t_chk_1` and on from the highest number.
fn numbered_start(table: &DraftTable) -> String {
    format!("{}_chk_", table.name.name.text)
}

/// MariaDB: the column's name, or the first of `CONSTRAINT_1`, `CONSTRAINT_2`, … that is free.
fn name_of_mariadb(check: &DraftCheck, taken: &[String]) -> String {
    if let Some(column) = &check.column {
        return column.text.clone();
    }
    let is_taken = |name: &String| taken.iter().any(|known| known.eq_ignore_ascii_case(name));
    let mut names = (1_u32..).map(|number| format!("CONSTRAINT_{number}"));
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// PostgreSQL: after the table and the one column that the check mentions, and a number if that is taken.
fn free_name(table: &DraftTable, check: &DraftCheck, taken: &[String]) -> String {
    let spoken_of = |name: &&Name| speaks_of(&check.condition, &name.text, table.dialect);
    let columns = table.columns.iter().map(|column| &column.name);
    let mut columns: Vec<Name> = match &check.column {
        Some(column) => vec![column.clone()],
        None => columns.filter(spoken_of).cloned().into_vec(),
    };
    if columns.len() > 1 {
        columns.clear();
    }
    let is_taken = |name: &String| taken.contains(name);
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
