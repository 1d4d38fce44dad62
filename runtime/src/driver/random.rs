//! Numbers and texts that are not likely to have been used before.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// 32 digits.
#[cfg(any(feature = "outbox", feature = "saga"))]
pub(crate) fn uid() -> String {
    format!("{:016x}{:016x}", number(), number())
}

/// Each state is seeded anew.
pub(crate) fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
