//! Numbers of different types that are computed with each other, and those that stand where a wider one is expected.

use super::column::Column;
use super::computed_on::Anywhere;
use super::expression::{Everywhere, Expr};
use super::nullability::{NotNull, Nullability};
use super::number::Number;
use super::operand::{Operand, Writing};
#[cfg(feature = "bigdecimal")]
use crate::link::engine::Engine;
use bindery_core::dialect::Function;

/// Numbers that are computed with those of type `U`, as numbers of the wider type: integers of two types as `i64` (`u64`, where
/// one is and both have no sign), integers with floats as `f64`, integers with decimals as decimals.
pub trait Together<U: Number>: Number {
    /// The type of both.
    type Wider: Number;
}

impl<T: Number> Together<T> for T {
    type Wider = T;
}

macro_rules! together {
    ($($one:ty, $wider:ty: $($other:ty),+;)+) => {$($(
        impl Together<$other> for $one {
            type Wider = $wider;
        }

        impl Together<$one> for $other {
            type Wider = $wider;
        }
    )+)+};
}

together! {
    i64, i64: i8, i16, i32, u8, u16, u32;
    i32, i64: i8, i16, u8, u16, u32;
    i16, i64: i8, u8, u16, u32;
    i8, i64: u8, u16, u32;
    u32, i64: u8, u16;
    u16, i64: u8;
    u64, u64: u8, u16, u32;
    f64, f64: i8, i16, i32, i64, u8, u16, u32, u64, f32;
    f32, f64: i8, i16, i32, i64, u8, u16, u32, u64;
}

#[cfg(feature = "bigdecimal")]
use bigdecimal::BigDecimal;

#[cfg(feature = "bigdecimal")]
together! {
    BigDecimal, BigDecimal: i8, i16, i32, i64, u8, u16, u32, u64;
}

/// A number that one of type `T` of model `M` is computed with: a value, or a column or expression of the same model.
#[diagnostic::on_unimplemented(
    message = "a number of type `{T}` is not computed with `{Self}`",
    label = "expected `{T}`, or a column or expression of numbers of the same model",
    note = "a value is of the type of the column; an integer is also computed with an `f64` or a decimal, a decimal with an `i64`",
    note = "where neither holds all values of the other, one is cast: `.cast::<f64>()` of a decimal beside a float, `.cast::<i64>()` of a count"
)]
pub trait Computable<M, T> {
    /// The type of what is computed.
    type Result: Number;
    /// Whether it may be NULL.
    #[doc(hidden)]
    type Nullability: Nullability;
    /// The engines that it can be computed on.
    #[doc(hidden)]
    type On;
    #[doc(hidden)]
    fn write(self, into: &mut Writing<'_>);
}

#[diagnostic::do_not_recommend]
impl<M, T: Together<U>, U: Number, K: Nullability> Computable<M, T> for Column<M, U, K> {
    type Result = T::Wider;
    type Nullability = K;
    type On = Anywhere;

    fn write(self, into: &mut Writing<'_>) {
        Operand::<M, U, Everywhere>::write(self, into);
        into.call(U::CLASS.widened(T::Wider::CLASS));
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Together<U>, U: Number, K: Nullability, R> Computable<M, T> for Expr<M, U, K, R> {
    type Result = T::Wider;
    type Nullability = K;
    type On = R;

    fn write(self, into: &mut Writing<'_>) {
        Operand::<M, U, Everywhere>::write(self, into);
        into.call(U::CLASS.widened(T::Wider::CLASS));
    }
}

macro_rules! values {
    ($($value:ty, $result:ty: $($number:ty),+;)+) => {$($(
        #[diagnostic::do_not_recommend]
        impl<M> Computable<M, $number> for $value {
            type Result = $result;
            type Nullability = NotNull;
            type On = Anywhere;

            fn write(self, into: &mut Writing<'_>) {
                into.value(&<$result>::from(self));
            }
        }
    )+)+};
}

/// One type of integers and one of floats for each type of column: a bare `1` or `0.5` is of it.
macro_rules! own_values {
    ($($number:ty),+) => {$(
        values! { $number, $number: $number; }

        #[diagnostic::do_not_recommend]
        impl<M> Computable<M, $number> for &$number {
            type Result = $number;
            type Nullability = NotNull;
            type On = Anywhere;

            fn write(self, into: &mut Writing<'_>) {
                into.value(self);
            }
        }
    )+};
}

own_values!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

values! {
    f64, f64: i8, i16, i32, i64, u8, u16, u32, u64;
}

#[cfg(feature = "bigdecimal")]
own_values!(BigDecimal);

#[cfg(feature = "bigdecimal")]
values! {
    BigDecimal, BigDecimal: i8, i16, i32, i64, u8, u16, u32, u64;
    i64, BigDecimal: BigDecimal;
}

/// A whole number is a decimal of the same value.
#[cfg(feature = "bigdecimal")]
#[diagnostic::do_not_recommend]
impl<M, E: Engine> Operand<M, BigDecimal, E> for i64 {
    type Nullability = NotNull;
    type On = Anywhere;

    fn write(self, into: &mut Writing<'_>) {
        into.value(&BigDecimal::from(self));
    }
}

/// Values that columns and expressions of type `U` are held by without a loss: the same, or numbers of a wider type.
pub trait Holds<U> {
    #[doc(hidden)]
    const WIDENED: Option<Function>;
}

impl<T> Holds<T> for T {
    const WIDENED: Option<Function> = None;
}

macro_rules! holds {
    ($($wider:ty: $($number:ty),+;)+) => {$($(
        impl Holds<$number> for $wider {
            const WIDENED: Option<Function> = <$number>::CLASS.as_float(<$wider>::CLASS);
        }
    )+)+};
}

holds! {
    i16: i8, u8;
    i32: i8, i16, u8, u16;
    i64: i8, i16, i32, u8, u16, u32;
    u16: u8;
    u32: u8, u16;
    u64: u8, u16, u32;
    f64: i8, i16, i32, u8, u16, u32, f32;
}

#[cfg(feature = "bigdecimal")]
holds! {
    BigDecimal: i8, i16, i32, i64, u8, u16, u32, u64;
}
