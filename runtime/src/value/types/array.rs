//! Arrays, which PostgreSQL has.

use super::{FromColumn, Interval, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

/// The types that an array may hold. Not `u8`: `Vec<u8>` is bytes. Not arrays: PostgreSQL does not distinguish
/// dimensions.
#[diagnostic::on_unimplemented(message = "a column cannot hold an array of `{Self}`")]
pub trait ArrayElement: ToColumn + FromColumn {}

/// Elements that may be NULL.
impl<T: ArrayElement> ArrayElement for Option<T> {}

macro_rules! elements {
    ($($type:ty),*) => {$(
        impl ArrayElement for $type {}
    )*};
}

elements!(
    bool,
    i8,
    i16,
    i32,
    i64,
    u16,
    u32,
    u64,
    f32,
    f64,
    String,
    Vec<u8>,
    Interval
);

#[cfg(feature = "chrono")]
elements!(
    super::NaiveDate,
    super::NaiveTime,
    super::NaiveDateTime,
    super::DateTime<super::Utc>
);

#[cfg(feature = "uuid")]
elements!(super::Uuid);

#[cfg(feature = "json")]
elements!(super::JsonValue);

#[cfg(feature = "bigdecimal")]
elements!(super::BigDecimal);

impl<T: ArrayElement> ToColumn for [T] {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.array(self.len(), &mut |elements| {
            self.iter().for_each(|element| element.write(elements));
        });
    }
}

impl<T: ArrayElement> ToColumn for Vec<T> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        self.as_slice().write(params);
    }
}

impl<T: ArrayElement> FromColumn for Vec<T> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.array(T::read)
    }
}
