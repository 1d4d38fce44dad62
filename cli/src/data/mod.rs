//! Dumps as files: their layout, their manifests, and the tables of a schema as the runtime dumps and loads them.

pub(crate) mod archive;
pub(crate) mod layout;
pub(crate) mod lines;
pub(crate) mod manifest;
pub(crate) mod pairs;
pub(crate) mod progress;
pub(crate) mod stream;
pub(crate) mod tables;
