//! Words of keys and references that mean the same wherever they are written.

/// The form in which a key or an index is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyWords {
    /// PostgreSQL `INCLUDE (a, b)`: columns that its index holds beside its own.
    pub include: Vec<String>,
    /// Words after its columns: `WITH (fillfactor='70')`, `ON CONFLICT REPLACE`, `COMMENT 'x'`.
    pub options: Vec<String>,
}

/// The action on referring rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferentialAction {
    /// Refused at the end of the statement; the default.
    NoAction,
    /// Refused immediately, also where it would be right at the end of the statement.
    Restrict,
    /// Deleted or changed too.
    Cascade,
    /// Set to NULL.
    SetNull,
    /// Set to the default.
    SetDefault,
}
