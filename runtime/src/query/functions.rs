//! Functions of columns and expressions that mean the same on every database.

use super::case::Case;
use super::column::Column;
use super::computed_on::{Anywhere, ComputedOn};
use super::condition::Condition;
use super::expression::{Everywhere, Expr, Term};
use super::nullability::{Either, NotNull, Nullability};
use super::number::{Fractional, Number};
use super::operand::{IsText, Operand};
use super::shape::op;
use crate::link::engine::Engine;
#[cfg(feature = "chrono")]
use crate::value::types::{DateTime, NaiveDate, NaiveDateTime, Utc};
use bindery_core::dialect::Function;

/// The functions of columns and expressions, which are computed where these are.
macro_rules! functions {
    ($of:ty $(, $where:ident)?; $on:ty) => {
impl<M, T, K: Nullability $(, $where)?> $of {
    /// The text in lower case: A to Z on every database; other letters as the database does (MySQL and MariaDB go by Unicode,
    /// SQLite leaves them, and so does PostgreSQL in tables of several dialects; in one of its own it goes by the collation).
    pub fn lower(self) -> Expr<M, T, K::Plain, $on>
    where
        T: IsText,
    {
        self.term().call(Function::Lower)
    }

    /// The text in upper case, of the letters that [`lower`](Self::lower) changes.
    pub fn upper(self) -> Expr<M, T, K::Plain, $on>
    where
        T: IsText,
    {
        self.term().call(Function::Upper)
    }

    /// The number of characters (Unicode scalar values).
    pub fn length(self) -> Expr<M, i64, K::Plain, $on>
    where
        T: IsText,
    {
        self.term().call(Function::Length)
    }

    /// The text without blanks (U+0020) at both ends.
    pub fn trim(self) -> Expr<M, T, K::Plain, $on>
    where
        T: IsText,
    {
        self.term().call(Function::Trim)
    }

    /// This text and then the other; NULL where one of both is.
    pub fn concat<O: Operand<M, T, Everywhere, On = Anywhere>>(self, other: O) -> Expr<M, T, Either<K, O::Nullability>, $on>
    where
        T: IsText,
    {
        self.term().with(other, Function::Concat)
    }

    /// The value, or the other one where this is NULL.
    pub fn coalesce<O: Operand<M, T, Everywhere, On = Anywhere>>(self, other: O) -> Expr<M, T, <O::Nullability as Nullability>::Plain, $on> {
        let binary = self.term();
        let is_binary = binary.is_binary;
        let mut value = binary.with(other, Function::Coalesce);
        value.is_binary = is_binary;
        value
    }

    /// The number without its sign.
    pub fn abs(self) -> Expr<M, T, K::Plain, $on>
    where
        T: Number,
    {
        let number: Expr<M, T, K::Plain, $on> = self.term().call(Function::Abs);
        number.computed()
    }

    /// The number rounded to this many digits after the point, halves away from zero. Floats are rounded as the decimals
    /// they are shown as, with 15 digits.
    pub fn round(self, digits: u8) -> Expr<M, T, K::Plain, $on>
    where
        T: Fractional,
    {
        let mut number = self.term();
        number.predicate.shape.fixed([op::NUMBER, digits]);
        number.call(T::CLASS.round())
    }
}
    };
}

functions! { Column<M, T, K>; Anywhere }
functions! { Expr<M, T, K, R>, R; R }

/// The value where the condition holds; another one is given by [`when`](Case::when) and [`otherwise`](Case::otherwise).
///
/// A condition that compares with a key of a model on several engines, or is on the rows that refer to a row, begins one by
/// [`Condition::then`] in its place.
///
/// ```
/// # use bindery_cases::examples::*;
/// use bindery::query::{case, count};
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut b = db.b()?;
/// # b.blogs().insert_many([NewBlog::new("one").stars(5), NewBlog::new("two")])?;
/// let rated = || case(blog::stars.ge(4), "good").when(blog::stars.ge(1), "fair").otherwise("new");
/// let counts = b.blogs().query().select((rated(), count())).group_by(rated()).order_by(rated().asc()).all()?;
/// assert_eq!(counts, [("good".to_owned(), 1), ("new".to_owned(), 1)]);
/// # Ok(())
/// # }
/// ```
pub fn case<M, V: CaseValue<M>>(
    condition: Condition<M, Everywhere>,
    value: V,
) -> Case<M, <V as CaseValue<M>>::Value, Either<NotNull, V::Nullability>> {
    Case::<M, _, NotNull, Anywhere>::new().when(condition, value)
}

/// A result of a case: a value, column or expression. The first decides over the type of the others.
#[diagnostic::on_unimplemented(
    message = "a case cannot give a `{Self}`",
    label = "expected a number, text or date, or a column or expression of `{M}`"
)]
pub trait CaseValue<M, E: Engine = Everywhere>:
    Operand<M, <Self as CaseValue<M, E>>::Value, E, On: ComputedOn<E>>
{
    /// The type that it gives.
    type Value;
}

impl<M, T, K: Nullability, E: Engine> CaseValue<M, E> for Column<M, T, K> {
    type Value = T;
}

impl<M, T, K: Nullability, R: ComputedOn<E>, E: Engine> CaseValue<M, E> for Expr<M, T, K, R> {
    type Value = T;
}

impl<M, E: Engine> CaseValue<M, E> for &str {
    type Value = String;
}

macro_rules! values {
    ($($value:ty),+) => {$(
        impl<M, E: Engine> CaseValue<M, E> for $value {
            type Value = Self;
        }
    )+};
}

values!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, bool);

#[cfg(feature = "bigdecimal")]
values!(bigdecimal::BigDecimal);
#[cfg(feature = "chrono")]
values!(NaiveDate, NaiveDateTime, DateTime<Utc>);
