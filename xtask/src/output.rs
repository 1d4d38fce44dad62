//! Printing. A closed terminal must not end a command before it has stopped its servers, so failures are ignored.

use std::io::{Write, stderr, stdout};

/// A result, on stdout.
pub(crate) fn print(text: &str) {
    let _ = writeln!(stdout(), "{text}");
}

/// Progress or a complaint, on stderr.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}
