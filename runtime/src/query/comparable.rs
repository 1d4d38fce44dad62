//! The values, columns and expressions that are compared with a column or expression.

use super::column::Column;
use super::computed_on::Anywhere;
use super::expression::Expr;
use super::nullability::Nullability;
use super::number::Number;
use super::operand::{Operand, RowEngine, Writing};
use crate::link::engine::Engine;
use crate::model::key::Key;
use crate::value::types::ToColumn;
use bindery_core::dialect::Function;

/// A value that a column or expression of `T` of model `M` is compared with on engine `E`: a `T`, a `&T`, or a column or
/// expression of the same model with values of `T`, or with numbers of another type.
#[diagnostic::on_unimplemented(
    message = "a column of `{T}` cannot be compared with `{Self}`",
    label = "expected `{T}`, or a column of the same model that holds it",
    note = "for a value that may be missing: `.is_null()`, `.eq_or_null(value)`, or `.filter_if(value, |value| …)` on the query",
    note = "convert a number of another type first, as in `i64::from(number)`; a bare key by its type, as in `UserId::new(number)`",
    note = "a decimal beside a float, or a count beside an `i64`, is cast: `.cast::<f64>()`, `.cast::<i64>()`"
)]
pub trait Comparable<M, T, E: Engine> {
    /// The engines that it can be computed on.
    #[doc(hidden)]
    type On;
    /// The function of the column or expression that is compared in place of itself.
    #[doc(hidden)]
    const AS: Option<Function> = None;
    #[doc(hidden)]
    fn write(self, into: &mut Writing<'_>);
}

macro_rules! values {
    ($([$($parameter:ident $(: $bound:ident)?),*] $value:ty, $of:ty;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, E: Engine, $($parameter $(: $bound)?),*> Comparable<M, $of, E> for $value {
            type On = Anywhere;

            #[inline]
            fn write(self, into: &mut Writing<'_>) {
                Operand::<M, $of, E>::write(self, into);
            }
        }
    )+};
}

values! {
    [T: ToColumn] T, T;
    [T: ToColumn] &T, T;
    [] &str, String;
    [] &[u8], Vec<u8>;
    [U, V: ToColumn] Key<U, E, V>, Key<U, RowEngine, V>;
    [U, V: ToColumn] &Key<U, E, V>, Key<U, RowEngine, V>;
}

#[cfg(feature = "bigdecimal")]
values! {
    [] i64, bigdecimal::BigDecimal;
}

/// Types whose columns are compared with those of `U`: the same type, or numbers that are computed [together](super::Together).
/// An integer is compared with a float as the nearest float.
pub trait ComparedWith<U> {
    #[doc(hidden)]
    const SELF_AS: Option<Function> = None;
    #[doc(hidden)]
    const OTHER_AS: Option<Function> = None;
}

impl<T> ComparedWith<T> for T {}

macro_rules! compared {
    ($($one:ty: $($other:ty),+;)+) => {$($(
        impl ComparedWith<$other> for $one {
            const SELF_AS: Option<Function> = <$one>::CLASS.as_float(<$other>::CLASS);
            const OTHER_AS: Option<Function> = <$other>::CLASS.as_float(<$one>::CLASS);
        }

        impl ComparedWith<$one> for $other {
            const SELF_AS: Option<Function> = <$other>::CLASS.as_float(<$one>::CLASS);
            const OTHER_AS: Option<Function> = <$one>::CLASS.as_float(<$other>::CLASS);
        }
    )+)+};
}

compared! {
    i64: i8, i16, i32, u8, u16, u32;
    i32: i8, i16, u8, u16, u32;
    i16: i8, u8, u16, u32;
    i8: u8, u16, u32;
    u32: u8, u16;
    u16: u8;
    u64: u8, u16, u32;
    f64: i8, i16, i32, i64, u8, u16, u32, u64, f32;
    f32: i8, i16, i32, i64, u8, u16, u32, u64;
}

#[cfg(feature = "bigdecimal")]
compared! {
    bigdecimal::BigDecimal: i8, i16, i32, i64, u8, u16, u32, u64;
}

#[diagnostic::do_not_recommend]
impl<M, T: ComparedWith<U>, U, K: Nullability, E: Engine> Comparable<M, T, E> for Column<M, U, K> {
    type On = Anywhere;
    const AS: Option<Function> = T::SELF_AS;

    fn write(self, into: &mut Writing<'_>) {
        Operand::<M, U, E>::write(self, into);
        into.call(T::OTHER_AS);
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ComparedWith<U>, U, K: Nullability, R, E: Engine> Comparable<M, T, E>
    for Expr<M, U, K, R>
{
    type On = R;
    const AS: Option<Function> = T::SELF_AS;

    fn write(self, into: &mut Writing<'_>) {
        Operand::<M, U, E>::write(self, into);
        into.call(T::OTHER_AS);
    }
}
