//! MySQL and MariaDB.

use std::collections::HashSet;

use crate::diff::key::{Key, KeyKind, Keys};

/// Keys have the name of their first column, with a number where that is taken; checks have the first number that is free, foreign keys the one after
/// the highest.
pub(in crate::diff) fn fill(table: &Keys<'_>, keys: &mut [Key]) {
    let name = table.table().name.name.as_str();
    let mut taken: HashSet<String> = keys
        .iter()
        .filter_map(|key| key.name.as_ref().map(|name| name.to_lowercase()))
        .collect();
    let start = format!("{name}_ibfk_");
    let number = |key: &Key| key.name.as_ref()?.strip_prefix(&start)?.parse::<u32>().ok();
    let mut highest = keys.iter().filter_map(number).max().unwrap_or_default();
    for key in keys {
        let implied = match key.kind {
            KeyKind::PrimaryKey => Some("PRIMARY".to_owned()),
            KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => {
                let first = key.columns.first();
                let first = first.filter(|_| key.name.is_none());
                first.map(|first| free_key(first, &mut taken))
            }
            KeyKind::ForeignKey => {
                highest = highest.saturating_add(u32::from(key.name.is_none()));
                Some(format!("{start}{highest}"))
            }
            KeyKind::Check if key.at_column || key.name.is_some() => None,
            KeyKind::Check => {
                let names = (1_u32..).map(|number| format!("CONSTRAINT_{number}"));
                Some(free_of(names, &mut taken))
            }
        };
        key.known_name = match key.kind {
            KeyKind::PrimaryKey => implied,
            KeyKind::Unique
            | KeyKind::Index
            | KeyKind::Check
            | KeyKind::Exclusion
            | KeyKind::ForeignKey => key.name.clone().or(implied),
        };
    }
}

fn free_key(first: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2_u32..).map(|number| format!("{first}_{number}"));
    free_of(std::iter::once(first.to_owned()).chain(numbered), taken)
}

fn free_of(mut names: impl Iterator<Item = String>, taken: &mut HashSet<String>) -> String {
    let free = names.find(|name| !taken.contains(&name.to_lowercase()));
    let free = free.unwrap_or_default();
    taken.insert(free.to_lowercase());
    free
}
