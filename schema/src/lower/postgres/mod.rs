//! The work of PostgreSQL by itself: names, sequences, the path on which names are looked up.

mod counted;
pub(super) mod default;
pub(super) mod implied;
mod on_path;
pub(super) mod rename;
