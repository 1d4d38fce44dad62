//! Attributes and heads of items.

/// Statements, and transactions and connections that are left open, are reported with their place in the program. On a
/// trait's method it holds for all that implement it.
pub(crate) const TRACKED: &str = "#[track_caller]";

/// A program need not use everything that its schema gives it, and may keep it in a private module.
pub(crate) const UNUSED: &str = "#[allow(dead_code, unreachable_pub, clippy::pedantic)]";
/// The same of what is named again at the top.
pub(crate) const UNUSED_IMPORT: &str =
    "#[allow(unused_imports, unreachable_pub, clippy::pedantic)]";

/// `impl<E: Engine> Name<E>`, or `impl Name`.
pub(crate) fn impl_head(generic: bool, what: &str) -> String {
    if generic {
        format!("impl<E: ::bindery::Engine> {what}")
    } else {
        format!("impl {what}")
    }
}
