//! Tables of a cluster whose rows move to other servers. Foreign keys are there before and after that, and no other key that the servers
//! could not look after.

use super::effects::{Effects, Sides};
use super::part::DatabasePart;
use crate::diff::change::Change;
use crate::diff::key::{Key, KeyKind};
use crate::diff::structure::DistributionShape;
use crate::model::TableName;

impl Sides<'_> {
    pub(super) fn distributed(
        &self,
        table: &TableName,
        (old, new): (Option<&DistributionShape>, Option<&DistributionShape>),
    ) -> Effects {
        let mut effects = Effects {
            needs: vec![self.to.table_part(table)],
            waits_for: self.from.foreign_keys_at(table),
            leaves: self.from.whole(table),
            is_in_the_way: true,
            ..Effects::default()
        };
        if let (Some(_), None) = (old, new) {
            effects.drops.push(self.from.distributed_part(table));
        }
        if let Some(new) = new {
            effects.makes.push(self.to.distributed_part(table));
            effects.needs.extend(self.to.whole(table));
            let keys = self.to.keys(table).iter();
            let keys = keys.filter(|key| key.kind != KeyKind::ForeignKey);
            effects
                .needs
                .extend(keys.map(|key| self.to.key_part(table, key)));
            effects.waits_for.extend(self.from.keys_at(table));
            effects.needs.extend(self.first_of(table, new));
        }
        if old.is_none() {
            effects.leaves = Vec::new();
            effects.is_in_the_way = false;
        }
        effects
    }

    /// The table that began its group.
    pub(super) fn first_of(
        &self,
        table: &TableName,
        shape: &DistributionShape,
    ) -> Vec<DatabasePart> {
        let first = shape.first.as_ref().filter(|first| *first != table);
        let parts = |first| [self.to.table_part(first), self.to.distributed_part(first)];
        first.map_or(Vec::new(), |first| parts(first).to_vec())
    }

    /// A foreign key comes when the rows of both tables are where they shall be.
    pub(super) fn distributed_by(&self, table: &TableName, key: &Key) -> Vec<DatabasePart> {
        let is_foreign = key.kind == KeyKind::ForeignKey;
        let tables = std::iter::once(table).chain(&key.referred);
        let parts = tables.map(|table| self.to.distributed_part(table));
        parts.filter(|_| is_foreign).collect()
    }
}

/// The changes, with the coordinator between where rows cannot move in one step: to and from reference tables, and where a key lacks the one
/// or the other column.
pub(super) fn in_two(sides: &Sides<'_>, changes: Vec<Change>) -> Vec<Change> {
    let steps = changes.into_iter().flat_map(|change| match change {
        Change::ChangeDistribution {
            table,
            from: Some(from),
            to: Some(to),
        } if !moves_at_once(sides, &table, (&from, &to)) => vec![
            Change::ChangeDistribution {
                table: table.clone(),
                from: Some(from),
                to: None,
            },
            Change::ChangeDistribution {
                table,
                from: None,
                to: Some(to),
            },
        ],
        change => vec![change],
    });
    steps.collect()
}

fn moves_at_once(
    sides: &Sides<'_>,
    table: &TableName,
    (from, to): (&DistributionShape, &DistributionShape),
) -> bool {
    let (Some(old), Some(new)) = (&from.column, &to.column) else {
        return false;
    };
    let keys = sides.from.keys(table).iter().chain(sides.to.keys(table));
    let mut uniques = keys.filter(|key| key.unique || key.kind == KeyKind::Exclusion);
    uniques.all(|key| key.columns.contains(old) && key.columns.contains(new))
}
