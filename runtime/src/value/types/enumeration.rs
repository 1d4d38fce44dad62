//! The error of generated enums for a text that is not one of their values.

use std::fmt;

/// A text that is none of the values of an enum type. It is not kept: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownValue {
    name: &'static str,
}

impl UnknownValue {
    /// The error of the enum type of this name.
    pub const fn of(name: &'static str) -> Self {
        Self { name }
    }

    /// The enum type's name in the schema.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "not a value of `{}`", self.name)
    }
}

impl std::error::Error for UnknownValue {}
