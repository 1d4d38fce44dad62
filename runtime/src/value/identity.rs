//! The values of a key, to be compared.

/// The values of a key as they are sent. Equal ones are of one key.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    bytes: Vec<u8>,
    is_exact: bool,
}

impl Identity {
    /// `is_exact` says that the database, too, takes only equal values for equal. It does not with texts, which it compares by their
    /// collation.
    #[cfg(feature = "mysql")]
    pub(crate) fn new(bytes: Vec<u8>, is_exact: bool) -> Self {
        Self { bytes, is_exact }
    }

    /// Whether the database takes only equal values for equal.
    pub(crate) fn is_exact(&self) -> bool {
        self.is_exact
    }
}
