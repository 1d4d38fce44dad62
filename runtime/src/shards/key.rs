//! From the value of a column to its slot. Which slot that is never changes, in no release: rows are where it says.

/// A value of the column by which the rows of a set are on its shards.
///
/// Integers are one whatever their size, texts are taken byte for byte.
///
/// ```
/// use bindery::shards::ShardKey;
///
/// assert_eq!(ShardKey::from(7_i32), ShardKey::from(7_i64));
/// assert_ne!(ShardKey::from("ann"), ShardKey::from("Ann"));
/// assert_eq!(ShardKey::from(7_i64).slot(1024), 696);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardKey(u64);

impl ShardKey {
    /// FNV-1a of 64 bits, then the last step of SplitMix64, as the first bits of the former are alike for values of few bytes.
    fn of_bytes(bytes: &[u8]) -> Self {
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(hash ^ (hash >> 31))
    }

    /// Its slot among that many: the same part of them as the hash is of all hashes.
    #[inline]
    pub fn slot(self, slots: u32) -> u32 {
        ((u128::from(self.0) * u128::from(slots)) >> 64) as u32
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for ShardKey {
            fn from(value: $integer) -> Self {
                Self::of_bytes(&i64::from(value).to_le_bytes())
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 }

impl From<&str> for ShardKey {
    fn from(value: &str) -> Self {
        Self::of_bytes(value.as_bytes())
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
        Self::of_bytes(value.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::ShardKey;

    /// These are in users' maps.
    #[test]
    fn a_value_has_the_slot_it_always_had() {
        let integers = [0_i64, 1, -1, 42, i64::MAX].map(|value| ShardKey::from(value).slot(1024));
        let texts = ["", "a", "ann", "ü"].map(|value| ShardKey::from(value).slot(1024));
        assert_eq!(
            (integers, texts),
            ([516, 370, 606, 901, 677], [980, 11, 514, 476])
        );
    }

    #[test]
    fn values_are_spread_over_the_slots() {
        let mut counts = [0_u32; 64];
        (0..64_000_i64).for_each(|value| counts[ShardKey::from(value).slot(64) as usize] += 1);
        let texts = (0..64_000).map(|value| format!("tenant-{value}"));
        texts.for_each(|value| counts[ShardKey::from(&value).slot(64) as usize] += 1);
        assert!(
            counts.iter().all(|count| (1_800..2_200).contains(count)),
            "{counts:?}"
        );
        assert!((0..1_000_i64).all(|value| ShardKey::from(value).slot(1) == 0));
    }
}
