//! Numbers and texts that are not likely to have been used before.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A random id of 32 hexadecimal digits.
#[cfg(any(feature = "outbox", feature = "saga"))]
pub(crate) fn uid() -> String {
    format!("{:016x}{:016x}", number(), number())
}

/// Numbers for columns that may take only small ones, too.
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) fn numbers() -> [u64; 4] {
    [31, 15, 15, 7].map(|bits| number() >> (64 - bits))
}

#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) fn digits(length: usize) -> String {
    let digits = std::iter::repeat_with(|| format!("{:016x}", number()));
    let digits: String = digits.take(length.div_ceil(16)).collect();
    digits.chars().take(length).collect()
}

/// Bytes for a UUID, and others.
#[cfg(any(feature = "data", feature = "sync"))]
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    let bytes = std::iter::repeat_with(|| number().to_le_bytes());
    bytes.flatten().take(length).collect()
}

/// Each state is seeded anew.
pub(crate) fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
