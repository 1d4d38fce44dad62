//! The rows that links lead to, and those that are not there.

use super::batch::{Batch, NONE};
use super::groups::in_groups;
use super::loaded::LoadedOne;
use crate::error::Result;

/// The end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked<R, K> {
    /// The row that the link leads to.
    Found(R),
    /// There is no row with this key: it was deleted, or never was.
    Missing(K),
    /// The link is NULL.
    Null,
}

impl<R, K> Linked<R, K> {
    /// The row, where there is one.
    pub fn found(self) -> Option<R> {
        match self {
            Self::Found(row) => Some(row),
            Self::Missing(_) | Self::Null => None,
        }
    }

    /// Returns whether it leads to a row that is not there.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }
}

/// The rows that a number of rows link to, in the order of these. A row that several link to is here once.
#[derive(Debug, Clone)]
pub struct LinkedRows<R, K> {
    found: LoadedOne<R>,
    missing: Vec<K>,
    /// Where in `missing` the key of each row is.
    missing_places: Vec<u32>,
}

impl<R, K> LinkedRows<R, K> {
    /// By the rows of the groups that have one, and a key for each of those that have none.
    pub(super) fn new(
        batch: Batch,
        found: Vec<(u32, R)>,
        key: impl Fn(&[u8]) -> Result<K>,
    ) -> Result<Self> {
        let groups = batch.len();
        let mut is_found = vec![false; groups];
        for (group, _) in &found {
            is_found[*group as usize] = true;
        }
        let mut missing = Vec::new();
        let mut missing_at = vec![NONE; groups];
        for group in (0..groups).filter(|&group| !is_found[group]) {
            missing_at[group] = missing.len() as u32;
            missing.push(key(batch.key(group as u32))?);
        }
        let places = batch.into_places();
        let missing_at = |&place: &u32| missing_at.get(place as usize).copied().unwrap_or(NONE);
        let missing_places = places.iter().map(missing_at).collect();
        Ok(Self {
            found: LoadedOne::new(places, groups, in_groups(found)),
            missing,
            missing_places,
        })
    }

    /// For each row, in their order, what it links to.
    pub fn iter(&self) -> Iter<'_, R, K> {
        Iter { of: self, next: 0 }
    }

    /// The end of the link of the row at this position.
    pub fn get(&self, position: usize) -> Option<Linked<&R, &K>> {
        let missing = *self.missing_places.get(position)?;
        let missing = self.missing.get(missing as usize);
        Some(match (self.found.get(position), missing) {
            (Some(row), _) => Linked::Found(row),
            (None, Some(key)) => Linked::Missing(key),
            (None, None) => Linked::Null,
        })
    }

    /// The number of rows that link.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns whether links of no row were loaded.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Each row that is linked to, once.
    pub fn rows(&self) -> &[R] {
        self.found.rows()
    }

    /// Each row that is linked to, once.
    pub fn into_rows(self) -> Vec<R> {
        self.found.into_rows()
    }

    /// Each key without a row, once.
    pub fn missing(&self) -> &[K] {
        &self.missing
    }

    /// The end of the only row's link.
    pub(super) fn into_first(mut self) -> Linked<R, K> {
        match (self.found.into_rows().pop(), self.missing.pop()) {
            (Some(row), _) => Linked::Found(row),
            (None, Some(key)) => Linked::Missing(key),
            (None, None) => Linked::Null,
        }
    }
}

impl<'a, R, K> IntoIterator for &'a LinkedRows<R, K> {
    type Item = Linked<&'a R, &'a K>;
    type IntoIter = Iter<'a, R, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The ends of the links of a number of rows.
#[derive(Debug)]
pub struct Iter<'a, R, K> {
    of: &'a LinkedRows<R, K>,
    next: usize,
}

impl<'a, R, K> Iterator for Iter<'a, R, K> {
    type Item = Linked<&'a R, &'a K>;

    fn next(&mut self) -> Option<Self::Item> {
        let linked = self.of.get(self.next)?;
        self.next += 1;
        Some(linked)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.of.len() - self.next;
        (left, Some(left))
    }
}

impl<R, K> ExactSizeIterator for Iter<'_, R, K> {}
