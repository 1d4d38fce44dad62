//! The order of rows.

use std::marker::PhantomData;

use super::clauses::Clauses;
use super::column::Marker;
use super::computed_on::{Anywhere, ComputedOn, SelectedOn};
use super::condition::Predicate;
use super::shape::{ColumnPath, ShapeReader, op};
use crate::link::engine::Engine;
use crate::value::Buffer;
use bindery_core::dialect::{Dialect, Function};

/// The orders of a query.
pub(crate) type OrderShape = Buffer<16>;

/// A column that rows are ordered by: `post::stars.desc()`.
///
/// NULL is less than every value, on every database. Rows that all columns of a query's order leave equal are ordered by
/// their key, in the direction of the last column.
#[derive(Debug, Clone, Copy)]
#[must_use = "an order does nothing until a query is ordered by it"]
pub struct Order<M> {
    path: ColumnPath,
    direction: Direction,
    marker: PhantomData<fn() -> M>,
}

/// The order of rows by one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Direction {
    pub(crate) descending: bool,
    /// The column may be NULL.
    pub(crate) nullable: bool,
    pub(crate) nulls: Nulls,
}

/// The words of an order.
pub(super) struct DirectionWords {
    /// Follows the sort key where it is written once more, before itself.
    pub(super) before: Option<&'static str>,
    /// After the sort key.
    pub(super) way: &'static str,
    pub(super) nulls: &'static str,
}

/// The place of NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Least,
    First,
    Last,
}

impl Direction {
    pub(super) const fn new(descending: bool, nullable: bool) -> Self {
        Self {
            descending,
            nullable,
            nulls: Nulls::Least,
        }
    }

    const DESCENDING: u8 = 1;
    const NULLABLE: u8 = 2;
    const FIRST: u8 = 4;
    const LAST: u8 = 8;
    /// An expression follows, with its length before it, in place of a column's path.
    const EXPRESSION: u8 = 16;

    pub(super) const fn code(self) -> u8 {
        let nulls = match self.nulls {
            Nulls::Least => 0,
            Nulls::First => Self::FIRST,
            Nulls::Last => Self::LAST,
        };
        nulls
            | if self.descending { Self::DESCENDING } else { 0 }
            | if self.nullable { Self::NULLABLE } else { 0 }
    }

    /// Of an expression, with its length after it.
    pub(super) const fn code_of_expression(self) -> u8 {
        self.code() | Self::EXPRESSION
    }

    pub(crate) fn is_expression(code: u8) -> bool {
        code & Self::EXPRESSION != 0
    }

    pub(crate) fn of_code(code: u8) -> Self {
        Self {
            descending: code & Self::DESCENDING != 0,
            nullable: code & Self::NULLABLE != 0,
            nulls: match code & (Self::FIRST | Self::LAST) {
                Self::FIRST => Nulls::First,
                Self::LAST => Nulls::Last,
                _ => Nulls::Least,
            },
        }
    }

    /// The orders of a query, then the columns of the key that are not among them: so equal rows come in the same order
    /// everywhere.
    pub(crate) fn all<'a>(order: &'a [u8], key: &[usize]) -> Vec<(Self, Ordered<'a>)> {
        let mut orders = ShapeReader::new(order).orders();
        let by_key = Self::of_rest(&orders);
        for &column in key {
            let path = ColumnPath::own(column as u16);
            if orders.iter().all(|(_, other)| !other.is_column(path)) {
                orders.push((by_key, Ordered::Column(path)));
            }
        }
        orders
    }

    /// Of what decides between rows that these leave equal.
    pub(crate) fn of_rest(orders: &[(Self, Ordered<'_>)]) -> Self {
        Self {
            descending: orders.last().is_some_and(|(last, _)| last.descending),
            nullable: false,
            nulls: Nulls::Least,
        }
    }

    /// How it is written.
    pub(super) fn words(self, dialect: Dialect) -> DirectionWords {
        let syntax = dialect.query_syntax();
        let by_itself = syntax.nulls_are_least != self.descending;
        let is_said = self.nullable && self.nulls_first() != by_itself;
        let (before, nulls) = match (is_said, self.nulls_first()) {
            (false, _) => (None, ""),
            (true, true) if syntax.nulls_words => (None, " NULLS FIRST"),
            (true, false) if syntax.nulls_words => (None, " NULLS LAST"),
            (true, true) => (Some(" IS NOT NULL, "), ""),
            (true, false) => (Some(" IS NULL, "), ""),
        };
        let way = if self.descending { " DESC" } else { "" };
        DirectionWords { before, way, nulls }
    }

    /// Whether the order says where NULL is, other than it is said to be everywhere.
    fn places_null(self) -> bool {
        self.nullable && self.nulls_first() == self.descending
    }

    pub(crate) fn nulls_first(self) -> bool {
        match self.nulls {
            Nulls::Least => !self.descending,
            Nulls::First => true,
            Nulls::Last => false,
        }
    }
}

impl<M> Order<M> {
    pub(crate) const fn new(path: ColumnPath, descending: bool, nullable: bool) -> Self {
        Self {
            path,
            direction: Direction::new(descending, nullable),
            marker: PhantomData,
        }
    }

    /// Rows with NULL before all others.
    pub const fn nulls_first(mut self) -> Self {
        self.direction.nulls = Nulls::First;
        self
    }

    /// Rows with NULL after all others.
    pub const fn nulls_last(mut self) -> Self {
        self.direction.nulls = Nulls::Last;
        self
    }
}

/// The sort key of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ordered<'a> {
    Column(ColumnPath),
    /// The shape of an expression.
    Expression(&'a [u8]),
}

impl Ordered<'_> {
    pub(crate) fn is_column(self, path: ColumnPath) -> bool {
        match self {
            Self::Column(other) => other.is_same(path),
            Self::Expression(_) => false,
        }
    }
}

