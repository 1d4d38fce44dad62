//! What a model is to the runtime: its associated types, and how its values are read and written.

use crate::driver::{ParamWriter, RowReader};
use crate::engine::Engine;
use crate::error::Result;

/// A model's tag, `model::Blog`. Generated code implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "expected a tag from the generated module `model`"
)]
pub trait Model: Copy + std::fmt::Debug + Send + Sync + 'static {
    /// The model's name, as errors show it.
    const NAME: &'static str;
    /// Names of the engines it lives on, in the order of its tag.
    const ENGINES: &'static [&'static str];

    /// A stored row.
    type Row<E: Engine>;
    /// Its key; [`NoKey`] for a table without one.
    type Key<E: Engine>: Clone + std::fmt::Debug;
    /// A row to be inserted; [`ReadOnly`] for a view.
    type New<E: Engine>: ColumnSource;
    /// Columns to be updated; [`ReadOnly`] for a view.
    type Patch<E: Engine>: ColumnSource;
    /// What `insert` gives back: the stored row, or nothing for a table without a key, where it cannot be found again.
    type Inserted<E: Engine>;

    /// Reads the columns of [`TableSql::columns`](crate::__private::TableSql::columns), in that order.
    fn read<E: Engine>(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row<E>>;

    /// Turns the row that was read back after an insert into what `insert` returns.
    fn inserted<E: Engine>(row: Option<Self::Row<E>>) -> Option<Self::Inserted<E>>;

    /// Writes the columns that [`TableSql::insert_row`](crate::__private::TableSql::insert_row) names.
    fn write_row<E: Engine>(row: &Self::Row<E>, params: &mut ParamWriter<'_>);

    /// Does every key in these new columns belong to this engine? Asked only where the engine is chosen at run time.
    fn new_belongs_to<E: Engine>(_new: &Self::New<E>, _engine: E) -> bool {
        true
    }

    /// The same of changed columns.
    fn patch_belongs_to<E: Engine>(_patch: &Self::Patch<E>, _engine: E) -> bool {
        true
    }

    /// The same of a whole row.
    fn row_belongs_to<E: Engine>(_row: &Self::Row<E>, _engine: E) -> bool {
        true
    }
}

/// A model whose rows are stored in a table of its own, not computed by a view.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a view: it can only be read",
    label = "this writes",
    note = "write to the tables that the view reads"
)]
pub trait Writable: Model {}

/// A model whose table has a primary key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no primary key",
    label = "this needs a key",
    note = "without a key a single row cannot be found, updated or deleted; a view never has one"
)]
pub trait HasKey: Writable {
    /// The key of a row.
    fn key<E: Engine>(row: &Self::Row<E>) -> Self::Key<E>;

    /// Writes the key's columns in the order of the key.
    fn write_key<E: Engine>(key: &Self::Key<E>, params: &mut ParamWriter<'_>);

    /// Writes what `save` sets to the row's values: every column that may be written, is not part of the key and is not
    /// set by the update itself.
    fn write_saved<E: Engine>(row: &Self::Row<E>, params: &mut ParamWriter<'_>);

    /// Writes the version, where a column counts the updates of a row.
    fn write_version<E: Engine>(_row: &Self::Row<E>, _params: &mut ParamWriter<'_>) {}

    /// Does the key belong to this engine?
    fn key_belongs_to<E: Engine>(_key: &Self::Key<E>, _engine: E) -> bool {
        true
    }
}

/// The key type of a table without a primary key: it has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoKey {}

/// The type of what is written to a view: it has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadOnly {}

impl ColumnSource for ReadOnly {
    fn columns(&self) -> ColumnSet {
        match *self {}
    }

    fn write(&self, _: &mut ParamWriter<'_>) {
        match *self {}
    }
}

/// Values for some columns of a table: a `New…` or a `…Patch`.
pub trait ColumnSource {
    /// Which columns are written, by their position in [`TableSql::columns`](crate::__private::TableSql::columns).
    fn columns(&self) -> ColumnSet;

    /// Which of them the program gave. The others have the value that a new row gets without one, such as NULL, and
    /// are nothing that a stored row may be changed to.
    fn given(&self) -> ColumnSet {
        self.columns()
    }

    /// Writes exactly [`columns`](Self::columns), in that order.
    fn write(&self, params: &mut ParamWriter<'_>);
}

/// A set of column positions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnSet {
    first: u64,
    /// Positions from 64 on; empty for nearly every table.
    more: Vec<u64>,
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

    /// Is the position in the set?
    pub fn contains(&self, column: usize) -> bool {
        let word = match (column / 64).checked_sub(1) {
            None => self.first,
            Some(word) => self.more.get(word).copied().unwrap_or(0),
        };
        word & (1 << (column % 64)) != 0
    }

    /// Has it no position at all?
    pub fn is_empty(&self) -> bool {
        self.first == 0 && self.more.iter().all(|&word| word == 0)
    }

    /// Has it exactly these positions? They must be distinct.
    pub fn is_exactly(&self, columns: &[usize]) -> bool {
        self.len() == columns.len() && columns.iter().all(|&column| self.contains(column))
    }

    /// How many positions it has.
    pub fn len(&self) -> usize {
        (self.first.count_ones() + self.more.iter().map(|word| word.count_ones()).sum::<u32>())
            as usize
    }

    /// The positions in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..64 * (self.more.len() + 1)).filter(|&column| self.contains(column))
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
