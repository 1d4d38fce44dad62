//! Expressions as they are written.

use crate::source::Span;

/// An expression, or another part of a statement that is kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    /// As written, without comments.
    pub sql: String,
    /// Where it stands.
    pub span: Span,
}
