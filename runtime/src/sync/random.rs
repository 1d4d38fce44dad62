//! Numbers by chance, by which a database is known again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A number of 62 bits that is not likely to have been used before. Each state is seeded anew.
pub(super) fn number() -> i64 {
    (RandomState::new().hash_one(std::process::id()) >> 2).cast_signed()
}
