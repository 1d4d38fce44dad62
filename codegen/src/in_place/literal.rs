//! A string literal as its source has it, as the text that it stands for: each byte of the text knows where it comes from.

/// A text with the offsets of its bytes in the literal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OriginText {
    pub(super) text: String,
    /// For each byte of the text the offset of what it comes from.
    pub(super) origins: Vec<u32>,
    /// The offset after the last one.
    pub(super) end: u32,
}

impl OriginText {
    /// A text that ends before this offset.
    pub(super) fn before(end: usize) -> Self {
        Self {
            end: end as u32,
            ..Self::default()
        }
    }

    /// Adds a character that comes from an offset.
    pub(super) fn push(&mut self, character: char, origin: usize) {
        self.text.push(character);
        self.origins.resize(self.text.len(), origin as u32);
    }

    /// The offset of a byte of the text, and of its end.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(self.end) as usize
    }
}

/// The text of a literal; `None` where it is not one of text.
pub(super) fn parse(literal: &str) -> Option<OriginText> {
    let raw = literal.strip_prefix('r');
    if let Some(rest) = raw {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let (start, end) = (2 + hashes, literal.len().checked_sub(1 + hashes)?);
        let inner = literal.get(start..end)?;
        let mut text = OriginText::before(end);
        let characters = inner.char_indices();
        characters.for_each(|(at, character)| text.push(character, start + at));
        return Some(text);
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    escaped(inner, 1)
}

/// The text of what stands between quotes, from this offset on.
fn escaped(inner: &str, start: usize) -> Option<OriginText> {
    let mut text = OriginText::before(start + inner.len());
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let at = start + inner.len() - rest.len();
        rest = &rest[first.len_utf8()..];
        if first != '\\' {
            text.push(first, at);
            continue;
        }
        let escape = rest.chars().next()?;
        rest = &rest[escape.len_utf8()..];
        let character = match escape {
            '\n' | '\r' => {
                rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
                continue;
            }
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            '\\' | '\'' | '"' => escape,
            'x' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                number(digits)?
            }
            'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                rest = after;
                number(&digits.replace('_', ""))?
            }
            _ => return None,
        };
        text.push(character, at);
    }
    Some(text)
}

fn number(digits: &str) -> Option<char> {
    u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_become_texts_that_know_their_origins() {
        for (literal, text, origins) in [
            (r#""a'b""#, "a'b", &[1, 2, 3][..]),
            (
                r#""a\n\"\x41\u{e9}b""#,
                "a\n\"A\u{e9}b",
                &[1, 2, 4, 6, 10, 10, 16],
            ),
            ("\"a \\\n   b\"", "a b", &[1, 2, 8]),
            ("r\"a\\n\"", "a\\n", &[2, 3, 4]),
            ("r##\"a\"#b\"##", "a\"#b", &[4, 5, 6, 7]),
        ] {
            let found = parse(literal).expect("it is a literal of text");
            assert_eq!(found.text, text, "{literal}");
            assert_eq!(found.origins, origins, "{literal}");
        }
        assert_eq!(parse("7"), None);
        assert_eq!(parse("b\"a\""), None);
    }
}
