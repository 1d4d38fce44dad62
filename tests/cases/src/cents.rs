//! A module that `@serde with` names: numbers of cents are in JSON as texts with a point.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes `1250` as `"12.50"`.
pub(crate) fn serialize<S: Serializer>(cents: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&format_args!("{}.{:02}", cents / 100, cents % 100))
}

/// Reads it.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let text = String::deserialize(from)?;
    text.replace('.', "").parse().map_err(D::Error::custom)
}
