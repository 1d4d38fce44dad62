//! Values over the rows beside a row: places, running sums, the row before.

use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};

use bindery_core::dialect::Function;

use super::aggregate::Aggregate;
use super::clauses::Clauses;
use super::column::{Column, Marker};
use super::computed_on::{Anywhere, Windowed};
use super::condition::Predicate;
use super::expression::{Everywhere, Expr, Term};
use super::nullability::{NotNull, Nullability, Nullable};
use super::order::{OfWindow, OrderWriting, Orders};
use super::select::{Groups, SelectionWriter};
use super::shape::{ShapeReader, op};
use super::tree::{Node, Tree};
use crate::error::{Error, ErrorKind};

/// The rows that a value is computed over, seen from each row of a query: those with equal values in what it is partitioned by,
/// up to the row itself where it has an order.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::query::{Window, row_number};
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut b = db.b()?;
/// # b.blogs().insert_many([NewBlog::new("Rust").stars(5), NewBlog::new("SQL").stars(2), NewBlog::new("Go").stars(3)])?;
/// let by_stars = || Window::new().order_by(blog::stars.desc());
/// let places = b.blogs().query().select((
///     blog::title,
///     row_number().over(by_stars()),
///     blog::stars.sum().over(by_stars()),
///     blog::stars.lag(1).over(by_stars()),
/// ));
/// let rust = ("Rust".to_owned(), 1, Some(5), None);
/// let go = ("Go".to_owned(), 2, Some(8), Some(5));
/// assert_eq!(places.order_by(blog::stars.desc()).limit(2).all()?, [rust, go]);
/// # Ok(())
/// # }
/// ```
#[must_use = "it does nothing until a value is computed `over` it"]
pub struct Window<M> {
    /// The expressions that it is partitioned by.
    partition: Predicate,
    order: Clauses,
    frame: Option<Frame>,
    marker: PhantomData<fn() -> M>,
}

impl<M> Clone for Window<M> {
    fn clone(&self) -> Self {
        Self {
            partition: self.partition.clone(),
            order: self.order.clone(),
            frame: self.frame,
            marker: PhantomData,
        }
    }
}

impl<M> std::fmt::Debug for Window<M> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("Window").finish_non_exhaustive()
    }
}

impl<M> Default for Window<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// The rows around a row, by the number of rows that they are after it; without bound where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

impl Frame {
    /// All rows of the partition.
    pub(super) const ALL: Self = Self {
        from: None,
        to: None,
    };

    fn of(rows: &impl RangeBounds<i64>) -> Self {
        Self {
            from: match rows.start_bound() {
                Bound::Included(from) => Some(*from),
                Bound::Excluded(before) => Some(before.saturating_add(1)),
                Bound::Unbounded => None,
            },
            to: match rows.end_bound() {
                Bound::Included(to) => Some(*to),
                Bound::Excluded(after) => Some(after.saturating_sub(1)),
                Bound::Unbounded => None,
            },
        }
    }

    fn is_empty(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from > to)
    }
}

impl<M> Window<M> {
    /// All rows of the query.
    pub const fn new() -> Self {
        Self {
            partition: Predicate::new(),
            order: Clauses::new(),
            frame: None,
            marker: PhantomData,
        }
    }

    /// Only the rows that have equal values in these columns or expressions. NULL is equal to NULL.
    pub fn partition_by(mut self, groups: impl Groups<M>) -> Self {
        let mut written = Clauses::new();
        groups.write(&mut SelectionWriter(&mut written));
        self.partition.append(&written.into_groups().keys);
        self
    }

    /// The rows in this order: sums, counts and the like are running ones then, of the rows up to the row and those that are equal
    /// to it in the order. What depends on the order of equal rows ([`row_number`], `lag`, `lead`, first and last values, and
    /// [`rows`](Self::rows)) goes by the key after it.
    pub fn order_by(mut self, orders: impl Orders<M, Everywhere, OfWindow>) -> Self {
        orders.write(&mut OrderWriting(&mut self.order));
        self
    }

    /// Only these rows around each row, by their distance in the order: `..=0` are all up to the row itself, `-6..=0` the row and
    /// the six before it, `-1..=1` three.
    pub fn rows(mut self, rows: impl RangeBounds<i64>) -> Self {
        let frame = Frame::of(&rows);
        if frame.is_empty() {
            let why = "a window whose last row is before its first";
            self.partition
                .keep(Err(Error::new(ErrorKind::Unsupported(why))));
        }
        self.frame = Some(frame);
        self
    }
}

/// A function that is computed over a window: [`row_number`], `post::stars.lag(1)`.
#[must_use = "it is a value `over` a window only"]
pub struct WindowFunction<M, T, K = NotNull> {
    predicate: Predicate,
    marker: Marker<M, T, K>,
}

