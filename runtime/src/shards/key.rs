//! From the value of a column to its slot.

use bindery_core::slots;

/// A value of the column by which the rows of a set are on its shards.
///
/// Integers are one whatever their size, texts are taken byte for byte.
///
/// ```
/// use bindery::shards::ShardKey;
///
/// assert_eq!(ShardKey::from(7_i32), ShardKey::from(7_i64));
/// assert_ne!(ShardKey::from("ann"), ShardKey::from("Ann"));
/// assert_eq!(ShardKey::from(42_i64).slot(1024), 217);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardKey(u32);

impl ShardKey {
    /// Its slot among that many.
    #[inline]
    pub fn slot(self, slots: u32) -> u32 {
        slots::slot(self.0, slots)
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for ShardKey {
            fn from(value: $integer) -> Self {
                Self(slots::of_integer(i64::from(value)))
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 }

impl From<&str> for ShardKey {
    fn from(value: &str) -> Self {
        Self(slots::of_text(value.as_bytes()))
    }
}

impl From<&String> for ShardKey {
    fn from(value: &String) -> Self {
        Self::from(value.as_str())
    }
}

#[cfg(feature = "uuid")]
impl From<&uuid::Uuid> for ShardKey {
    fn from(value: &uuid::Uuid) -> Self {
        Self(slots::of_text(
            value.simple().encode_lower(&mut [0; 32]).as_bytes(),
        ))
    }
}
