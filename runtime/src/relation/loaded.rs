//! Rows that were loaded for some rows, in the order of those.

use std::ops::{Index, Range};

use super::batch::NONE;
use super::groups::in_groups;

/// The result of loading for a number of rows: something for each of them.
pub trait Loaded {
    /// The part for one row.
    type Item<'a>
    where
        Self: 'a;

    /// The part for the row at this position.
    ///
    /// # Panics
    /// There are not that many rows.
    fn of(&self, row: usize) -> Self::Item<'_>;
}

/// For each row the one that it refers to, or that refers to it, where there is one. Rows that several others refer to are here
/// once.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedOne<U> {
    rows: Vec<U>,
    /// The place in `rows` of the partner of each row.
    places: Vec<u32>,
}

impl<U> LoadedOne<U> {
    /// By the group of each row, and the row of each group that has one, as they were found.
    pub(super) fn new(mut places: Vec<u32>, groups: usize, found: Vec<(u32, U)>) -> Self {
        let mut at = vec![NONE; groups];
        let mut rows = Vec::with_capacity(found.len());
        for (group, row) in found {
            at[group as usize] = rows.len() as u32;
            rows.push(row);
        }
        for place in places.iter_mut().filter(|place| **place != NONE) {
            *place = at[*place as usize];
        }
        Self { rows, places }
    }

    /// The number of rows that it was loaded for.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns whether it was loaded for no row.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The partner of the row at this position; `None` where it has none, or there is no such row.
    pub fn get(&self, row: usize) -> Option<&U> {
        let place = *self.places.get(row)?;
        self.rows.get(place as usize)
    }

    /// The partner of each row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&U>> {
        let places = self.places.iter();
        places.map(|place| self.rows.get(*place as usize))
    }

    /// The partners, each once.
    pub fn rows(&self) -> &[U] {
        &self.rows
    }

    /// The partners, each once.
    pub fn into_rows(self) -> Vec<U> {
        self.rows
    }

    /// The place among [`rows`](Self::rows) of the partner of a row.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        let place = self.places[row];
        (place != NONE).then_some(place as usize)
    }
}

impl<U> Loaded for LoadedOne<U> {
    type Item<'a>
        = Option<&'a U>
    where
        U: 'a;

    fn of(&self, row: usize) -> Option<&U> {
        self.place(row).map(|at| &self.rows[at])
    }
}

/// For each row those that refer to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedMany<C> {
    rows: Vec<C>,
    /// The places in `rows` of those of each row.
    ranges: Vec<Range<u32>>,
}

impl<C> LoadedMany<C> {
    /// By the group of each row, and the rows of all groups as they were found.
    pub(super) fn new(places: &[u32], groups: usize, found: Vec<(u32, C)>) -> Self {
        let mut ends = vec![0_u32; groups + 1];
        for (group, _) in &found {
            ends[*group as usize + 1] += 1;
        }
        for group in 0..groups {
            ends[group + 1] += ends[group];
        }
        let range = |&place: &u32| match place {
            NONE => 0..0,
            group => ends[group as usize]..ends[group as usize + 1],
        };
        Self {
            ranges: places.iter().map(range).collect(),
            rows: in_groups(found).into_iter().map(|(_, row)| row).collect(),
        }
    }

    /// The number of rows that it was loaded for.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Returns whether they were loaded for no row.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Those of the row at this position; `None` where there is no such row.
    pub fn get(&self, row: usize) -> Option<&[C]> {
        (row < self.len()).then(|| self.of(row))
    }

    /// Those of each row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[C]> {
        (0..self.len()).map(|row| self.of(row))
    }

    /// All of them: those of the first row, then those of the second, and so on.
    pub fn rows(&self) -> &[C] {
        &self.rows
    }

    /// All of them: those of the first row, then those of the second, and so on.
    pub fn into_rows(self) -> Vec<C> {
        self.rows
    }

    /// The places among [`rows`](Self::rows) of those of a row.
    pub(super) fn range(&self, row: usize) -> Range<usize> {
        let Range { start, end } = &self.ranges[row];
        *start as usize..*end as usize
    }
}

impl<C> Loaded for LoadedMany<C> {
    type Item<'a>
        = &'a [C]
    where
        C: 'a;

    fn of(&self, row: usize) -> &[C] {
        &self.rows[self.range(row)]
    }
}

impl<C> Index<usize> for LoadedMany<C> {
    type Output = [C];

