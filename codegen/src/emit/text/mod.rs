//! Texts that know no schema: attributes, heads and words that all kinds of items have.

mod attributes;
mod described;
mod type_tokens;
mod words;

pub(crate) use attributes::{TRACKED, UNUSED, UNUSED_IMPORT, impl_head};
pub(crate) use described::{borrowed, borrowed_text, list};
pub(crate) use type_tokens::{is_of_name, type_tokens};
pub(crate) use words::{code, in_words, in_words_or, prose};
