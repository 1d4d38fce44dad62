//! Where the rows of tables are, as calls of Citus' functions change it.

use super::Fold;
use crate::ast::{Colocation, Distribute, DistributionChange, FileAst, Name, Notes, ShardTag};
use crate::draft::{DraftDistribution, DraftShardGroup, DraftTable, TableIndex};
use crate::source::Span;

impl DraftDistribution {
    /// The column by whose value a row is on one server.
    pub(super) fn column_mut(&mut self) -> Option<&mut Name> {
        match self {
            Self::Sharded { column, .. } => Some(column),
            Self::Reference { .. } => None,
        }
    }

    fn group(&self) -> Option<DraftShardGroup> {
        match self {
            Self::Sharded { group, .. } => Some(*group),
            Self::Reference { .. } => None,
        }
    }
}

impl Fold<'_> {
    pub(super) fn distribute(&mut self, file: &FileAst, change: &Distribute) {
        let Some(index) = self.find(file, &change.table) else {
            return self.unknown_table(&change.table, "this call");
        };
        self.settle_tags(file, index);
        let distribution = match &change.change {
            DistributionChange::Undistribute => None,
            DistributionChange::Reference => Some(DraftDistribution::Reference {
                span: change.table.name.span,
            }),
            DistributionChange::Shard { column, colocation } => Some(DraftDistribution::Sharded {
                column: column.clone(),
                group: self.shard_group(file, colocation),
            }),
            DistributionChange::Alter { column, colocation } => {
                let known = self.table_mut(index).distribution.clone();
                let group = match colocation {
                    Some(colocation) => Some(self.shard_group(file, colocation)),
                    None => known.as_ref().and_then(DraftDistribution::group),
                };
                let known = known.as_ref().and_then(shard_column);
                let column = column.as_ref().or(known).cloned();
                column.map(|column| DraftDistribution::Sharded {
                    column,
                    group: group.unwrap_or(DraftShardGroup::OfType),
                })
            }
        };
        self.table_mut(index).distribution = distribution;
    }

    /// The tags of the table hold until a call changes it.
    fn settle_tags(&mut self, file: &FileAst, index: TableIndex) {
        let table = self.table_mut(index);
        let (reference, own) = take_tags(&mut table.notes);
        let own = own.map(|tag| (tag, None));
        let at_columns = table.columns.iter_mut().filter_map(|column| {
            let (_, tag) = take_tags(&mut column.notes);
            Some((tag?, Some(column.name.clone())))
        });
        let tag = own.into_iter().chain(at_columns).last();
        let settled = match (reference, tag) {
            (Some(span), _) => Some(DraftDistribution::Reference { span }),
            (None, Some((tag, column))) => {
                column
                    .or(tag.column)
                    .map(|column| DraftDistribution::Sharded {
                        column,
                        group: self.shard_group(file, &tag.colocation),
                    })
            }
            (None, None) => return,
        };
        self.table_mut(index).distribution = settled;
    }

    /// One that is alone begins a group, which others may join.
    fn shard_group(&mut self, file: &FileAst, colocation: &Colocation) -> DraftShardGroup {
        let joined = match colocation {
            Colocation::OfType => Some(DraftShardGroup::OfType),
            Colocation::Alone => Some(DraftShardGroup::Own(self.now)),
            Colocation::With(table) => {
                let table = self.find(file, table);
                table.and_then(|index| {
                    self.settle_tags(file, index);
                    group_of(self.table_mut(index))
                })
            }
        };
        joined.unwrap_or(DraftShardGroup::OfType)
    }
}

fn group_of(table: &DraftTable) -> Option<DraftShardGroup> {
    table.distribution.as_ref()?.group()
}

/// The tags that are about servers, which the table then has no more.
fn take_tags(notes: &mut Notes) -> (Option<Span>, Option<ShardTag>) {
    if notes.reference.is_none() && notes.shard.is_none() {
        return (None, None);
    }
    let said = notes.change();
    (said.reference.take(), said.shard.take())
}

fn shard_column(distribution: &DraftDistribution) -> Option<&Name> {
    match distribution {
        DraftDistribution::Sharded { column, .. } => Some(column),
        DraftDistribution::Reference { .. } => None,
    }
}