/// Orders rows.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum OfRows {}

/// Orders what is selected of groups of rows.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum OfGroups {}

/// Orders the rows of a window.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum OfWindow {}

/// An expression that rows are ordered by: `post::title.lower().asc()`, or an aggregate that groups are:
/// `post::stars.sum().desc()`.
#[must_use = "an order does nothing until a query is ordered by it"]
pub struct ExpressionOrder<M, S, R = Anywhere> {
    expression: Predicate,
    direction: Direction,
    marker: Marker<M, S, R>,
}

impl<M, S, R> std::fmt::Debug for ExpressionOrder<M, S, R> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay hidden.
        out.debug_struct("ExpressionOrder").finish_non_exhaustive()
    }
}

impl<M, S, R> ExpressionOrder<M, S, R> {
    pub(crate) const fn new(expression: Predicate, descending: bool, nullable: bool) -> Self {
        Self {
            expression,
            direction: Direction::new(descending, nullable),
            marker: PhantomData,
        }
    }

    /// Rows with NULL before all others.
    pub fn nulls_first(mut self) -> Self {
        self.direction.nulls = Nulls::First;
        self
    }

    /// Rows with NULL after all others.
    pub fn nulls_last(mut self) -> Self {
        self.direction.nulls = Nulls::Last;
        self
    }
}

/// Gives an order by a column the type of one by an expression, so that a program can choose between them.
impl<M> From<Order<M>> for ExpressionOrder<M, OfRows> {
    fn from(order: Order<M>) -> Self {
        Self {
            expression: Predicate::column(order.path),
            direction: order.direction,
            marker: PhantomData,
        }
    }
}

/// Orders rows by chance, anew in each query: `order_by(random()).limit(10)` is a sample. The database reads all rows for it.
pub fn random<M>() -> ExpressionOrder<M, OfRows> {
    let mut chance = Predicate::new();
    chance.shape.fixed([op::CALL, Function::Random as u8]);
    ExpressionOrder::new(chance, false, false)
}

/// One order, or several in a tuple.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be ordered by this",
    label = "expected `.asc()` or `.desc()` of a column of `{M}`",
    note = "by several columns: `.order_by((post::stars.desc(), post::title.asc()))`"
)]
pub trait Orders<M, E: Engine, S = OfRows> {
    #[doc(hidden)]
    fn write(self, into: &mut OrderWriting<'_>);
}

/// The query that an order is written to.
#[doc(hidden)]
pub struct OrderWriting<'a>(pub(crate) &'a mut Clauses);

#[diagnostic::do_not_recommend]
impl<M, E: Engine, S> Orders<M, E, S> for Order<M> {
    fn write(self, into: &mut OrderWriting<'_>) {
        into.column(self.direction, self.path);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine, R: SelectedOn<E>> Orders<M, E, OfRows> for ExpressionOrder<M, OfRows, R> {
    fn write(self, into: &mut OrderWriting<'_>) {
        into.expression(self.direction, &self.expression, true);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine, R: SelectedOn<E>> Orders<M, E, OfGroups> for ExpressionOrder<M, OfRows, R> {
    fn write(self, into: &mut OrderWriting<'_>) {
        into.expression(self.direction, &self.expression, true);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine, R: ComputedOn<E>> Orders<M, E, OfWindow> for ExpressionOrder<M, OfRows, R> {
    fn write(self, into: &mut OrderWriting<'_>) {
        into.expression(self.direction, &self.expression, false);
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Engine, R: ComputedOn<E>> Orders<M, E, OfGroups> for ExpressionOrder<M, OfGroups, R> {
    fn write(self, into: &mut OrderWriting<'_>) {
        // MariaDB computes nothing of the name of an aggregate, so NULL could not be placed by it (error 1247).
        let by_name = !self.direction.places_null();
        into.expression(self.direction, &self.expression, by_name);
    }
}

impl OrderWriting<'_> {
    pub(super) fn column(&mut self, direction: Direction, path: ColumnPath) {
        let order = self.0.order_shape();
        order.push(direction.code());
        path.write(order);
    }

    pub(super) fn expression(
        &mut self,
        direction: Direction,
        expression: &Predicate,
        by_name: bool,
    ) {
        let (shape, values) = if by_name {
            self.0.selected_or(expression)
        } else {
            (expression.shape.clone(), Some(expression.values.clone()))
        };
        self.0.order_checks(expression);
        let length = shape.bytes().len() as u32;
        let order = self.0.order_shape();
        order.push(direction.code_of_expression());
        order.fixed(length.to_le_bytes());
        order.extend(shape.bytes());
        if let Some(values) = values {
            self.0.order_values(&values, direction.places_null());
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+);)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, Y: Engine, Z, $($name: Orders<M, Y, Z>),+> Orders<M, Y, Z> for ($($name,)+) {
            fn write(self, into: &mut OrderWriting<'_>) {
                $(self.$at.write(into);)+
            }
        }
    )+};
}

tuples! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}