impl<M, T, K> std::fmt::Debug for WindowFunction<M, T, K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("WindowFunction").finish_non_exhaustive()
    }
}

impl<M, T, K> WindowFunction<M, T, K> {
    fn new(mut of: Predicate, function: Function) -> Self {
        of.shape.fixed([op::CALL, function as u8]);
        Self {
            predicate: of,
            marker: PhantomData,
        }
    }

    /// Its value over a window, beside each row.
    pub fn over(self, window: Window<M>) -> Expr<M, T, K, Windowed> {
        over(self.predicate, &window)
    }
}

impl<M, T, K> Aggregate<M, T, K> {
    /// Its value over the rows of a window, beside each row: a running one where the window has an order.
    ///
    /// A number of different values over a window is [`ErrorKind::Unsupported`], as PostgreSQL and MariaDB have none.
    pub fn over(self, window: Window<M>) -> Expr<M, T, K, Windowed> {
        over(self.predicate, &window)
    }
}

fn over<M, T, K>(mut value: Predicate, window: &Window<M>) -> Expr<M, T, K, Windowed> {
    let of = Tree::read(value.shape.bytes());
    if !matches!(of.nodes[of.roots[0]], Node::Call(..)) {
        let why = "texts put together over a window, which MariaDB has not";
        value.keep(Err(Error::new(ErrorKind::Unsupported(why))));
        return Expr::new(value, false);
    }
    value.append(&window.partition);
    let shape = &mut value.shape;
    let frame = window.frame.map(|frame| [frame.from, frame.to]);
    shape.fixed([op::OVER, u8::from(frame.is_some())]);
    for bound in frame.into_iter().flatten() {
        shape.push(u8::from(bound.is_some()));
        shape.fixed(bound.unwrap_or_default().to_le_bytes());
    }
    window.order.order_within(&mut value);
    let partitions = Tree::read(window.partition.shape.bytes());
    value.shape.push(partitions.roots.len() as u8);
    Expr::new(value, false)
}

impl ShapeReader<'_> {
    /// The rows around each row of a window, where it says which.
    pub(super) fn frame(&mut self) -> Option<Frame> {
        let is_said = self.byte() == 1;
        is_said.then(|| Frame {
            from: self.bound(),
            to: self.bound(),
        })
    }

    fn bound(&mut self) -> Option<i64> {
        let is_bound = self.byte() == 1;
        let rows = self.take(8).try_into().expect("eight bytes");
        is_bound.then_some(i64::from_le_bytes(rows))
    }
}

/// The place of a row in the order of a window, from 1; equal rows go by the key.
pub fn row_number<M>() -> WindowFunction<M, u64> {
    WindowFunction::new(Predicate::new(), Function::RowNumber)
}

/// The place of a row in the order of a window, from 1: equal rows have the same, and the places after them are left out.
pub fn rank<M>() -> WindowFunction<M, u64> {
    WindowFunction::new(Predicate::new(), Function::Rank)
}

/// The place of a row in the order of a window, from 1: equal rows have the same, and none is left out.
pub fn dense_rank<M>() -> WindowFunction<M, u64> {
    WindowFunction::new(Predicate::new(), Function::DenseRank)
}

macro_rules! of_other_rows {
    ($type:ty) => {
        impl<M, T, K: Nullability> $type {
            /// Its value in the row that is this many rows before, in the order of the window; NULL where there is none.
            pub fn lag(self, rows: u8) -> WindowFunction<M, T, Nullable> {
                distant(self.term(), rows, Function::Lag)
            }

            /// Its value in the row that is this many rows after, in the order of the window; NULL where there is none.
            pub fn lead(self, rows: u8) -> WindowFunction<M, T, Nullable> {
                distant(self.term(), rows, Function::Lead)
            }

            /// Its value in the first row of the window.
            pub fn first_value(self) -> WindowFunction<M, T, Nullable> {
                WindowFunction::new(self.term().predicate, Function::FirstValue)
            }

            /// Its value in the last row of the window: of the whole partition, unless [`rows`](Window::rows) says which rows the
            /// window has.
            pub fn last_value(self) -> WindowFunction<M, T, Nullable> {
                WindowFunction::new(self.term().predicate, Function::LastValue)
            }
        }
    };
}

of_other_rows!(Column<M, T, K>);
of_other_rows!(Expr<M, T, K, Anywhere>);

fn distant<M, T, K>(
    of: Expr<M, T, K>,
    rows: u8,
    function: Function,
) -> WindowFunction<M, T, Nullable> {
    let mut value = of.predicate;
    value.shape.fixed([op::NUMBER, rows]);
    WindowFunction::new(value, function)
}
