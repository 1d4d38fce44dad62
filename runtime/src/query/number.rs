//! Numbers that the database computes with, and the operators between them.

use std::ops::{Add, Div, Mul, Rem, Sub};

use super::column::Column;
use super::computed_on::{BesideWindow, ComputedOn, On, Windowed};
use super::expression::{Expr, Term};
use super::nullability::{Either, Nullability, Nullable};
use super::operand::Writing;
use super::shape::op;
use super::together::Computable;
use crate::link::engine::Engine;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::{Function, IntegerKind};

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
    Integer(IntegerKind),
    Float,
    Decimal,
}

impl NumberClass {
    pub(crate) const fn sum(self) -> Function {
        match self {
            Self::Integer(IntegerKind::I64 | IntegerKind::U64) => Function::SumIntegers,
            Self::Integer(
                IntegerKind::I8
                | IntegerKind::I16
                | IntegerKind::I32
                | IntegerKind::U8
                | IntegerKind::U16
                | IntegerKind::U32,
            ) => Function::SumSmallIntegers,
            Self::Float => Function::SumFloats,
            Self::Decimal => Function::SumDecimals,
        }
    }

    pub(crate) const fn average(self) -> Function {
        match self {
            Self::Integer(_) | Self::Float => Function::Average,
            Self::Decimal => Function::AverageDecimals,
        }
    }

    pub(crate) const fn round(self) -> Function {
        match self {
            Self::Integer(_) | Self::Float => Function::RoundFloat,
            Self::Decimal => Function::RoundDecimal,
        }
    }

    /// The function that makes a number of this class one of another, before it is computed or compared with such.
    pub(super) const fn widened(self, to: Self) -> Option<Function> {
        match (self, to) {
            (Self::Integer(kind), Self::Integer(_)) if kind.bits() <= 32 => Some(Function::Widened),
            _ => self.as_float(to),
        }
    }

    /// The function that makes a number of this class a float, where it stands for one.
    pub(super) const fn as_float(self, to: Self) -> Option<Function> {
        match (self, to) {
            (Self::Integer(_), Self::Float) => Some(Function::ToFloat),
            _ => None,
        }
    }

    const fn remainder(self) -> Function {
        Function::Remainder
    }

    const fn plus(self) -> Function {
        match self {
            Self::Integer(_) | Self::Float => Function::Plus,
            Self::Decimal => Function::PlusDecimals,
        }
    }

    const fn minus(self) -> Function {
        match self {
            Self::Integer(_) | Self::Float => Function::Minus,
            Self::Decimal => Function::MinusDecimals,
        }
    }

    const fn times(self) -> Function {
        match self {
            Self::Integer(_) | Self::Float => Function::Times,
            Self::Decimal => Function::TimesDecimals,
        }
    }

    const fn divide(self) -> Function {
        match self {
            Self::Integer(_) => Function::DivideIntegers,
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

/// Integers, whose remainder has the sign of what is divided on every database.
#[diagnostic::on_unimplemented(
    message = "databases do not agree about the remainder of a `{Self}`",
    label = "expected integers",
    note = "of a float or decimal its integer part: `.cast::<i64>()`"
)]
pub trait Integral: Divisible {}

/// Numbers with digits after the point.
#[diagnostic::on_unimplemented(
    message = "there is nothing to round in a `{Self}`",
    label = "expected floats or decimals"
)]
pub trait Fractional: Number {}

macro_rules! numbers {
    ($($number:ty: $sum:ty, $class:expr;)+) => {$(
        impl Number for $number {
            type Sum = $sum;
            const CLASS: NumberClass = $class;
        }

        impl Divisible for $number {}
    )+};
}

macro_rules! integral {
    ($($number:ty),+) => {$(impl Integral for $number {})+};
}

numbers! {
    i8: i64, NumberClass::Integer(IntegerKind::I8);
    i16: i64, NumberClass::Integer(IntegerKind::I16);
    i32: i64, NumberClass::Integer(IntegerKind::I32);
    i64: i64, NumberClass::Integer(IntegerKind::I64);
    u8: i64, NumberClass::Integer(IntegerKind::U8);
    u16: i64, NumberClass::Integer(IntegerKind::U16);
    u32: i64, NumberClass::Integer(IntegerKind::U32);
    u64: u64, NumberClass::Integer(IntegerKind::U64);
}

integral!(i8, i16, i32, i64, u8, u16, u32, u64);

numbers! {
    f32: f64, NumberClass::Float;
    f64: f64, NumberClass::Float;
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

fn computed<M, T: Number, K, R, O: Computable<M, T>, L, S>(
    left: Expr<M, T, K, R>,
    right: O,
    function: Function,
) -> Expr<M, O::Result, L, S> {
    let mut left = left.widened(O::Result::CLASS);
    right.write(&mut Writing::typed(&mut left.predicate, left.is_binary));
    let result: Expr<M, O::Result, L, R> = left.call(function);
    result.computed().on()
}

impl<M, T: Number, K, R> Expr<M, T, K, R> {
    /// The number as one of this class.
    fn widened(self, class: NumberClass) -> Self {
        match T::CLASS.widened(class) {
            Some(function) => self.call(function),
            None => self,
        }
    }

    /// Marks the expression with its integer type, where it is an integer.
    pub(crate) fn computed(mut self) -> Self {
        if let NumberClass::Integer(kind) = T::CLASS {
            self.predicate.shape.fixed([op::INTEGER, kind as u8]);
        }
        self
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])* $operator:ident $method:ident of $number:ident by $function:ident gives $nullability:ty;)+) => {$(
        operators! { @$(#[$doc])* $operator $method $number $function $nullability; Column<M, T, K>; O::On; }
        operators! { @$(#[$doc])* $operator $method $number $function $nullability; Expr<M, T, K>; O::On; }
        operators! { @$(#[$doc])* $operator $method $number $function $nullability; Expr<M, T, K, On<E>>; On<E>; E: Engine; ComputedOn<E> }
        operators! { @$(#[$doc])* $operator $method $number $function $nullability; Expr<M, T, K, Windowed>; Windowed; ; BesideWindow }
    )+};
    (@$(#[$doc:meta])* $operator:ident $method:ident $number:ident $function:ident $nullability:ty; $left:ty; $on:ty; $($engine:ident: Engine)? $(; $bound:path)?) => {
        $(#[$doc])*
        impl<M, T: Number, K: Nullability, O: Computable<M, T, Result: $number>, $($engine: Engine)?> $operator<O> for $left
        where
            $(O::On: $bound)?
        {
            type Output = Expr<M, O::Result, $nullability, $on>;

            fn $method(self, other: O) -> Self::Output {
                computed(self.term(), other, O::Result::CLASS.$function())
            }
        }
    };
}

operators! {
    /// NULL where one of both is.
    Add add of Number by plus gives Either<K, O::Nullability>;
    /// NULL where one of both is.
    Sub sub of Number by minus gives Either<K, O::Nullability>;
    /// NULL where one of both is.
    Mul mul of Number by times gives Either<K, O::Nullability>;
    /// Integers are cut off toward zero. NULL where one of both is, or where the divisor is 0.
    Div div of Divisible by divide gives Nullable;
    /// The remainder of the quotient that `/` cuts off: it has the sign of what is divided. NULL where one of both is, or where
    /// the divisor is 0.
    Rem rem of Integral by remainder gives Nullable;
}
