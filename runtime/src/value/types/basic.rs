//! Numbers, text and bytes.

use super::{FromColumn, PlainValue, ToColumn};
use crate::error::Result;
use crate::value::{ParamWriter, RowReader};

macro_rules! integers {
    ($($type:ty: $expected:literal),*) => {$(
        impl ToColumn for $type {
            fn write(&self, params: &mut ParamWriter<'_>) {
                params.i64(i64::from(*self));
            }

            #[inline]
            fn plain(&self) -> Option<PlainValue<'_>> {
                Some(PlainValue::Integer(i64::from(*self)))
            }
        }

        impl FromColumn for $type {
            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                let value = row.i64()?;
                <$type>::try_from(value).map_err(|_| row.mismatch($expected))
            }
        }
    )*};
}

integers!(i8: "i8", i16: "i16", i32: "i32", i64: "i64", u8: "u8", u16: "u16", u32: "u32");

impl ToColumn for u64 {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.u64(*self);
    }
}

impl FromColumn for u64 {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.u64()
    }
}

impl ToColumn for bool {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.bool(*self);
    }
}

impl FromColumn for bool {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.bool()
    }
}

impl ToColumn for f32 {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.f32(*self);
    }
}

impl FromColumn for f32 {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.f32()
    }
}

impl ToColumn for f64 {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.f64(*self);
    }
}

impl FromColumn for f64 {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.f64()
    }
}

impl ToColumn for str {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(self);
    }

    #[inline]
    fn plain(&self) -> Option<PlainValue<'_>> {
        Some(PlainValue::Text(self))
    }
}

impl ToColumn for String {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(self);
    }

    #[inline]
    fn plain(&self) -> Option<PlainValue<'_>> {
        Some(PlainValue::Text(self))
    }
}

impl FromColumn for String {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.text().map(str::to_owned)
    }
}

impl ToColumn for [u8] {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.bytes(self);
    }
}

impl ToColumn for Vec<u8> {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.bytes(self);
    }
}

impl FromColumn for Vec<u8> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.bytes().map(<[u8]>::to_vec)
    }
}
