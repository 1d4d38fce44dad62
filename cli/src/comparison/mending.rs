//! The changes that would make a database as the schema says: those of the comparison that are differences.

use std::collections::BTreeSet;

use bindery_schema::diff::{
    Change, Mend, Mended, Structure, TableTrigger, Unreadable, ViewShape, mend,
};
use bindery_schema::model::TableName;

use super::Finding;

/// A database, the schema, and what lies between them.
pub(crate) struct Mending {
    pub(super) from: Structure,
    pub(super) to: Structure,
    pub(super) changes: Changes,
    /// SQLite's triggers.
    pub(super) triggers: Vec<TableTrigger>,
}

/// The changes, in the order in which they are executed.
#[derive(Default)]
pub(super) struct Changes {
    wanted: Vec<Change>,
    extra: Vec<Change>,
    /// Statements before them, which stand in no transaction.
    first: Vec<String>,
}

/// Whether a change is a difference.
pub(super) enum Verdict {
    Wanted(Change),
    /// Only the database has it.
    Extra(Change),
    Equal,
}

/// The findings about views.
pub(super) struct Views<'f> {
    pub(super) different: Vec<&'f Finding>,
    pub(super) extra: Vec<&'f Finding>,
}

impl Changes {
    pub(super) fn of(verdicts: Vec<Verdict>, first: Vec<String>) -> Self {
        let mut changes = Self {
            first,
            ..Self::default()
        };
        for verdict in verdicts {
            match verdict {
                Verdict::Wanted(change) => changes.wanted.push(change),
                // Written as comments with a table that is made anew, which keeps such columns.
                Verdict::Extra(change @ (Change::DropTable(_) | Change::DropColumn { .. })) => {
                    changes.wanted.push(change)
                }
                Verdict::Extra(change) => changes.extra.push(change),
                Verdict::Equal => {}
            }
        }
        changes
    }
}

impl Mending {
    /// The structure that the schema has.
    pub(crate) fn to(&self) -> &Structure {
        &self.to
    }

    /// The tables, columns and keys that the database lacks, each as a sentence.
    pub(crate) fn lacking(&self) -> impl Iterator<Item = String> {
        let is_made = |change: &&Change| {
            matches!(
                change,
                Change::CreateTable(_)
                    | Change::AddPartition { .. }
                    | Change::AddColumn { .. }
                    | Change::AddKey { .. }
            )
        };
        let wanted = self.changes.wanted.iter().filter(is_made);
        wanted.map(ToString::to_string)
    }

    /// Writes the statements. Nothing is executed.
    pub(crate) fn steps(&self) -> Result<Mended, Box<Unreadable>> {
        mend(&Mend {
            from: &self.from,
            to: &self.to,
            wanted: &self.changes.wanted,
            extra: &self.changes.extra,
            first: &self.changes.first,
            triggers: &self.triggers,
        })
    }
}

/// Views that differ, and those that cannot be there while a table or view that they read is changed.
pub(super) fn views(all: &[Change], found: &Views<'_>, verdicts: &mut [Verdict]) {
    let is_about = |findings: &[&Finding], view: &ViewShape| {
        let name = view.name.to_string();
        findings.iter().any(|finding| finding.is_of(&name))
    };
    let mut touched: BTreeSet<TableName> = BTreeSet::new();
    for verdict in verdicts.iter() {
        if let Verdict::Wanted(change @ (Change::ChangeColumn { .. } | Change::ChangeEnum { .. })) =
            verdict
        {
            touched.extend(change.table().cloned());
        }
    }
    // In the order of their creation a view comes after those that it reads.
    for change in all {
        if let Change::CreateView(view) = change
            && (is_about(&found.different, view)
                || view.reads.iter().any(|name| touched.contains(name)))
        {
            touched.insert(view.name.clone());
        }
    }
    for (change, verdict) in all.iter().zip(verdicts) {
        match change {
            Change::DropView(view) if is_about(&found.extra, view) => {
                *verdict = Verdict::Extra(change.clone());
            }
            Change::DropView(view) | Change::CreateView(view) if touched.contains(&view.name) => {
                *verdict = Verdict::Wanted(change.clone());
            }
            _ => {}
        }
    }
}
