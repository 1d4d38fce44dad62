//! The tokens of a type's text.

/// The names of a type, and the characters between them.
pub(crate) fn type_tokens(ty: &str) -> impl Iterator<Item = &str> {
    let mut rest = ty;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .find(|character| !is_of_name(character))
            .unwrap_or(rest.len());
        let (token, after) = rest.split_at(end.max(first.len_utf8()));
        rest = after;
        Some(token)
    })
}

/// Returns whether the character may be in a name, `r#type` included.
pub(crate) fn is_of_name(character: char) -> bool {
    character == '_' || character == '#' || character.is_alphanumeric()
}
