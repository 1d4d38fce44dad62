//! The results of one schema, read from the notes that its program and the comparison of its databases leave.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A table and the remark on it.
pub(super) type TableRemark = (String, String);

/// The notes of one schema.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// `postgres/pagila`
    pub(super) name: String,
    pub(super) tables: usize,
    pub(super) columns: usize,
    pub(super) typed: usize,
    pub(super) views: usize,
    /// Views that were read from.
    pub(super) shown: BTreeSet<String>,
    /// Views that no database has, as the server cannot make them.
    pub(super) hidden: BTreeSet<String>,
    /// Tables that were read from.
    pub(super) selected: BTreeSet<String>,
    /// Tables that rows went into and came back from.
    pub(super) returned: BTreeSet<String>,
    /// Tables that the original database lacks.
    pub(super) only_created: BTreeSet<String>,
    /// Tables that no database has, as the server cannot make them.
    pub(super) unavailable: BTreeSet<String>,
    /// Triggers of the original change rows of these.
    pub(super) active: Vec<TableRemark>,
    /// The original takes no row of these.
    pub(super) barred: Vec<TableRemark>,
    /// Constraints that no row was found for.
    pub(super) unsatisfied: Vec<TableRemark>,
    /// The failures.
    pub(super) failures: Vec<TableRemark>,
    /// Failures that are known, with the reason.
    pub(super) known: Vec<TableRemark>,
    /// Tables compared and equal; `None` where they were not.
    pub(super) equal: Option<(usize, usize)>,
    /// Tables that differ.
    pub(super) differing: BTreeSet<String>,
}

impl Notes {
    /// The notes of a schema in a folder; `None` where its program left none.
    pub(super) fn load(folder: &Path, name: &str) -> Option<Self> {
        let trip = fs::read_to_string(folder.join(format!("{name}.trip"))).ok()?;
        let mut notes = Self::of_trip(&trip);
        if let Ok(equal) = fs::read_to_string(folder.join(format!("{name}.equal"))) {
            notes.add_comparison(&equal);
        }
        Some(notes)
    }

    /// Takes the failures of known exceptions away: lines of schema, table and reason.
    pub(super) fn except(&mut self, known: &str) {
        for line in known.lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split('\t').collect();
            let [schema, table, reason] = parts.as_slice() else {
                continue;
            };
            let before = self.failures.len();
            if self.name == *schema {
                self.failures.retain(|(failed, _)| failed != table);
            }
            if self.failures.len() < before {
                let remark = ((*table).to_owned(), (*reason).to_owned());
                self.known.push(remark);
            }
        }
    }

    fn of_trip(text: &str) -> Self {
        let mut notes = Self::default();
        for line in text.lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            match parts.as_slice() {
                ["schema", name, tables, columns, typed, views] => {
                    notes.name = (*name).to_owned();
                    let count = |text: &str| text.parse().unwrap_or(0);
                    (notes.tables, notes.columns) = (count(tables), count(columns));
                    (notes.typed, notes.views) = (count(typed), count(views));
                }
                [word, table, said] => notes.add(word, table, said),
                _ => {}
            }
        }
        notes
    }

    fn add(&mut self, word: &str, table: &str, said: &str) {
        let table = table.to_owned();
        match word {
            "selected" => {
                if said == "created" {
                    self.only_created.insert(table.clone());
                }
                self.selected.insert(table);
            }
            "shown" => {
                self.shown.insert(table);
            }
            "hidden" => {
                self.hidden.insert(table);
            }
            "returned" => {
                self.returned.insert(table);
            }
            "unavailable" => {
                self.unavailable.insert(table);
            }
            "active" => self.active.push((table, said.to_owned())),
            "barred" => self.barred.push((table, said.to_owned())),
            "unsatisfied" => self.unsatisfied.push((table, said.to_owned())),
            "failure" => self.failures.push((table, said.to_owned())),
            _ => {}
        }
    }

    /// Numbers of tables compared and equal, then a line for each difference, which its table begins.
    fn add_comparison(&mut self, text: &str) {
        let mut lines = text.lines();
        let mut numbers = lines
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .map(str::parse);
        if let (Some(Ok(compared)), Some(Ok(equal))) = (numbers.next(), numbers.next()) {
            self.equal = Some((compared, equal));
        }
        let tables = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(table, _)| table.to_owned());
        self.differing.extend(tables);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_by_their_words() {
        let mut notes = Notes::of_trip(
            "schema\tmysql/shop\t2\t9\t8\t2\nshown\tsales\toriginal\nhidden\tstock\tnone\nselected\torders\toriginal\nselected\tmaps\tcreated\n\
             returned\torders\toriginal\nrefused\torders\tanything\nunsatisfied\tmaps\tCHECK `c`\nrubbish\n",
        );
        notes.add_comparison("  2   1\nmaps: lacks this\nmaps: has that\n");
        assert_eq!(
            (
                notes.name.as_str(),
                notes.tables,
                notes.columns,
                notes.typed
            ),
            ("mysql/shop", 2, 9, 8)
        );
        assert_eq!(notes.views, 2);
        assert_eq!(notes.shown, ["sales".to_owned()].into());
        assert_eq!(notes.hidden, ["stock".to_owned()].into());
        assert_eq!(notes.selected.len(), 2);
        assert_eq!(notes.returned, ["orders".to_owned()].into());
        assert_eq!(notes.only_created, ["maps".to_owned()].into());
        assert_eq!(
            notes.unsatisfied,
            [("maps".to_owned(), "CHECK `c`".to_owned())]
        );
        assert_eq!((notes.equal, notes.differing.len()), (Some((2, 1)), 1));
        assert_eq!(notes.failures, []);
    }

    #[test]
    fn known_exceptions_are_no_failures() {
        let mut notes = Notes::of_trip(
            "schema\tmysql/shop\t2\t9\t8\t0\nfailure\torders\tone\nfailure\torders\ttwo\nfailure\tmaps\tone\n",
        );
        notes.except(
            "# why\nmysql/shop\torders\tzeros\nmysql/shop\tpaths\tnone\nmysql/other\tmaps\tnone\n",
        );
        let remark = |table: &str, why: &str| (table.to_owned(), why.to_owned());
        assert_eq!(notes.failures, [remark("maps", "one")]);
        assert_eq!(notes.known, [remark("orders", "zeros")]);
    }
}
