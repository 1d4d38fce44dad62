//! Comparing both tables of a sync without writing.

use super::compare::{Merge, Step};
use super::{Mapping, SyncRow};
use crate::copying::shown;
use crate::databases::Registry;
use crate::error::Result;
use crate::repository::recorded_key;

/// Rows of each table in memory.
const PAGE: usize = 1_000;
/// Differences that a report holds.
const SHOWN: usize = 100;

/// How two tables differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Rows that both have just so.
    pub same: u64,
    /// Rows that the target does not have.
    pub missing: u64,
    /// Rows that the target has otherwise.
    pub different: u64,
    /// Rows of the target that the source does not have.
    pub surplus: u64,
    /// Rows of the source that cannot be mapped. What the target has in their place is not judged.
    pub rejected: u64,
    /// The first of them in the order of the keys, at most a hundred.
    pub differences: Vec<Difference>,
}

impl VerifyReport {
    /// Returns whether the target has exactly the rows of the source.
    pub fn is_equal(&self) -> bool {
        self.missing + self.different + self.surplus + self.rejected == 0
    }

    fn note(&mut self, kind: DifferenceKind, key: &[u8]) {
        let count = match kind {
            DifferenceKind::Missing => &mut self.missing,
            DifferenceKind::Different => &mut self.different,
            DifferenceKind::Surplus => &mut self.surplus,
            DifferenceKind::Rejected => &mut self.rejected,
        };
        *count += 1;
        if self.differences.len() < SHOWN {
            let key = shown(key);
            self.differences.push(Difference { kind, key });
        }
    }
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Whether the row is missing, is another, or should not be there.
    pub kind: DifferenceKind,
    /// Its key: of the target for a [surplus](DifferenceKind::Surplus) row, else of the source.
    pub key: String,
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The target does not have it.
    Missing,
    /// The target has it with other values.
    Different,
    /// Only the target has it.
    Surplus,
    /// It cannot be mapped.
    Rejected,
}

pub(super) fn verify<S: SyncRow, T: SyncRow>(
    registry: &Registry,
    mapping: &Mapping<'_, S, T>,
) -> Result<VerifyReport> {
    let mut source = registry.connect(S::Engine::default())?;
    let mut target = registry.connect(T::Engine::default())?;
    let mut report = VerifyReport::default();
    let mut both = Merge::<S, T>::new(&mut source, &mut target, PAGE)?;
    let map = |row: &S, report: &mut VerifyReport| {
        let key = recorded_key::<S::Model, S::Engine>(row)?;
        Ok(match mapping(row) {
            Ok(new) => Some((key, new)),
            Err(_) => {
                report.note(DifferenceKind::Rejected, &key);
                None
            }
        })
    };
    while let Some(step) = both.step(&mut |row| map(row, &mut report))? {
        match step {
            Step::Same => report.same += 1,
            Step::Missing(row) => report.note(DifferenceKind::Missing, &row.key),
            Step::Different(row) => report.note(DifferenceKind::Different, &row.key),
            Step::Surplus(_, key) => report.note(DifferenceKind::Surplus, &key),
            Step::Kept => {}
        }
    }
    Ok(report)
}
