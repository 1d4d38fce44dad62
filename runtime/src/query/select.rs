//! Selections of queries rather than whole rows: columns, expressions and aggregates.

use super::aggregate::Aggregate;
use super::clauses::Clauses;
use super::column::Column;
use super::computed_on::{ComputedOn, SelectedOn};
use super::expression::{Everywhere, Expr, Term};
use super::nullability::Nullability;
use super::operand::ColumnType;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::value::RowReader;

/// A selection of a query of model `M` on engine `E`: a column, an expression, an aggregate, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "this cannot be selected from `{M}`",
    label = "expected a column, expression or aggregate of `{M}`, or a tuple of up to 12 of them",
    note = "as in `.select((post::title, post::stars))`"
)]
pub trait Selection<M, E: Engine> {
    /// The type that one row is read into.
    type Row;
    #[doc(hidden)]
    fn write(self, into: &mut SelectionWriter<'_>);
    #[doc(hidden)]
    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row>;
}

/// The query that a selection is written to.
#[doc(hidden)]
pub struct SelectionWriter<'a>(pub(super) &'a mut Clauses);

/// Reads a value that the database computed.
fn read_computed<T: ColumnType<E>, K: Nullability, E: Engine>(
    row: &mut RowReader<'_>,
    engine: E,
) -> Result<K::Read<T::Value>> {
    row.computed(|row| read_as::<T, K, E>(row, engine))
}

fn read_as<T: ColumnType<E>, K: Nullability, E: Engine>(
    row: &mut RowReader<'_>,
    engine: E,
) -> Result<K::Read<T::Value>> {
    K::read(row, |row| T::read_on(row, engine))
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType<E>, K: Nullability, E: Engine> Selection<M, E> for Column<M, T, K> {
    type Row = K::Read<T::Value>;

    fn write(self, into: &mut SelectionWriter<'_>) {
        into.0.select(&self.term().predicate);
    }

    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row> {
        read_as::<T, K, E>(row, engine)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType<E>, K: Nullability, R: SelectedOn<E>, E: Engine> Selection<M, E>
    for Expr<M, T, K, R>
{
    type Row = K::Read<T::Value>;

    fn write(self, into: &mut SelectionWriter<'_>) {
        into.0.select(&self.predicate);
    }

    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row> {
        read_computed::<T, K, E>(row, engine)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType<E>, K: Nullability, R: ComputedOn<E>, E: Engine> Selection<M, E>
    for Aggregate<M, T, K, R>
{
    type Row = K::Read<T::Value>;

    fn write(self, into: &mut SelectionWriter<'_>) {
        into.0.select_aggregate(&self.predicate);
    }

    fn read(row: &mut RowReader<'_>, engine: E) -> Result<Self::Row> {
        read_computed::<T, K, E>(row, engine)
    }
}

macro_rules! tuples {
    ($($($name:ident $at:tt),+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, Z: Engine, $($name: Selection<M, Z>),+> Selection<M, Z> for ($($name,)+) {
            type Row = ($($name::Row,)+);

            fn write(self, into: &mut SelectionWriter<'_>) {
                $(self.$at.write(into);)+
            }

            fn read(row: &mut RowReader<'_>, engine: Z) -> Result<Self::Row> {
                Ok(($($name::read(row, engine)?,)+))
            }
        }
    )+};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, F 4;
    A 0, B 1, C 2, D 3, F 4, G 5;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10;
    A 0, B 1, C 2, D 3, F 4, G 5, H 6, I 7, J 8, K 9, L 10, N 11;
}

/// A struct that is made of the tuple `T` of what a query selects, field by field in their order. `#[derive(Row)]` writes
/// it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not made of `{T}`",
    label = "the fields of the struct and the selected columns differ in number, order or type",
    note = "the fields of a struct with `#[derive(bindery::Row)]` are those of the tuple, in its order; a column that may be NULL is an `Option`"
)]
pub trait FromSelected<T> {
    /// The column of each field. None where fields have other names than columns.
    #[doc(hidden)]
    const COLUMNS: &'static [&'static str] = &[];
    #[doc(hidden)]
    fn from_selected(row: T) -> Self;
}

/// A selection that is read into the rows `R`.
#[doc(hidden)]
pub trait SelectionInto<R, M, E: Engine>: Selection<M, E> {
    const COLUMNS: &'static [&'static str];
    fn read_into(row: &mut RowReader<'_>, engine: E) -> Result<R>;
}

impl<R: FromSelected<S::Row>, M, E: Engine, S: Selection<M, E>> SelectionInto<R, M, E> for S {
    const COLUMNS: &'static [&'static str] = R::COLUMNS;

    fn read_into(row: &mut RowReader<'_>, engine: E) -> Result<R> {
        S::read(row, engine).map(R::from_selected)
    }
}

/// Columns and expressions that rows are grouped by: one, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be grouped by this",
    label = "expected a column or expression of `{M}`, or a tuple of them"
)]
pub trait Groups<M, E: Engine = Everywhere> {
    #[doc(hidden)]
    fn write(self, into: &mut SelectionWriter<'_>);
}

#[diagnostic::do_not_recommend]
impl<M, T, K: Nullability, E: Engine> Groups<M, E> for Column<M, T, K> {
    fn write(self, into: &mut SelectionWriter<'_>) {
        into.0.group_by(&self.term().predicate, K::NULLABLE);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, K: Nullability, R: ComputedOn<E>, E: Engine> Groups<M, E> for Expr<M, T, K, R> {
    fn write(self, into: &mut SelectionWriter<'_>) {
        into.0.group_by(&self.predicate, K::NULLABLE);
    }
}

macro_rules! groups {
    ($($($name:ident $at:tt),+;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, Z: Engine, $($name: Groups<M, Z>),+> Groups<M, Z> for ($($name,)+) {
            fn write(self, into: &mut SelectionWriter<'_>) {
                $(self.$at.write(into);)+
            }
        }
    )+};
}

groups! {
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
}

/// The query is of rows, not of groups.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Ungrouped {}

/// The query is of groups.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Grouped {}

/// A query of groups.
#[diagnostic::on_unimplemented(
    message = "`having` is for groups, and this query has none",
    label = "call `group_by` before it",
    note = "a condition on rows is `.filter(…)`"
)]
pub trait IsGrouped {}

impl IsGrouped for Grouped {}
