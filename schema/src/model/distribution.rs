//! Which servers of a cluster have the rows of a table.

use super::{Column, ColumnId, Engine, Model, Table, TableId};
use crate::cluster::Cluster;
use crate::column_type::ColumnType;
use crate::source::Span;

/// `@shard` or `@reference` of a table.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// Which servers have which rows.
    pub kind: DistributionKind,
    /// The table that the tag names.
    pub beside: Option<TableId>,
    /// The tag, or its place in a statement.
    pub span: Span,
}

/// Which servers have which rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistributionKind {
    /// One of them has a row, by the value of a column.
    Sharded {
        /// The column.
        column: ColumnId,
        /// The table that began the group of tables whose equal values are on one server; `None` is the group of the column's type.
        group: Option<TableId>,
    },
    /// Each of them has all rows.
    Reference,
}

impl Table {
    /// The column by whose value a row is on one server of a cluster.
    pub fn shard_column(&self) -> Option<ColumnId> {
        match self.distribution.as_ref()?.kind {
            DistributionKind::Sharded { column, .. } => Some(column),
            DistributionKind::Reference => None,
        }
    }

    /// Where its rows are on an engine: on a coordinator alone, where this is `None`.
    pub fn distribution_on(&self, engine: &Engine) -> Option<&Distribution> {
        self.distribution
            .as_ref()
            .filter(|_| engine.cluster == Some(Cluster::Citus))
    }
}

impl Model {
    /// Where the rows of a table are on a cluster, in words; `None` on a coordinator alone.
    pub fn distribution_words(&self, table: &Table) -> Option<String> {
        let DistributionKind::Sharded { column, group } = table.distribution.as_ref()?.kind else {
            return Some("all rows on each server".to_owned());
        };
        let words = format!("sharded by {}", table.column(column).name);
        let first = group.map(|first| &self.table(first).name);
        Some(match first {
            None => words,
            Some(first) if *first == table.name => format!("{words}, in a group of its own"),
            Some(first) => format!("{words}, beside rows of {first}"),
        })
    }

    /// Whether equal values of the columns by which two tables are sharded are on one server.
    pub fn is_colocated(&self, one: TableId, other: TableId) -> bool {
        let (one, other) = (self.table(one), self.table(other));
        let group = |table: &Table| match table.distribution.as_ref().map(|known| known.kind) {
            Some(DistributionKind::Sharded { column, group }) => Some((column, group)),
            Some(DistributionKind::Reference) | None => None,
        };
        match (group(one), group(other)) {
            (Some((column, None)), Some((other_column, None))) => {
                has_values_of(one.column(column), other.column(other_column))
            }
            (Some((_, group)), Some((_, other_group))) => group == other_group,
            (None, _) | (_, None) => false,
        }
    }
}

impl Model {
    /// The first table of the group of a sharded table.
    pub fn first_colocated(&self, id: TableId) -> TableId {
        let mut all = (0..self.tables.len() as u32).map(TableId);
        all.find(|other| self.is_colocated(*other, id))
            .unwrap_or(id)
    }
}

/// Whether Citus takes the types of two columns for one: lengths do not count, collations do.
pub(crate) fn has_values_of(one: &Column, other: &Column) -> bool {
    let is_one_type = match (&one.column_type, &other.column_type) {
        (ColumnType::Enum(one), ColumnType::Enum(other)) => one == other,
        (ColumnType::Array(one), ColumnType::Array(other)) => one == other,
        (ColumnType::Json { binary }, ColumnType::Json { binary: other }) => binary == other,
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    };
    // Of a domain, or of a type that the model has no word for, the name counts.
    let is_named = one.as_text || other.as_text || one.native.declared != other.native.declared;
    is_one_type && one.collation == other.collation && (!is_named || one.sql_type == other.sql_type)
}
