//! The form in which triggers write down the keys of changed rows, which the running program reads again.

/// The form of one value of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// Integers of at most 64 bits with a sign.
    Integer,
    /// Integers of 64 bits without one.
    Unsigned,
    /// `true` or `false`.
    Boolean,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A UUID.
    Uuid,
}
