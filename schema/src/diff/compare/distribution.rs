//! Where the rows of a table are on a cluster. Groups of tables have no names: they are known by their tables.

use std::collections::BTreeSet;

use super::Comparison;
use crate::diff::change::Change;
use crate::diff::structure::{DistributionShape, Structure, TableShape, table_key};
use crate::sorting::sort_by;

/// The names of the tables of a group.
type Tables = BTreeSet<String>;

impl Comparison<'_> {
    pub(super) fn distribution(&mut self, from: &TableShape, to: &TableShape) {
        let is_same = match (&from.distribution, &to.distribution) {
            (None, None) => true,
            (Some(known), Some(wanted)) => {
                let is_reference = wanted.column.is_none();
                known.column == wanted.column && (is_reference || self.is_one_group(known, wanted))
            }
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_same {
            self.changes.push(Change::ChangeDistribution {
                table: to.name.clone(),
                from: from.distribution.clone(),
                to: to.distribution.clone(),
            });
        }
    }

    /// Whether these are one group: those with most tables in common are, then of the others those with most.
    fn is_one_group(&self, known: &DistributionShape, wanted: &DistributionShape) -> bool {
        let (known, wanted) = (self.tables_of(known), self.tables_of(wanted));
        let (from, to) = (self.groups(self.from), self.groups(self.to));
        let common = |(one, other): &(&Tables, &Tables)| one.intersection(other).count();
        let pairs = from
            .iter()
            .flat_map(|one| to.iter().map(move |other| (one, other)));
        let mut pairs: Vec<(&Tables, &Tables)> = pairs.filter(|pair| common(pair) > 0).collect();
        sort_by(&mut pairs, |one, other| common(other).cmp(&common(one)));
        let mut taken: Vec<(&Tables, &Tables)> = Vec::new();
        for (one, other) in pairs {
            if taken.iter().all(|(from, to)| *from != one && *to != other) {
                taken.push((one, other));
            }
        }
        taken.contains(&(&known, &wanted))
    }

    fn tables_of(&self, shape: &DistributionShape) -> Tables {
        let names = shape.beside.iter();
        names.map(|name| table_key(name, self.dialect())).collect()
    }

    fn groups(&self, structure: &Structure) -> BTreeSet<Tables> {
        let tables = structure.tables.iter();
        let shapes = tables.filter_map(|table| table.distribution.as_ref());
        shapes.map(|shape| self.tables_of(shape)).collect()
    }
}
