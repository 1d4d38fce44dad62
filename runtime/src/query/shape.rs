//! The shape of a query: all of it but its values, as bytes. Queries of one shape have one text.

use crate::value::Buffer;

/// The shape of a condition, in postfix order.
pub(crate) type Shape = Buffer<22>;

/// Codes of a shape. Each takes what stands before it and leaves one expression or condition.
pub(crate) mod op {
    /// The six comparisons take two expressions.
    pub(crate) const EQ: u8 = 1;
    pub(crate) const NE: u8 = 2;
    pub(crate) const LT: u8 = 3;
    pub(crate) const LE: u8 = 4;
    pub(crate) const GT: u8 = 5;
    pub(crate) const GE: u8 = 6;
    /// Followed by the kind of search in the text, and by whether what is looked for has a NUL.
    pub(crate) const SEARCH: u8 = 7;
    /// Followed by the kind of the list's values and the power of two that holds their number.
    pub(crate) const IN: u8 = 9;
    pub(crate) const IS_NULL: u8 = 10;
    pub(crate) const IS_NOT_NULL: u8 = 11;
    /// Takes three expressions.
    pub(crate) const BETWEEN: u8 = 12;
    /// Takes nothing: no row meets it.
    pub(crate) const NEVER: u8 = 13;
    pub(crate) const AND: u8 = 20;
    pub(crate) const OR: u8 = 21;
    pub(crate) const NOT: u8 = 22;
    /// A value of the type of what it is compared with.
    pub(crate) const VALUE: u8 = 30;
    /// A column; its path follows.
    pub(crate) const COLUMN: u8 = 31;
    /// A value within an expression; its kind follows.
    pub(crate) const TYPED: u8 = 32;
    /// A small number of the text; it follows.
    pub(crate) const NUMBER: u8 = 33;
    /// A function, whose number follows, of as many expressions as it takes.
    pub(crate) const CALL: u8 = 34;
    /// Followed by the number of its branches, each a condition and an expression, and by whether an expression for all
    /// other rows comes after them.
    pub(crate) const CASE: u8 = 35;
    /// A selected expression; its position follows.
    pub(crate) const SELECTED: u8 = 36;
    /// SQL of the program's own: texts, values and columns follow, and the end.
    pub(crate) const FRAGMENT: u8 = 37;
    /// Followed by its length and itself.
    pub(crate) const TEXT: u8 = 38;
    pub(crate) const END: u8 = 39;
    /// Rows that are related to this one. Followed by which ones, and by whether it takes a condition on them.
    pub(crate) const ANY: u8 = 40;
    /// An aggregate over rows that are related to this one. Followed by the steps to them, and by whether a condition on them
    /// comes after the aggregate.
    pub(crate) const OF_ROWS: u8 = 43;
    /// Takes a subquery of all rows of a table and the number of those that are left. Their order follows, after its length.
    pub(crate) const FIRST_ROWS: u8 = 47;
    /// An aggregate: takes a text. The separator follows after its length, and the order after its length.
    pub(crate) const STRING_AGG: u8 = 48;
    /// Takes an expression and a subquery of one column.
    pub(crate) const IN_ROWS: u8 = 44;
    /// Takes an aggregate or another function over a window and what the window is partitioned by. Followed by the rows of the
    /// window, its order after the length of that, and by the number of what it is partitioned by.
    pub(crate) const OVER: u8 = 45;
    /// A row of expressions; their number follows.
    pub(crate) const ROW: u8 = 41;
    /// The value of the new row in a column, whose position follows, where a row with its key is there.
    pub(crate) const EXCLUDED: u8 = 46;
    /// The values of a query under a name, and the number of its rows; its place among those of the query follows.
    pub(crate) const SHARED: u8 = 50;
    pub(crate) const SHARED_COUNT: u8 = 51;
    /// Takes an expression of the row that a path leads to. The path follows.
    pub(crate) const AT: u8 = 49;
    /// Integer operators; the type of what they compute follows.
    pub(crate) const INTEGER: u8 = 42;
}

/// The most references that a path follows.
pub(crate) const MOST_HOPS: usize = 6;
/// In place of the number of references of a path that has more of them: it is refused when it is rendered.
const TOO_MANY: u8 = MOST_HOPS as u8 + 1;

/// A column, and the references that lead to its table from the one that is queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ColumnPath {
    hops: [u8; MOST_HOPS],
    length: u8,
    /// Which of the references may be NULL, one bit for each.
    nullable: u8,
    /// It holds a UUID or the like as bytes.
    is_binary: bool,
    index: u16,
}

