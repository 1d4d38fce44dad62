//! Texts that are not likely to have been used before.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// 32 digits.
pub(super) fn uid() -> String {
    format!("{:016x}{:016x}", number(), number())
}

/// From 0 to 1, without 1.
pub(super) fn share() -> f64 {
    (number() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Each state is seeded anew.
fn number() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
