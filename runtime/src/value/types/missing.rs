//! Substitutes for types whose feature is off: generated code that names them compiles all the same, so that a missing
//! feature is one message, that of `require_…!`, and not one for each column. No such value can be made.

use std::fmt;
use std::str::FromStr;

use super::{ArrayElement, FromColumn, Now, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// A type without values that can stand wherever the real one does.
macro_rules! stand_ins {
    ($($name:ident),*) => {$(
        #[doc(hidden)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {}

        impl ToColumn for $name {
            fn write(&self, _: &mut ParamWriter<'_>) {
                match *self {}
            }
        }

        impl FromColumn for $name {
            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                Err(row.mismatch("type whose feature is on"))
            }
        }

        impl Now for $name {
            fn now(_: u32) -> Self {
                unreachable!("a program that needs it does not compile")
            }
        }

        impl ArrayElement for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {}
            }
        }

        impl FromStr for $name {
            type Err = fmt::Error;

            fn from_str(_: &str) -> std::result::Result<Self, Self::Err> {
                Err(fmt::Error)
            }
        }
    )*};
}

#[cfg(not(feature = "bigdecimal"))]
stand_ins!(BigDecimal);
#[cfg(not(feature = "json"))]
stand_ins!(JsonValue);
#[cfg(not(feature = "uuid"))]
stand_ins!(Uuid);
#[cfg(not(feature = "chrono"))]
stand_ins!(NaiveDate, NaiveDateTime, NaiveTime, Utc);

/// `DateTime<Utc>`: the zone is all there is of it.
#[cfg(not(feature = "chrono"))]
#[doc(hidden)]
pub type DateTime<Zone> = Zone;

/// `Json<T>` of the feature `json`.
#[cfg(not(feature = "json"))]
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Json<T>(pub T);

#[cfg(not(feature = "json"))]
impl<T> ToColumn for Json<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.refuse("the feature `json` is off");
    }
}

#[cfg(not(feature = "json"))]
impl<T> FromColumn for Json<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Err(row.mismatch("type whose feature is on"))
    }
}
