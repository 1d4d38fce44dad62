//! The names and defaults that MySQL and MariaDB make by themselves: names of keys, character sets.

pub(super) mod character_set;
pub(super) mod key_name;
