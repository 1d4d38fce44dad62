//! Casts that mean the same on every database.

use super::column::Column;
use super::computed_on::Anywhere;
use super::expression::{Expr, Term};
use super::nullability::{Either, NotNull, Nullability, Nullable, Plain};
use super::shape::op;
use crate::value::types::{DateTime, NaiveDate, NaiveDateTime, Utc};
use bindery_core::dialect::{Function, IntegerKind};

/// Types whose values all databases cast to `U` alike.
///
/// | from | to | |
/// |---|---|---|
/// | integers | integers of other types | beyond a narrower type is an error where it is read or stored |
/// | integers | `f64`, decimals, `String` | the nearest float; the digits |
/// | booleans | `i64` | 1 or 0 |
/// | floats, decimals | `i64` | cut off toward zero, beyond 64 bits [`ValueOutOfRange`](crate::ErrorKind::ValueOutOfRange); floats are exact up to 2⁵³ |
/// | decimals | `f64` | the nearest |
/// | texts | `i64` | up to 18 digits, with a sign or without; NULL where the text is another |
/// | texts | `f64`, decimals | up to 35 digits and 30 after a point; NULL where the text is another |
/// | texts | `NaiveDate` | a date as in `2026-11-28`, from the year 1 to 9999; NULL where the text is another |
/// | texts | `NaiveDateTime` | a date and a time as in `2026-11-28 13:45:00.25`, or with a `T` between them, up to six digits after the point; NULL where the text is another |
/// | dates | `String`, `NaiveDateTime` | that text; the beginning of the day |
/// | dates with times | `NaiveDate` | the day; in UTC for a point in time |
#[diagnostic::on_unimplemented(
    message = "databases do not cast `{Self}` to `{U}` alike",
    label = "no cast of `{Self}` to `{U}` means the same everywhere",
    note = "numbers are cast to `i64`, `f64` and decimals, integers and dates to `String`, texts to `i64`, `f64`, decimals, `NaiveDate` and `NaiveDateTime`",
    note = "a float beside a decimal: cast the decimal to `f64`; other values are converted in Rust, after they are read"
)]
pub trait CastTo<U> {
    /// Whether it may be NULL where the value is not.
    type Nullability: Plain;
    #[doc(hidden)]
    const CAST: Function;
    /// The integers that it is cast to, where they may be fewer.
    #[doc(hidden)]
    const NARROWER: Option<IntegerKind> = None;
}

macro_rules! casts {
    ($($from:ty => $to:ty: $nullability:ty, $function:ident;)+) => {$(
        impl CastTo<$to> for $from {
            type Nullability = $nullability;
            const CAST: Function = Function::$function;
        }
    )+};
}

macro_rules! integers {
    ($($from:ty, $function:ident => $($to:ty: $kind:ident),+;)+) => {$(
        casts! {
            $from => f64: NotNull, ToFloat;
            $from => String: NotNull, IntegerToText;
        }

        #[cfg(feature = "bigdecimal")]
        casts! {
            $from => bigdecimal::BigDecimal: NotNull, ToDecimal;
        }

        $(
            impl CastTo<$to> for $from {
                type Nullability = NotNull;
                const CAST: Function = Function::$function;
                const NARROWER: Option<IntegerKind> = Some(IntegerKind::$kind);
            }
        )+
    )+};
}

integers! {
    i8, ToInteger => i16: I16, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32;
    i16, ToInteger => i8: I8, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32;
    i32, ToInteger => i8: I8, i16: I16, i64: I64, u8: U8, u16: U16, u32: U32;
    i64, ToInteger => i8: I8, i16: I16, i32: I32, u8: U8, u16: U16, u32: U32;
    u8, ToInteger => i8: I8, i16: I16, i32: I32, i64: I64, u16: U16, u32: U32;
    u16, ToInteger => i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u32: U32;
    u32, ToInteger => i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u16: U16;
    u64, UnsignedToInteger => i8: I8, i16: I16, i32: I32, i64: I64, u8: U8, u16: U16, u32: U32;
}

casts! {
    bool => i64: NotNull, BooleanToInteger;
    f32 => i64: NotNull, FloatToInteger;
    f32 => f64: NotNull, ToFloat;
    f64 => i64: NotNull, FloatToInteger;
    String => i64: Nullable, TextToInteger;
    String => f64: Nullable, TextToFloat;
    String => NaiveDate: Nullable, TextToDate;
    String => NaiveDateTime: Nullable, TextToMoment;
    NaiveDate => String: NotNull, DateToText;
    NaiveDate => NaiveDateTime: NotNull, DateToMoment;
    NaiveDateTime => NaiveDate: NotNull, MomentToDate;
    DateTime<Utc> => NaiveDate: NotNull, MomentToDateUtc;
}

#[cfg(feature = "bigdecimal")]
casts! {
    bigdecimal::BigDecimal => i64: NotNull, DecimalToInteger;
    bigdecimal::BigDecimal => f64: NotNull, ToFloat;
    String => bigdecimal::BigDecimal: Nullable, TextToDecimal;
}

macro_rules! cast {
    ($of:ty $(, $where:ident)?; $on:ty) => {
        impl<M, T, K: Nullability $(, $where)?> $of {
            /// The value as one of type `U`: [`CastTo`] has what each cast does.
            ///
            /// ```
            /// # use bindery_cases::examples::*;
            /// # fn main() -> bindery::Result<()> {
            /// # let db = Databases::in_memory()?;
            /// # db.create_missing()?;
            /// # let mut b = db.b()?;
            /// b.blogs().insert_many([("1984", 5), ("R", 4)].map(|(title, stars)| NewBlog::new(title).stars(stars)))?;
            /// let casts = (blog::title.cast::<i64>(), blog::stars.cast::<f64>() / 2.0, blog::stars.cast::<String>());
            /// let cast = b.blogs().select(casts).order_by(blog::stars.desc()).all()?;
            /// assert_eq!(cast, [(Some(1984), Some(2.5), "5".to_owned()), (None, Some(2.0), "4".to_owned())]);
            /// # Ok(())
            /// # }
            /// ```
            pub fn cast<U>(self) -> Expr<M, U, Either<K, T::Nullability>, $on>
            where
                T: CastTo<U>,
            {
                let mut value = self.term().call(T::CAST);
                if let Some(kind) = T::NARROWER {
                    value.predicate.shape.fixed([op::INTEGER, kind as u8]);
                }
                value
            }
        }
    };
}

cast! { Column<M, T, K>; Anywhere }
cast! { Expr<M, T, K, R>, R; R }
