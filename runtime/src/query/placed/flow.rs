//! The tables of a statement, and what is known of their shard columns: which are equal to each other, and which have one value.
//!
//! PostgreSQL hands a value on over what is equal in all rows, over an outer join to the side that may be missing; Citus sees what it finds.

use crate::driver::{Placement, TableSql};

/// A table where a statement reads or changes it, as a number.
pub(super) type Use = usize;

/// The knowledge of a shard column, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Nothing,
    /// It has one of the values that are given.
    OneOf,
    Value,
}

struct Named {
    table: &'static TableSql,
    /// The shard column, where the rows have it.
    key: Option<usize>,
    /// Its rows are made by a query in `FROM`, not read from the table.
    is_made: bool,
    known: Known,
    /// A `WHERE` says so, not only the condition of a join.
    is_filtered: bool,
}

/// One use has what is known of another.
struct Edge {
    from: Use,
    to: Use,
    when: When,
}

/// When an edge hands on what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// Only where a `WHERE` says it of the first: an outer join is an inner one then.
    Filtered,
    /// Only one value: of a list Citus sees nothing outside of the query that has it.
    Value,
}

/// The tables of one statement.
#[derive(Default)]
pub(super) struct Flow {
    uses: Vec<Named>,
    edges: Vec<Edge>,
}

/// How what is known of one of two equal shard columns reaches the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Both,
    /// From the first to the second, and one value back.
    Within,
    /// From the first to the second.
    Onward,
    /// The same, and back where a `WHERE` says it of the second.
    Outer,
    Neither,
}

impl Flow {
    pub(super) fn add(&mut self, table: &'static TableSql) -> Use {
        let Placement::Made { column, .. } = table.placement else {
            return self.push(table, table.shard_column(), false);
        };
        let read = self.push(table, column, false);
        let made = self.add_made(table, column);
        let key = column.as_slice();
        self.equal((made, key), (read, key), Reach::Onward);
        made
    }

    /// Rows of a table that a query in `FROM` makes, with the shard column or without.
    pub(super) fn add_made(&mut self, table: &'static TableSql, key: Option<usize>) -> Use {
        self.push(table, key, true)
    }

    fn push(&mut self, table: &'static TableSql, key: Option<usize>, is_made: bool) -> Use {
        self.uses.push(Named {
            table,
            key,
            is_made,
            known: Known::Nothing,
            is_filtered: false,
        });
        self.uses.len() - 1
    }

    pub(super) fn table(&self, one: Use) -> &'static TableSql {
        self.uses[one].table
    }

    /// Position of the shard column.
    pub(super) fn key(&self, one: Use) -> Option<usize> {
        self.uses[one].key
    }

    /// Whether rows of a sharded table are read, or changed, where they are.
    pub(super) fn is_sharded(&self, one: Use) -> bool {
        !self.uses[one].is_made && self.group(one).is_some()
    }

    /// The group of tables whose rows of equal values are on one server.
    fn group(&self, one: Use) -> Option<&'static str> {
        match self.table(one).placement {
            Placement::Sharded { group, .. } | Placement::Made { group, .. } => Some(group),
            Placement::Coordinator | Placement::Reference => None,
        }
    }

    /// Whether equal values of their shard columns are on one server.
    fn are_of_one_group(&self, one: Use, other: Use) -> bool {
        let have_keys = self.key(one).is_some() && self.key(other).is_some();
        have_keys && self.group(one).is_some() && self.group(one) == self.group(other)
    }

    /// A condition gives the shard column a value, or one of several.
    pub(super) fn know(&mut self, one: Use, known: Known, is_filter: bool) {
        let named = &mut self.uses[one];
        named.known = named.known.max(known);
        named.is_filtered |= is_filter;
    }

    /// Columns of two tables are equal, by their positions.
    pub(super) fn equal(
        &mut self,
        (one, columns): (Use, &[usize]),
        (other, other_columns): (Use, &[usize]),
        reach: Reach,
    ) {
        let keys = (self.key(one), self.key(other));
        let mut pairs = columns.iter().zip(other_columns);
        let are_keys = pairs.any(|(&left, &right)| keys == (Some(left), Some(right)));
        if !are_keys || !self.are_of_one_group(one, other) {
            return;
        }
        let back = match reach {
            Reach::Both => Some(When::Always),
            Reach::Within => Some(When::Value),
            Reach::Outer => Some(When::Filtered),
            Reach::Onward | Reach::Neither => None,
        };
        let onward = (reach != Reach::Neither).then_some(When::Always);
        let edges = [(one, other, onward), (other, one, back)];
        for (from, to, when) in edges {
            self.edges.extend(when.map(|when| Edge { from, to, when }));
        }
    }

    /// Hands on what is known over what is equal.
    pub(super) fn close(&mut self) {
        let mut has_changed = true;
        while has_changed {
            has_changed = false;
            for edge in &self.edges {
                let from = &self.uses[edge.from];
                let known = from.known;
                let is_handed_on = match edge.when {
                    When::Always => true,
                    When::Filtered => from.is_filtered,
                    When::Value => known == Known::Value,
                };
                let to = &mut self.uses[edge.to];
                if known > to.known && is_handed_on {
                    to.known = known;
                    has_changed = true;
                }
            }
        }
    }

    /// Whether one server may have all rows.
    pub(super) fn may_be_one(&self) -> bool {
        let mut sharded = self.sharded();
        let Some(first) = sharded.next() else {
            return true;
        };
        let has_value = |one: Use| self.uses[one].known != Known::Nothing;
        has_value(first)
            && sharded.all(|other| has_value(other) && self.are_of_one_group(first, other))
    }

    pub(super) fn known(&self, one: Use) -> Known {
        self.uses[one].known
    }

    /// All tables.
    pub(super) fn all(&self) -> impl Iterator<Item = Use> {
        0..self.uses.len()
    }

    /// The sharded tables.
    pub(super) fn sharded(&self) -> impl Iterator<Item = Use> {
        self.all().filter(|one| self.is_sharded(*one))
    }

    /// The first table of which all shards are needed.
    pub(super) fn open(&self) -> Option<Use> {
        let is_open = |one: &Use| self.uses[*one].known == Known::Nothing;
        self.sharded().find(is_open)
    }
}
