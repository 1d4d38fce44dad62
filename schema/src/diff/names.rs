//! The names that a database gives to keys that have none in the schema: by them they are dropped.

mod mysql;
mod postgres;

pub(super) use mysql::fill as mysql;
pub(super) use postgres::fill as postgres;

use super::key::{Key, Keys};

/// Keys without a name have none.
pub(super) fn keep_written(_: &Keys<'_>, keys: &mut [Key]) {
    for key in keys {
        key.known_name.clone_from(&key.name);
    }
}
