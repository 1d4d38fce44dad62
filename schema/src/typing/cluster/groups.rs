//! Sets of places that belong together.

use std::collections::HashMap;

use crate::source::Span;

/// Disjoint sets of keys.
#[derive(Debug, Default)]
pub(super) struct Groups(HashMap<Span, Span>);

impl Groups {
    /// The first of a key's set.
    fn first(&self, key: Span) -> Span {
        let mut first = key;
        while let Some(&before) = self.0.get(&first) {
            first = before;
        }
        first
    }

    pub(super) fn unite(&mut self, one: Span, other: Span) {
        let (one, other) = (self.first(one), self.first(other));
        if one != other {
            self.0.insert(other, one);
        }
    }

    pub(super) fn are_one(&self, one: Span, other: Span) -> bool {
        self.first(one) == self.first(other)
    }
}
