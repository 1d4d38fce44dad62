//! Habits of Rust that lead nowhere in a query. The traits of this file have no implementation: rustc shows their names, or what they
//! say, which is what to write in place of the habit. It shows the first line of `filter` to whoever calls it with something else than a
//! condition, too.

use super::column::Column;
use super::combined::Combined;
use super::expression::Expr;
use super::joined::{Joined, Partners};
use super::selected::Selected;
use super::statement::Query;
use crate::link::engine::Engine;
use crate::model::Model;

/// In place of `==`, `<` and their kin.
#[doc(hidden)]
pub trait ComparedByEqNeLtLeGtGe<V> {}

macro_rules! compared {
    ($($of:ty, [$($parameter:ident),+];)+) => {$(
        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($parameter,)+ V> PartialEq<V> for $of
        where
            Self: ComparedByEqNeLtLeGtGe<V>,
        {
            fn eq(&self, _: &V) -> bool {
                false
            }
        }

        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($parameter,)+ V> PartialOrd<V> for $of
        where
            Self: ComparedByEqNeLtLeGtGe<V>,
        {
            fn partial_cmp(&self, _: &V) -> Option<std::cmp::Ordering> {
                None
            }
        }
    )+};
}

compared! {
    Column<M, T, K>, [M, T, K];
    Expr<M, T, K, R>, [M, T, K, R];
}

/// A query has no rows without its last call.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a query is not executed until its last call",
    label = "expected `.all()?`, which gives all rows, or `.iter()?`, which gives one after the other",
    note = "in a condition: `column.in_query(other::column.select().filter(…))` in place of `in_list`"
)]
pub trait ExecutedByAllOrIter {}

macro_rules! executed {
    ($($query:ty, [$($parameter:tt)+] gives $row:ty;)+) => {$(
        #[doc(hidden)]
        impl<$($parameter)+> Iterator for $query
        where
            M: ExecutedByAllOrIter,
        {
            type Item = $row;

            fn next(&mut self) -> Option<$row> {
                None
            }
        }
    )+};
}

executed! {
    Query<'_, M, E, A>, [M: Model, E: Engine, A] gives M::Row<E>;
    Selected<'_, M, E, R, G, A>, [M, E, R, G, A] gives R;
    Joined<'_, M, E, P, A>, [M: Model, E: Engine, P: Partners<M, E>, A] gives P::Row;
    Combined<'_, M, E, R, A>, [M, E, R, A] gives R;
}
