//! `for` over what was loaded for some rows, in the order of those.

use std::ops::Range;

use super::loaded::{Loaded, LoadedMany, LoadedOne, LoadedThrough};

/// The part of each row, one after the other.
#[derive(Debug)]
pub struct LoadedIter<'a, L> {
    loaded: &'a L,
    rows: Range<usize>,
}

impl<'a, L: Loaded> Iterator for LoadedIter<'a, L> {
    type Item = L::Item<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(self.loaded.of(row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl<L: Loaded> ExactSizeIterator for LoadedIter<'_, L> {}

macro_rules! by_reference {
    ($($loaded:ident<$($of:ident),+>)*) => {$(
        impl<'a, $($of),+> IntoIterator for &'a $loaded<$($of),+> {
            type Item = <$loaded<$($of),+> as Loaded>::Item<'a>;
            type IntoIter = LoadedIter<'a, $loaded<$($of),+>>;

            fn into_iter(self) -> Self::IntoIter {
                LoadedIter {
                    loaded: self,
                    rows: 0..self.len(),
                }
            }
        }
    )*};
}

by_reference! {
    LoadedOne<U>
    LoadedMany<C>
    LoadedThrough<J, U>
}
