//! Which columns of a table are given, by their positions.

/// A set of column positions.
#[derive(Debug, Clone, Eq, Default)]
pub struct ColumnSet {
    first: u64,
    /// Positions from 64 on; empty for nearly every table.
    more: Vec<u64>,
}

impl PartialEq for ColumnSet {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first && are_equal(&self.more, &other.more)
    }
}

/// Whether these slices are equal. Most are empty: the pointer of such a one leads nowhere, and `memcmp` of glibc, which `==` calls,
/// takes hundreds of cycles to find that there is nothing to be read (a masked load whose fault is suppressed).
#[inline]
pub(crate) fn are_equal<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

impl ColumnSet {
    /// The empty set.
    #[inline]
    pub const fn new() -> Self {
        Self {
            first: 0,
            more: Vec::new(),
        }
    }

    /// Adds a position.
    #[inline]
    #[must_use]
    pub fn with(mut self, column: usize) -> Self {
        self.insert(column);
        self
    }

    /// Adds a position if the condition holds.
    #[inline]
    #[must_use]
    pub fn with_if(mut self, given: bool, column: usize) -> Self {
        if given {
            self.insert(column);
        }
        self
    }

    /// Takes a position out if the condition holds.
    #[inline]
    #[must_use]
    pub fn without_if(mut self, left_out: bool, column: usize) -> Self {
        if left_out {
            match (column / 64).checked_sub(1) {
                None => self.first &= !(1 << column),
                Some(word) => self.remove_more(word, column % 64),
            }
        }
        self
    }

    #[cold]
    fn remove_more(&mut self, word: usize, bit: usize) {
        if let Some(word) = self.more.get_mut(word) {
            *word &= !(1 << bit);
        }
        // Equal sets have equal words.
        while self.more.last() == Some(&0) {
            self.more.pop();
        }
    }

    #[inline]
    fn insert(&mut self, column: usize) {
        match (column / 64).checked_sub(1) {
            None => self.first |= 1 << column,
            Some(word) => self.insert_more(word, column % 64),
        }
    }

    #[cold]
    fn insert_more(&mut self, word: usize, bit: usize) {
        if self.more.len() <= word {
            self.more.resize(word + 1, 0);
        }
        self.more[word] |= 1 << bit;
    }

    /// Returns whether the position is in the set.
    pub fn contains(&self, column: usize) -> bool {
        let word = match (column / 64).checked_sub(1) {
            None => self.first,
            Some(word) => self.more.get(word).copied().unwrap_or(0),
        };
        word & (1 << (column % 64)) != 0
    }

    /// Returns whether it has no position at all.
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.more.iter().all(|&word| word == 0)
    }

    /// Returns whether it has exactly these positions, which must be distinct.
    #[inline]
    pub fn is_exactly(&self, columns: &[usize]) -> bool {
        if self.more.is_empty() {
            let bit = |&column: &usize| {
                u32::try_from(column)
                    .ok()
                    .and_then(|at| 1_u64.checked_shl(at))
            };
            let bits = columns
                .iter()
                .try_fold(0, |bits, column| Some(bits | bit(column)?));
            return bits == Some(self.first);
        }
        self.len() == columns.len() && columns.iter().all(|&column| self.contains(column))
    }

    /// Returns how many positions it has.
    pub fn len(&self) -> usize {
        (self.first.count_ones() + self.more.iter().map(|word| word.count_ones()).sum::<u32>())
            as usize
    }

    /// The positions in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        Positions {
            word: self.first,
            before: 0,
            more: self.more.iter(),
        }
    }

    /// The first 64 positions as bits, and the others likewise; those of equal sets are equal.
    #[inline]
    pub(crate) fn parts(&self) -> (u64, &[u64]) {
        (self.first, &self.more)
    }
}

/// The positions of a set that are left.
struct Positions<'s> {
    /// Of the word at hand.
    word: u64,
    /// The positions before that word.
    before: usize,
    more: std::slice::Iter<'s, u64>,
}

impl Iterator for Positions<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.word = *self.more.next()?;
            self.before += 64;
        }
        let bit = self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(self.before + bit)
    }
}

impl FromIterator<usize> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        columns.into_iter().fold(Self::new(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_columns() {
        let columns = [0, 3, 63, 64, 130];
        let set: ColumnSet = columns.into_iter().collect();
        assert!(set.iter().eq(columns));
        assert!(set.is_exactly(&columns) && !set.is_exactly(&columns[1..]));
        assert!(set.contains(64) && !set.contains(65) && !set.contains(1_000));
        assert_eq!(set.len(), 5);
        assert!(ColumnSet::new().is_empty() && !set.is_empty());
        assert_eq!(ColumnSet::new().with_if(false, 1), ColumnSet::new());
        let fewer = set.clone().without_if(true, 3).without_if(false, 63);
        let fewer = fewer.without_if(true, 130).without_if(true, 64);
        assert_eq!(fewer, [0, 63].into_iter().collect());
        assert_eq!(set.clone().without_if(true, 1).without_if(true, 1_000), set);
    }
}
