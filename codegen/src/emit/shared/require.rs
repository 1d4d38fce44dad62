//! Features of the runtime that the code needs: a missing one is named rather than guessed from a missing item.

use crate::rust_writer::RustWriter;

/// Writes them.
pub(crate) fn require<'n>(w: &mut RustWriter, names: impl IntoIterator<Item = &'n str>) {
    w.item(|w| {
        for name in names {
            w.line(&format!("::bindery::__private::require_{name}!();"));
        }
    });
}
