//! Numbers that the database computes with, and the operators between them.

use std::ops::{Add, Div, Mul, Sub};

use super::column::Column;
use super::expression::{Everywhere, Expr, Term};
use super::kind::{Either, Kind, Nullable};
use super::operand::Operand;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Function;

/// Numbers that the database computes with.
#[diagnostic::on_unimplemented(
    message = "the database cannot compute with values of type `{Self}`",
    label = "expected a column or expression of numbers"
)]
pub trait Number: ToColumn + 'static {
    /// The type of a sum: `i64` for integers (`u64` for `u64`), `f64` for floats, and decimals for decimals. A sum beyond it
    /// is an error.
    type Sum: FromColumn + ToColumn + 'static;
    #[doc(hidden)]
    const CLASS: NumberClass;
}

/// The way in which the database computes with a number.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberClass {
    Integer,
    Float,
    Decimal,
}

impl NumberClass {
    pub(crate) const fn sum(self) -> Function {
        match self {
            Self::Integer => Function::SumIntegers,
            Self::Float => Function::SumFloats,
            Self::Decimal => Function::SumDecimals,
        }
    }

    pub(crate) const fn average(self) -> Function {
        match self {
            Self::Integer | Self::Float => Function::Average,
            Self::Decimal => Function::AverageDecimals,
        }
    }

    pub(crate) const fn round(self) -> Function {
        match self {
            Self::Integer | Self::Float => Function::RoundFloat,
            Self::Decimal => Function::RoundDecimal,
        }
    }

    const fn divide(self) -> Function {
        match self {
            Self::Integer => Function::DivideIntegers,
            Self::Float | Self::Decimal => Function::DivideFloats,
        }
    }
}

/// Numbers that databases divide alike: integers, where the quotient is cut off toward zero, and floats. Decimals are not,
/// as each database keeps another number of digits.
#[diagnostic::on_unimplemented(
    message = "databases do not divide values of type `{Self}` alike",
    label = "expected integers or floats"
)]
pub trait Divisible: Number {}

/// Numbers with digits after the point.
#[diagnostic::on_unimplemented(
    message = "there is nothing to round in a `{Self}`",
    label = "expected floats or decimals"
)]
pub trait Fractional: Number {}

macro_rules! numbers {
    ($($class:ident $sum:ty: $($number:ty),+;)+) => {$($(
        impl Number for $number {
            type Sum = $sum;
            const CLASS: NumberClass = NumberClass::$class;
        }

        impl Divisible for $number {}
    )+)+};
}

numbers! {
    Integer i64: i8, i16, i32, i64, u8, u16, u32;
    Integer u64: u64;
    Float f64: f32, f64;
}

impl Fractional for f32 {}
impl Fractional for f64 {}

#[cfg(feature = "bigdecimal")]
impl Number for bigdecimal::BigDecimal {
    type Sum = Self;
    const CLASS: NumberClass = NumberClass::Decimal;
}

#[cfg(feature = "bigdecimal")]
impl Fractional for bigdecimal::BigDecimal {}

fn computed<M, T: Number, K, L>(
    left: Expr<M, T, K>,
    right: impl Operand<M, T, Everywhere>,
    function: Function,
) -> Expr<M, T, L> {
    let result = left.with(right, function);
    match T::CLASS {
        NumberClass::Decimal => result.call(Function::Decimal),
        NumberClass::Integer | NumberClass::Float => result,
    }
}

macro_rules! operators {
    ($left:ident: $($operator:ident $method:ident $function:ident;)+) => {$(
        /// NULL where one of both is.
        impl<M, T: Number, K: Kind, O: Operand<M, T, Everywhere>> $operator<O> for $left<M, T, K> {
            type Output = Expr<M, T, Either<K, O::Kind>>;

            fn $method(self, other: O) -> Self::Output {
                computed(self.term(), other, Function::$function)
            }
        }
    )+
        /// Integers are cut off toward zero. NULL where one of both is, or where the divisor is 0.
        impl<M, T: Divisible, K: Kind, O: Operand<M, T, Everywhere>> Div<O> for $left<M, T, K> {
            type Output = Expr<M, T, Nullable>;

            fn div(self, other: O) -> Self::Output {
                computed(self.term(), other, T::CLASS.divide())
            }
        }
    };
}

operators! { Column: Add add Plus; Sub sub Minus; Mul mul Times; }
operators! { Expr: Add add Plus; Sub sub Minus; Mul mul Times; }