impl ColumnPath {
    /// A column of the table itself.
    pub(crate) const fn own(index: u16) -> Self {
        Self {
            hops: [0; MOST_HOPS],
            length: 0,
            nullable: 0,
            is_binary: false,
            index,
        }
    }

    /// The same column, seen from a table that refers to this path's: by this reference of what `from` leads to.
    pub(crate) const fn behind(self, from: Self, reference: u8, nullable: bool) -> Self {
        self.after(from.followed_by(reference, nullable))
    }

    /// The same column, seen from the table that another path begins at, which ends at this one's.
    pub(crate) const fn after(mut self, from: Self) -> Self {
        let mut path = from;
        path.index = self.index;
        path.is_binary = self.is_binary;
        let mut at = 0;
        while at < self.length && at < MOST_HOPS as u8 {
            let nullable = self.nullable & 1 == 1;
            path = path.followed_by(self.hops[at as usize], nullable);
            self.nullable >>= 1;
            at += 1;
        }
        if self.length == TOO_MANY {
            path.length = TOO_MANY;
        }
        path
    }

    const fn followed_by(mut self, reference: u8, nullable: bool) -> Self {
        if self.length as usize >= MOST_HOPS {
            self.length = TOO_MANY;
            return self;
        }
        self.hops[self.length as usize] = reference;
        self.nullable |= (nullable as u8) << self.length;
        self.length += 1;
        self
    }

    /// A column of the table before the last reference.
    pub(crate) const fn parent(mut self) -> Self {
        if self.length != TOO_MANY {
            self.length -= 1;
        }
        self
    }

    pub(crate) const fn is_too_long(self) -> bool {
        self.length == TOO_MANY
    }

    pub(crate) const fn is_own(self) -> bool {
        self.length == 0
    }

    pub(crate) const fn may_be_null(self, hop: usize) -> bool {
        self.nullable >> hop & 1 == 1
    }

    pub(crate) const fn binary(mut self) -> Self {
        self.is_binary = true;
        self
    }

    pub(crate) const fn is_binary(self) -> bool {
        self.is_binary
    }

    pub(crate) fn hops(&self) -> &[u8] {
        &self.hops[..usize::from(self.length).min(MOST_HOPS)]
    }

    pub(crate) fn is_same(self, other: Self) -> bool {
        self.hops() == other.hops() && self.index == other.index
    }

    pub(crate) fn index(&self) -> usize {
        usize::from(self.index)
    }

    #[inline]
    pub(crate) fn write<const N: usize>(self, shape: &mut Buffer<N>) {
        if self.length == 0 {
            let [low, high] = self.index.to_le_bytes();
            shape.fixed([0, low, high]);
        } else {
            self.write_hops(shape);
        }
    }

    fn write_hops<const N: usize>(self, shape: &mut Buffer<N>) {
        shape.fixed([self.length, self.nullable]);
        shape.extend(self.hops());
        shape.fixed(self.index.to_le_bytes());
    }

    /// The column as an expression.
    #[inline]
    pub(crate) fn write_column(self, shape: &mut Shape) {
        if self.length == 0 {
            // At once: what is written byte by byte is read more slowly.
            let [low, high] = self.index.to_le_bytes();
            shape.fixed([op::COLUMN, 0, low, high]);
        } else {
            shape.push(op::COLUMN);
            self.write_hops(shape);
        }
    }
}

/// Reads a shape from its beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShapeReader<'a>(&'a [u8]);

impl<'a> ShapeReader<'a> {
    pub(crate) fn new(shape: &'a [u8]) -> Self {
        Self(shape)
    }

    pub(crate) fn is_at_end(self) -> bool {
        self.0.is_empty()
    }

    /// The next byte, which stays.
    pub(super) fn peek(self) -> u8 {
        *self.0.first().expect("shapes are written whole")
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().expect("shapes are written whole");
        self.0 = rest;
        first
    }

    /// The next bytes.
    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    /// A text after its length.
    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.part()).into_owned()
    }

    /// The bytes after their length.
    pub(super) fn part(&mut self) -> &'a [u8] {
        let length = self.take(4).try_into().expect("four bytes");
        self.take(u32::from_le_bytes(length) as usize)
    }

    pub(crate) fn path(&mut self) -> ColumnPath {
        let length = self.byte();
        let nullable = if length == 0 { 0 } else { self.byte() };
        let mut hops = [0; MOST_HOPS];
        for hop in hops.iter_mut().take(usize::from(length)) {
            *hop = self.byte();
        }
        ColumnPath {
            hops,
            length,
            nullable,
            is_binary: false,
            index: u16::from_le_bytes([self.byte(), self.byte()]),
        }
    }
}
