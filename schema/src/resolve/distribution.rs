//! `@shard` and `@reference`: the column and the tables that they name.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Colocation, Name, ObjectName, ShardTag};
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftDistribution, DraftShardGroup, DraftTable};
use crate::lower::column_index;
use crate::model::{Column, ColumnId, Distribution, DistributionKind, TableId, has_values_of};
use crate::source::Span;

use super::Resolver;

/// The tables of a column's group, before all are known.
#[derive(Clone)]
enum Group<'a> {
    OfType,
    /// The first of a number began it.
    Own(usize),
    Alone,
    With(&'a ObjectName),
}

/// A table whose rows are on one server each.
struct Sharded<'a> {
    column: ColumnId,
    group: Group<'a>,
    span: Span,
}

impl<'a> Resolver<'a> {
    /// Resolves the tags of all tables, and what statements say in their place.
    pub(super) fn distributions(&mut self) {
        let mut sharded: BTreeMap<TableId, Sharded<'a>> = BTreeMap::new();
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            if let Some(span) = self.reference_of(draft) {
                self.model.tables[id.0 as usize].distribution = Some(Distribution {
                    kind: DistributionKind::Reference,
                    beside: None,
                    span,
                });
            } else if let Some(found) = self.sharded(draft) {
                sharded.insert(id, found);
            }
        }
        for (&id, found) in &sharded {
            let group = self.group_of(id, &sharded);
            let beside = match found.group {
                Group::With(name) => self.best_table(id, name),
                Group::OfType | Group::Own(_) | Group::Alone => None,
            };
            self.model.tables[id.0 as usize].distribution = Some(Distribution {
                kind: DistributionKind::Sharded {
                    column: found.column,
                    group,
                },
                beside: beside.filter(|table| sharded.contains_key(table)),
                span: found.span,
            });
        }
        self.set_apart();
    }

    /// A table that names no group joins the oldest of its type in Citus, be it one that `alone` began. Where the schema has one of those, the
    /// others of the type are a group by their first table.
    fn set_apart(&mut self) {
        let own: Vec<Column> = self
            .sharded_columns(true)
            .map(|(_, column)| column.clone())
            .collect();
        let is_beside_own = |column: &Column| own.iter().any(|other| has_values_of(column, other));
        let others = self.sharded_columns(false);
        let others: Vec<(TableId, Column)> = others
            .filter(|(_, column)| is_beside_own(column))
            .map(|(id, column)| (id, column.clone()))
            .collect();
        for (id, column) in &others {
            let mut all = others.iter();
            let first = all.find(|(_, other)| has_values_of(column, other));
            let first = first.map(|(first, _)| *first);
            let distribution = &mut self.model.tables[id.0 as usize].distribution;
            if let Some(DistributionKind::Sharded { group, .. }) =
                distribution.as_mut().map(|known| &mut known.kind)
            {
                *group = first;
            }
        }
    }

    /// The columns by which tables are sharded, of those in groups of their own or of the others.
    fn sharded_columns(&self, is_own: bool) -> impl Iterator<Item = (TableId, &Column)> {
        self.model.table_ids().filter_map(move |id| {
            let table = self.model.table(id);
            match table.distribution.as_ref()?.kind {
                DistributionKind::Sharded { column, group } if group.is_some() == is_own => {
                    Some((id, table.column(column)))
                }
                DistributionKind::Sharded { .. } | DistributionKind::Reference => None,
            }
        })
    }

    fn reference_of(&mut self, draft: &'a DraftTable) -> Option<Span> {
        let tag = draft.notes.reference;
        if let (Some(tag), Some((shard, _))) = (tag, shard_tags(draft).next()) {
            let table = &draft.name.name.text;
            let message = format!("`{table}` is sharded and a reference table");
            let finding = Diagnostic::error("B0580", message)
                .at(tag, "each server has all rows")
                .at(shard.span, "one server has a row");
            self.diagnostics.push(finding.help("remove one of both"));
        }
        tag.or(match draft.distribution {
            Some(DraftDistribution::Reference { span }) => Some(span),
            Some(DraftDistribution::Sharded { .. }) | None => None,
        })
    }

    fn sharded(&mut self, draft: &'a DraftTable) -> Option<Sharded<'a>> {
        let mut tags = shard_tags(draft);
        let (tag, at) = match (tags.next(), &draft.distribution) {
            (Some(first), _) => first,
            (None, Some(DraftDistribution::Sharded { column, group })) => {
                return Some(Sharded {
                    column: self.shard_column(draft, column)?,
                    group: match *group {
                        DraftShardGroup::OfType => Group::OfType,
                        DraftShardGroup::Own(number) => Group::Own(number),
                    },
                    span: column.span,
                });
            }
            (None, Some(DraftDistribution::Reference { .. }) | None) => return None,
        };
        if let Some((again, _)) = tags.next() {
            let table = &draft.name.name.text;
            let message = format!("`{table}` is sharded by two columns");
            let finding = Diagnostic::error("B0580", message)
                .at(again.span, "again")
                .at(tag.span, "first here");
            let help = "remove one of the tags; rows are on one server by the value of one column";
            self.diagnostics.push(finding.help(help));
        }
        let column = match (&tag.column, at) {
            (Some(name), _) => self.shard_column(draft, name)?,
            (None, at) => at?,
        };
        let group = match &tag.colocation {
            Colocation::OfType => Group::OfType,
            Colocation::Alone => Group::Alone,
            Colocation::With(table) => Group::With(table),
        };
        Some(Sharded {
            column,
            group,
            span: tag.span,
        })
    }

    fn shard_column(&mut self, draft: &DraftTable, wanted: &Name) -> Option<ColumnId> {
        let found = column_index(&draft.columns, &wanted.text, draft.dialect);
        if found.is_none() {
            self.unknown_column(draft, wanted, "`@shard`");
        }
        found.map(|column| ColumnId(column as u32))
    }

    /// The table that began the group; those that a tag names are followed.
    fn group_of(
        &mut self,
        table: TableId,
        sharded: &BTreeMap<TableId, Sharded<'a>>,
    ) -> Option<TableId> {
        let (mut at, mut seen) = (table, BTreeSet::new());
        loop {
            let found = sharded.get(&at)?;
            match found.group {
                Group::OfType => return None,
                Group::Alone => return Some(at),
                Group::Own(number) => {
                    let mut all = sharded.iter();
                    let is_first = |one: &Sharded<'_>| matches!(one.group, Group::Own(other) if other == number);
                    return all.find_map(|(id, one)| is_first(one).then_some(*id));
                }
                Group::With(name) => {
                    let next = self.joined(at, name, sharded, at == table)?;
                    if !seen.insert(at) {
                        if at == table {
                            self.circle(found.span);
                        }
                        return None;
                    }
                    at = next;
                }
            }
        }
    }

    /// The table that a tag names, which is sharded too. What is wrong is reported for the tag's own table.
    fn joined(
        &mut self,
        table: TableId,
        wanted: &ObjectName,
        sharded: &BTreeMap<TableId, Sharded<'a>>,
        is_own: bool,
    ) -> Option<TableId> {
        let Some(found) = self.best_table(table, wanted) else {
            if is_own {
                self.unknown_table(wanted, "this tag names");
            }
            return None;
        };
        if sharded.contains_key(&found) {
            return Some(found);
        }
        if is_own {
            let name = &wanted.name.text;
            let message = format!("`{name}` is not sharded, so no rows of it are beside others");
            let target = self.model.table(found);
            let finding = Diagnostic::error("B0580", message)
                .at(wanted.name.span, "")
                .at(target.span, "this table");
            let help =
                format!("write `-- @shard` and its column above `{name}`, or name another table");
            self.diagnostics.push(finding.help(help));
        }
        None
    }

    fn circle(&mut self, span: Span) {
        let finding = Diagnostic::error("B0580", "no table begins this group: each names another")
            .at(span, "leads back here");
        let help = "write `alone` in place of `with …` at one of them";
        self.diagnostics.push(finding.help(help));
    }
}

/// The tags of a table: its own, and those of its columns with these.
fn shard_tags(draft: &DraftTable) -> impl Iterator<Item = (&ShardTag, Option<ColumnId>)> {
    let own = draft.notes.shard.iter().map(|tag| (tag, None));
    let columns = draft.columns.iter().enumerate();
    own.chain(columns.filter_map(|(at, column)| {
        let tag = column.notes.shard.as_ref()?;
        Some((tag, Some(ColumnId(at as u32))))
    }))
}