    fn index(&self, row: usize) -> &[C] {
        self.of(row)
    }
}

/// The links of each row by the places of the rows that they lead to. It is the same for all models: what sorts is most of the code.
fn order_within(ranges: &[Range<u32>], places: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    for range in ranges {
        let range = range.start as usize..range.end as usize;
        order[range].sort_by_key(|&link| places[link]);
    }
    order
}

/// For each row those that belong to it by a table between them. Rows that belong to several are here once.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedThrough<J, U> {
    links: LoadedMany<J>,
    far: LoadedOne<U>,
}

impl<J, U> LoadedThrough<J, U> {
    pub(super) fn new(links: LoadedMany<J>, far: LoadedOne<U>) -> Self {
        Self { links, far }
    }

    /// Brings those of each row into the order in which they were found.
    pub(super) fn in_order(self) -> Self {
        let Self { mut links, mut far } = self;
        let order = order_within(&links.ranges, &far.places);
        let mut rows: Vec<Option<J>> = links.rows.into_iter().map(Some).collect();
        links.rows = order.iter().filter_map(|&link| rows[link].take()).collect();
        far.places = order.iter().map(|&link| far.places[link]).collect();
        Self { links, far }
    }

    /// The number of rows that it was loaded for.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Returns whether they were loaded for no row.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Those of each row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Vec<&U>> {
        (0..self.len()).map(|row| self.of(row))
    }

    /// All of them, each once.
    pub fn rows(&self) -> &[U] {
        self.far.rows()
    }

    /// The rows of the table between, for each row.
    pub fn links(&self) -> &LoadedMany<J> {
        &self.links
    }
}

impl<J, U> Loaded for LoadedThrough<J, U> {
    type Item<'a>
        = Vec<&'a U>
    where
        J: 'a,
        U: 'a;

    fn of(&self, row: usize) -> Vec<&U> {
        let links = self.links.range(row);
        links.filter_map(|link| self.far.of(link)).collect()
    }
}

/// Rows that were loaded, together with those that were loaded for them.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedNested<A, B> {
    pub(super) outer: A,
    pub(super) inner: B,
}

impl<A, B> LoadedNested<A, B> {
    /// Both apart: the second is for the rows of the first.
    pub fn into_parts(self) -> (A, B) {
        (self.outer, self.inner)
    }
}

impl<U, B: Loaded> Loaded for LoadedNested<LoadedOne<U>, B> {
    type Item<'a>
        = Option<(&'a U, B::Item<'a>)>
    where
        U: 'a,
        B: 'a;

    fn of(&self, row: usize) -> Self::Item<'_> {
        let at = self.outer.place(row)?;
        Some((&self.outer.rows[at], self.inner.of(at)))
    }
}

impl<C, B: Loaded> Loaded for LoadedNested<LoadedMany<C>, B> {
    type Item<'a>
        = NestedRows<'a, C, B>
    where
        C: 'a,
        B: 'a;

    fn of(&self, row: usize) -> Self::Item<'_> {
        NestedRows {
            rows: &self.outer.rows,
            inner: &self.inner,
            range: self.outer.range(row),
        }
    }
}

impl<J, U, B: Loaded> Loaded for LoadedNested<LoadedThrough<J, U>, B> {
    type Item<'a>
        = Vec<(&'a U, B::Item<'a>)>
    where
        J: 'a,
        U: 'a,
        B: 'a;

    fn of(&self, row: usize) -> Self::Item<'_> {
        let LoadedThrough { links, far } = &self.outer;
        let places = links.range(row).filter_map(|link| far.place(link));
        let each = places.map(|at| (&far.rows[at], self.inner.of(at)));
        each.collect()
    }
}

/// Rows, each with what was loaded for it.
#[derive(Debug)]
pub struct NestedRows<'a, C, B> {
    rows: &'a [C],
    inner: &'a B,
    range: Range<usize>,
}

impl<'a, C, B: Loaded> Iterator for NestedRows<'a, C, B> {
    type Item = (&'a C, B::Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.range.next()?;
        Some((&self.rows[at], self.inner.of(at)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl<C, B: Loaded> ExactSizeIterator for NestedRows<'_, C, B> {}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))*) => {$(
        impl<$($name: Loaded),+> Loaded for ($($name,)+) {
            type Item<'a>
                = ($($name::Item<'a>,)+)
            where
                $($name: 'a),+;

            fn of(&self, row: usize) -> Self::Item<'_> {
                ($(self.$at.of(row),)+)
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
}
