//! The migrations of engines as files: read for the runtime, and written.

pub(crate) mod files;
pub(crate) mod shelf;
pub(crate) mod versions;
