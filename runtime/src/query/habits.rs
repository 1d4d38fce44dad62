//! Habits of Rust that lead nowhere in a query. The traits of this file have no implementation: rustc shows what they say, or the line
//! that they stand on, with what to write in place of the habit.

use super::column::Column;
use super::combined::Combined;
use super::expression::Expr;
use super::joined::Joined;
use super::selected::Selected;
use super::statement::Query;

#[doc(hidden)]
pub trait ComparedByMethods<R> {} // In place of `==`, `<` and their kin: `column.eq(value)`, `.ne`, `.lt`, `.le`, `.gt`, `.ge`.

macro_rules! compared {
    ($($of:ty, [$($parameter:ident),+];)+) => {$(
        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($parameter,)+ V> PartialEq<V> for $of
        where
            Self: ComparedByMethods<V>,
        {
            fn eq(&self, _: &V) -> bool {
                false
            }
        }

        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($parameter,)+ V> PartialOrd<V> for $of
        where
            Self: ComparedByMethods<V>,
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

/// What a query has no rows without.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a query is not executed until its last call",
    label = "expected `.all()?`, which gives all rows, or `.iter()?`, which gives one after the other",
    note = "in a condition: `column.in_query(other::column.select().filter(…))` in place of `in_list`"
)]
pub trait Executed {}

macro_rules! executed {
    ($($query:ty, [$($parameter:tt)+];)+) => {$(
        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<$($parameter)+> Iterator for $query
        where
            M: Executed,
        {
            type Item = ();

            fn next(&mut self) -> Option<()> {
                None
            }
        }
    )+};
}

executed! {
    Query<'_, M, E, A>, [M, E, A];
    Selected<'_, M, E, R, G, A>, [M, E, R, G, A];
    Joined<'_, M, E, P, A>, [M, E, P, A];
    Combined<'_, M, E, R, A>, [M, E, R, A];
}
