//! The changes of a model that have events, and a row as an event holds it.

#[cfg(feature = "messages")]
use serde::Serialize;

#[cfg(feature = "messages")]
use crate::error::{Error, ErrorKind, Result};

/// The changes of a model that have events, where the schema says `@publish`.
#[derive(Debug, Clone, Copy)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a word of the schema, and generated code writes them by name"
)]
pub struct Events {
    /// The model's name in events, `user`.
    pub name: &'static str,
    /// The positions of the engines with an outbox.
    pub engines: &'static [u16],
    /// New rows have events.
    pub created: bool,
    /// Rows that are changed have events.
    pub updated: bool,
    /// Rows that are deleted have events.
    pub deleted: bool,
    /// Events of updates hold the row as it was before.
    pub before_update: bool,
    /// Events of deletes hold the row as it was before.
    pub before_delete: bool,
}

impl Events {
    /// Those of a model that is not published.
    pub const NONE: Self = Self {
        name: "",
        engines: &[],
        created: false,
        updated: false,
        deleted: false,
        before_update: false,
        before_delete: false,
    };
}

/// A row as an event holds it: its key and all of it, in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub(crate) key: String,
    pub(crate) row: String,
}

#[cfg(feature = "messages")]
impl EventRow {
    /// Writes a row and its key.
    ///
    /// # Errors
    /// A type of the program's own cannot be written as JSON.
    pub fn new(key: &impl Serialize, row: &impl Serialize) -> Result<Self> {
        Ok(Self {
            key: json(key)?,
            row: json(row)?,
        })
    }
}

#[cfg(feature = "messages")]
fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        let why = "a row that is published cannot be written as JSON".to_owned();
        Error::new(ErrorKind::UnsupportedValue(why)).with_source(error)
    })
}
