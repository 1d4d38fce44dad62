//! The clauses that hardly any query has: what is selected, groups, joined rows, locks.

use super::clauses::Clauses;
use super::condition::Predicate;
use super::lock::Lock;
use super::render::Wanted;
use super::shape::{ColumnPath, Shape, ShapeReader};
use super::shared::SharedQueries;
use crate::value::recorded::RecordedValues;

/// The parts that hardly any query has, apart, so that the others stay small.
#[derive(Clone)]
pub(crate) struct Extras {
    /// The selected expressions, one after the other.
    pub(crate) items: Predicate,
    /// The ends of the shape and of the values of each.
    pub(super) ends: Vec<(usize, usize)>,
    /// The columns that the fields of a row are named after, where it is read into some.
    pub(super) fields: &'static [&'static str],
    pub(crate) groups: Predicate,
    /// Whether each of what the groups are by may be NULL.
    pub(super) nullable_groups: Vec<bool>,
    pub(crate) having: Predicate,
    pub(super) order_values: RecordedValues,
    pub(crate) is_distinct: bool,
    /// One of the selected expressions has an aggregate.
    pub(crate) has_aggregate: bool,
    /// An aggregate of the rows that the limit leaves.
    pub(crate) is_of_limited: bool,
    /// The query is of these rows.
    pub(super) of: Option<Box<FirstOfEach>>,
    pub(crate) lock: Option<Lock>,
    /// The rows that each row comes with.
    pub(super) joined: Shape,
    /// The queries that its conditions have under names.
    pub(super) with: SharedQueries,
    /// The conditions of those that only come where they meet one.
    pub(crate) on: Predicate,
}

/// The first rows of each group of the rows of a query, in its order.
#[derive(Clone)]
pub(super) struct FirstOfEach {
    pub(super) query: Clauses,
    pub(super) groups: GroupKeys,
    pub(super) rows: u64,
}

/// The columns and expressions that groups are by.
#[derive(Clone)]
pub(super) struct GroupKeys {
    pub(super) keys: Predicate,
    /// Whether each of them may be NULL.
    pub(super) nullable: Vec<bool>,
}

/// A row that another comes with.
pub(crate) struct JoinedPath {
    /// Any column of it.
    pub(crate) path: ColumnPath,
    /// Rows without one are left out.
    pub(crate) is_inner: bool,
    /// The number of the condition that it has to meet to come.
    pub(crate) condition: Option<usize>,
}

/// How another row comes with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// Rows without one are left out.
    Inner = 0,
    Left = 1,
    /// The other row comes if it meets the next condition.
    LeftIf = 2,
}

impl Extras {
    pub(super) fn new() -> Self {
        Self {
            items: Predicate::new(),
            ends: Vec::new(),
            fields: &[],
            groups: Predicate::new(),
            nullable_groups: Vec::new(),
            having: Predicate::new(),
            order_values: RecordedValues::new(),
            is_distinct: false,
            has_aggregate: false,
            is_of_limited: false,
            of: None,
            lock: None,
            joined: Shape::new(),
            with: SharedQueries::default(),
            on: Predicate::new(),
        }
    }

    /// Its own expressions and conditions.
    pub(crate) fn predicates(&self) -> [&Predicate; 4] {
        [&self.items, &self.groups, &self.having, &self.on]
    }

    /// Whose groups the rows are ordered by, where there is no other order.
    pub(super) fn ordering(&self, order: &[u8]) -> Option<&FirstOfEach> {
        let is_of_rows = !self.is_distinct && (!self.is_folded() || self.is_of_limited);
        let of = self.of.as_deref();
        of.filter(|_| order.is_empty() && is_of_rows)
    }

    /// The rows that each row comes with.
    pub(crate) fn joined(&self) -> Vec<JoinedPath> {
        let mut reader = ShapeReader::new(self.joined.bytes());
        let mut joined = Vec::new();
        let mut conditions = 0..;
        while !reader.is_at_end() {
            let join = reader.byte();
            let is_conditional = join == Join::LeftIf as u8;
            joined.push(JoinedPath {
                is_inner: join == Join::Inner as u8,
                condition: if is_conditional {
                    conditions.next()
                } else {
                    None
                },
                path: reader.path(),
            });
        }
        joined
    }

    /// The position of a selected expression.
    pub(super) fn position(&self, expression: &Predicate) -> Option<u8> {
        let (mut shape, mut values) = (0, 0);
        let found = self.ends.iter().position(|&(shape_end, values_end)| {
            let same = &self.items.shape.bytes()[shape..shape_end] == expression.shape.bytes()
                && &self.items.values.bytes()[values..values_end] == expression.values.bytes();
            (shape, values) = (shape_end, values_end);
            same
        });
        found.and_then(|found| u8::try_from(found).ok())
    }

    /// Whether the selection takes part in what is wanted. Rows are counted without it where there is one for each.
    pub(crate) fn is_selected(&self, wanted: Wanted) -> bool {
        match wanted {
            Wanted::Rows | Wanted::AnyRows => false,
            Wanted::Selected | Wanted::Part => true,
            Wanted::Count | Wanted::Exists => self.is_folded(),
        }
    }

    /// Whether what is selected is not one for each row.
    pub(crate) fn is_folded(&self) -> bool {
        self.is_distinct || self.has_aggregate || !self.groups.shape.is_empty()
    }

    pub(super) fn flags(&self) -> [u8; 2] {
        let lock = self.lock.map_or(0, Lock::code);
        let flags = u8::from(self.is_distinct) | u8::from(self.is_of_limited) << 1;
        [flags, lock]
    }
}
