//! Parts of the descriptions that the runtime has of a program, which may be owned elsewhere: here they refer to what is compiled in.

use crate::rust_writer::{Expr, string_literal};

/// A text.
pub(crate) fn borrowed_text(text: &str) -> Expr {
    borrowed(Expr::text(string_literal(text)))
}

/// A text, or a list of values.
pub(crate) fn borrowed(value: Expr) -> Expr {
    Expr::call("::std::borrow::Cow::Borrowed", vec![value])
}

/// A list of references.
pub(crate) fn list(all: Expr) -> Expr {
    Expr::call("::bindery::__private::List::Static", vec![all])
}
