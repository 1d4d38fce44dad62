//! MySQL and MariaDB.

use std::collections::HashSet;

use crate::diff::key::{Key, KeyKind, Keys};

/// Keys have the name of their first column, with a number where that is taken; foreign keys and checks are numbered.
pub(in crate::diff) fn fill(table: &Keys<'_>, keys: &mut [Key]) {
    let name = table.table().name.name.as_str();
    let mut taken: HashSet<String> = keys
        .iter()
        .filter_map(|key| key.name.as_ref().map(|name| name.to_lowercase()))
        .collect();
    let (mut foreign, mut checks) = (0, 0);
    for key in keys {
        let implied = match key.kind {
            KeyKind::PrimaryKey => Some("PRIMARY".to_owned()),
            KeyKind::Unique | KeyKind::Index | KeyKind::Exclusion => {
                let first = key.columns.first();
                let first = first.filter(|_| key.name.is_none());
                first.map(|first| free_key(first, &mut taken))
            }
            KeyKind::ForeignKey => {
                foreign += usize::from(key.name.is_none());
                Some(format!("{name}_ibfk_{foreign}"))
            }
            KeyKind::Check if key.at_column => None,
            KeyKind::Check => {
                checks += usize::from(key.name.is_none());
                Some(format!("CONSTRAINT_{checks}"))
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
    let mut names = std::iter::once(first.to_owned()).chain(numbered);
    let free = names.find(|name| !taken.contains(&name.to_lowercase()));
    let free = free.unwrap_or_default();
    taken.insert(free.to_lowercase());
    free
}
