//! The migrations of engines as files: read, and written.

pub(crate) mod files;
pub(crate) mod versions;
