//! What generated enums say of a text that is none of their values.

/// A text that is none of the values of an enum type. It is not kept: it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a value of `{name}`")]
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
