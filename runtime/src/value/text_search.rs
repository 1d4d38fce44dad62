//! Texts that are looked for in others: `like`, `starts_with`, `contains`, `ends_with`, in the form that each dialect's condition
//! takes ([`Dialect::text_search`](bindery_core::dialect::Dialect::text_search)).

use bindery_core::dialect::TextSearch;

use super::ParamWriter;
use crate::error::{Error, ErrorKind, Result};

/// A pattern of `like` is `%` any text, `_` any character, `|` before one of the three: that character itself.
pub(crate) fn ensure_pattern(pattern: &str) -> Result<()> {
    let escapes = pattern
        .chars()
        .rev()
        .take_while(|&character| character == '|');
    if escapes.count() % 2 == 1 {
        let why = "a pattern cannot end with a single `|`: write `||` for the character".to_owned();
        return Err(Error::new(ErrorKind::UnsupportedValue(why)));
    }
    Ok(())
}

/// Writes what is looked for as the values of the condition.
pub(super) fn replay(search: TextSearch, text: &str, params: &mut ParamWriter<'_>) {
    let syntax = params.dialect().query_syntax();
    if text.contains('\0') && !syntax.texts_have_nul {
        // The condition has no value: nothing there can be found.
        return;
    }
    match search {
        TextSearch::Pattern => params.text(text),
        TextSearch::Start if syntax.like_folds_case => replay_range(text, params),
        TextSearch::Part if syntax.like_folds_case => params.text(text),
        TextSearch::Start => params.text(&pattern_around("", text, "%")),
        TextSearch::Part => params.text(&pattern_around("%", text, "%")),
        TextSearch::End => params.text(&pattern_around("%", text, "")),
    }
}

/// A pattern of this text literally, between others.
pub(crate) fn pattern_around(before: &str, text: &str, after: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 4);
    pattern.push_str(before);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '|') {
            pattern.push('|');
        }
        pattern.push(character);
    }
    pattern.push_str(after);
    pattern
}

/// All texts that are not less than the prefix and less than the end.
fn replay_range(prefix: &str, params: &mut ParamWriter<'_>) {
    params.text(prefix);
    match successor(prefix) {
        Some(end) => params.text(&end),
        // Bytes are greater than every text.
        None => params.bytes(&[]),
    }
}

/// The least text that is greater than all texts with this prefix.
fn successor(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            other => char::from_u32(other as u32 + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(successor("ab").as_deref(), Some("ac"));
        assert_eq!(successor("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(successor("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(successor("\u{10ffff}"), None);
        assert_eq!(successor(""), None);
    }

    #[test]
    fn a_pattern_that_ends_within_an_escape_is_refused() {
        for pattern in ["|", "a|||"] {
            assert!(ensure_pattern(pattern).is_err(), "{pattern}");
        }
        for pattern in ["", "||", "|%", "a||||"] {
            assert!(ensure_pattern(pattern).is_ok(), "{pattern}");
        }
    }
}
