//! Parts of items that several kinds of items have.

pub(crate) mod accessors;
pub(crate) mod choices;
mod docs;
pub(crate) mod json;
mod require;
pub(crate) mod setters;

pub(crate) use docs::column_docs;
pub(crate) use require::require;
#[cfg(feature = "standalone")]
pub(crate) use require::version_of;
