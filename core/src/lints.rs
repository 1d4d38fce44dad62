//! `[lints]` of the configuration: levels of warnings. Which codes there are is known where the findings are made.

use crate::source::Span;

/// The treatment of a warning; the words are rustc's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LintLevel {
    /// It is not reported.
    Allow,
    /// It is reported, also about the tables of a dump.
    Warn,
    /// It is an error.
    Deny,
}

/// One entry of `[lints]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintEntry {
    /// `B0412`, as it is written.
    pub code: String,
    /// Whether a warning of the code is an error, reported, or neither.
    pub level: LintLevel,
    /// The code in the file.
    pub span: Span,
}
