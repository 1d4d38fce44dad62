//! The rows that links lead to, and those that are not there.

use crate::error::Result;

/// The end of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked<R, K> {
    /// The row.
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

    /// Does it lead to a row that is not there?
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(_))
    }
}

/// The rows that a number of rows link to, in the order of these. A row that several link to is here once.
#[derive(Debug, Clone)]
pub struct LinkedRows<R, K> {
    rows: Vec<R>,
    missing: Vec<K>,
    places: Vec<Linked<usize, usize>>,
}

impl<R, K> LinkedRows<R, K> {
    /// `places` has the place of each row's key, `found_at` the row with the key at a place.
    pub(super) fn new(
        rows: Vec<R>,
        places: &[Option<u32>],
        found_at: &[Option<usize>],
        key: impl Fn(u32) -> Result<K>,
    ) -> Result<Self> {
        let mut missing = Vec::new();
        let mut targets = Vec::with_capacity(found_at.len());
        for (place, found) in (0..).zip(found_at) {
            targets.push(match found {
                Some(at) => Linked::Found(*at),
                None => {
                    missing.push(key(place)?);
                    Linked::Missing(missing.len() - 1)
                }
            });
        }
        let target = |place: &Option<u32>| match place {
            Some(place) => targets[*place as usize],
            None => Linked::Null,
        };
        let places = places.iter().map(target).collect();
        Ok(Self {
            rows,
            missing,
            places,
        })
    }

    /// For each row, in their order, what it links to.
    pub fn iter(&self) -> Iter<'_, R, K> {
        Iter { of: self, next: 0 }
    }

    /// The end of the link of the row at this position.
    pub fn get(&self, position: usize) -> Option<Linked<&R, &K>> {
        let place = self.places.get(position)?;
        Some(self.target(*place))
    }

    fn target(&self, place: Linked<usize, usize>) -> Linked<&R, &K> {
        match place {
            Linked::Found(at) => Linked::Found(&self.rows[at]),
            Linked::Missing(at) => Linked::Missing(&self.missing[at]),
            Linked::Null => Linked::Null,
        }
    }

    /// The number of rows that link.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Were there no rows?
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Each row that is linked to, once.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// Each row that is linked to, once.
    pub fn into_rows(self) -> Vec<R> {
        self.rows
    }

    /// Each key without a row, once.
    pub fn missing(&self) -> &[K] {
        &self.missing
    }

    /// The end of the only row's link.
    pub(super) fn into_first(mut self) -> Linked<R, K> {
        match (self.rows.pop(), self.missing.pop()) {
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

/// The rows that link to each of a number of rows, in the order of these.
#[derive(Debug, Clone)]
pub struct LinkedMany<R> {
    groups: Vec<Vec<R>>,
    places: Vec<usize>,
}

impl<R> LinkedMany<R> {
    /// `places` has the group of each row.
    pub(super) fn new(groups: Vec<Vec<R>>, places: Vec<usize>) -> Self {
        Self { groups, places }
    }

    /// The rows that link to the row at this position.
    pub fn get(&self, position: usize) -> Option<&[R]> {
        let place = self.places.get(position)?;
        Some(&self.groups[*place])
    }

    /// The rows that link to each of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[R]> {
        self.places
            .iter()
            .map(|place| self.groups[*place].as_slice())
    }

    /// The number of rows that are linked to.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Were there no rows?
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl<'a, R> IntoIterator for &'a LinkedMany<R> {
    type Item = &'a [R];
    type IntoIter = std::vec::IntoIter<&'a [R]>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter().collect::<Vec<_>>().into_iter()
    }
}
