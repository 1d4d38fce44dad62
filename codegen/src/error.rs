//! Why nothing was generated.

use std::fmt;

/// The findings that stopped a compilation, as a person reads them.
///
/// `Debug` shows the same text as `Display`, for a build script's `main` prints it that way.
#[derive(Clone, PartialEq, Eq)]
pub struct CompileError {
    text: String,
}

impl CompileError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text.trim_end())
    }
}

impl fmt::Debug for CompileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text before it, `Error: ` or a panic's words, gets a line of its own.
        write!(out, "\n\n{self}\n")
    }
}

impl std::error::Error for CompileError {}
