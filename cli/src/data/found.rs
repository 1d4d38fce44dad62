//! How two tables differ.

use std::cmp::Ordering;

use bindery::data::DataKey;

/// Keys that a comparison holds: those that are shown are among them, and a repair goes on after them.
pub(crate) const MOST_KEYS: usize = 50_000;

/// The differences of a table.
#[derive(Debug, Default)]
pub(crate) struct TableDifferences {
    pub(crate) same: u64,
    pub(crate) missing: u64,
    pub(crate) different: u64,
    pub(crate) surplus: u64,
    /// The first of those that are held, at most [`MOST_KEYS`].
    pub(crate) keys: Vec<Differing>,
    /// There were more of them.
    pub(crate) is_cut: bool,
    held: Held,
}

/// The keys that a comparison holds.
#[derive(Debug)]
pub(crate) struct Held {
    /// Those of surplus rows, too.
    pub(crate) surplus: bool,
    /// Those after this one only.
    pub(crate) after: Option<DataKey>,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            surplus: true,
            after: None,
        }
    }
}

/// The kind of difference of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DifferenceKind {
    Missing,
    Different,
    Surplus,
}

impl DifferenceKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Surplus => "surplus",
        }
    }
}

/// A row that differs.
#[derive(Debug)]
pub(crate) struct Differing {
    pub(crate) kind: DifferenceKind,
    pub(crate) key: DataKey,
}

impl TableDifferences {
    pub(super) fn new(held: Held) -> Self {
        Self {
            held,
            ..Self::default()
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.differing() == 0
    }

    /// The number of rows that differ.
    pub(crate) fn differing(&self) -> u64 {
        self.missing + self.different + self.surplus
    }

    /// The last key that is held.
    pub(crate) fn last(&self) -> Option<DataKey> {
        self.keys.last().map(|row| row.key.clone())
    }

    pub(super) fn note(&mut self, kind: DifferenceKind, key: DataKey) {
        match kind {
            DifferenceKind::Missing => self.missing += 1,
            DifferenceKind::Different => self.different += 1,
            DifferenceKind::Surplus => self.surplus += 1,
        }
        let after = self.held.after.as_ref();
        let is_after = after.is_none_or(|after| key.order(after) == Some(Ordering::Greater));
        if !is_after || (kind == DifferenceKind::Surplus && !self.held.surplus) {
            return;
        }
        self.is_cut = self.keys.len() >= MOST_KEYS;
        if !self.is_cut {
            self.keys.push(Differing { kind, key });
        }
    }
}
