//! A dialect's types as data: names, the values of a column declared so, and its remarks on the page of types.

use std::collections::HashMap;

use crate::ast::TypeName;
use crate::dialect::Dialect;

use super::TypeLookup;

/// One type of a dialect.
pub(super) struct Entry {
    /// As they are written, in lower case with one blank between words.
    pub(super) names: &'static [&'static str],
    /// Returns the type of a column that is declared so.
    pub(super) rule: fn(&TypeName) -> TypeLookup,
    /// Declarations for the page of types, one line each.
    pub(super) examples: &'static [&'static str],
    /// A remark about its values; may be empty.
    pub(super) note: &'static str,
}

/// The entries of one dialect, for looking up by name only.
pub(super) type ByName = HashMap<&'static str, &'static Entry>;

/// Entries by all of their names.
pub(super) fn by_name(entries: &'static [&'static [Entry]]) -> ByName {
    let names = entries
        .iter()
        .copied()
        .flatten()
        .flat_map(|entry| entry.names.iter().map(move |&name| (name, entry)));
    names.collect()
}

/// A declaration of a column as the page of types shows it. What becomes of it the compiler says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spelling {
    /// The dialect of the type.
    pub dialect: Dialect,
    /// All names of the type.
    pub names: &'static [&'static str],
    /// How a column is declared.
    pub example: &'static str,
    /// A remark about its values; may be empty.
    pub note: &'static str,
}

/// Every type that is known by name, in the order of the page.
pub fn spellings() -> impl Iterator<Item = Spelling> {
    Dialect::ALL.into_iter().flat_map(|dialect| {
        let entries = super::types_of(dialect).entries;
        entries.iter().copied().flatten().flat_map(move |entry| {
            entry.examples.iter().map(move |&example| Spelling {
                dialect,
                names: entry.names,
                example,
                note: entry.note,
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::{mysql, postgres, sqlite};
    use super::*;

    #[test]
    fn every_type_is_there_once_and_on_the_page() {
        for entries in [sqlite::TYPES, postgres::TYPES, mysql::TYPES] {
            let all = || entries.iter().copied().flatten();
            let names: usize = all().map(|entry| entry.names.len()).sum();
            assert_eq!(by_name(entries).len(), names);
            for entry in all() {
                assert!(!entry.examples.is_empty(), "{:?}", entry.names);
                assert!(!entry.note.ends_with('.'), "{}", entry.note);
                let lower = |name: &&str| **name == *name.to_lowercase();
                assert!(entry.names.iter().all(lower), "{:?}", entry.names);
            }
        }
    }
}
