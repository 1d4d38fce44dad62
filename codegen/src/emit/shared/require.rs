//! The version and the features of the runtime that the code needs; a missing feature is named rather than guessed from a missing item.

use crate::rust_writer::RustWriter;

/// Code of another version than the runtime's is refused in words: this comes before all else that is of `__private`.
const GENERATED_BY: &str = concat!(
    "::bindery::__private::generated_by!(\"",
    env!("CARGO_PKG_VERSION"),
    "\");"
);

/// Writes them.
pub(crate) fn require<'n>(w: &mut RustWriter, names: impl IntoIterator<Item = &'n str>) {
    w.item(|w| {
        w.line(GENERATED_BY);
        for name in names {
            w.line(&format!("::bindery::__private::require_{name}!();"));
        }
    });
}

/// The version of the generator that wrote this code; `None` where it does not say.
#[cfg(feature = "standalone")]
pub(crate) fn version_of(code: &str) -> Option<&str> {
    let mut lines = code.lines();
    lines.find_map(|line| {
        let version = line.strip_prefix("::bindery::__private::generated_by!(\"")?;
        version.strip_suffix("\");")
    })
}
