//! `bindery_like(text, pattern)`: LIKE by case, of whole texts. SQLite's own `LIKE` folds the case of A to Z, and it and `GLOB` end
//! a text and a pattern at the first NUL and take no pattern of more than 50,000 bytes.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// Adds the function to a connection. No schema can use it, as others could not read such a file.
pub(crate) fn add_like(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("bindery_like", 2, flags, |call| {
        Ok(match (call.get_raw(0), call.get_raw(1)) {
            (ValueRef::Text(text), ValueRef::Text(pattern)) => Some(is_like(text, pattern)),
            _ => None,
        })
    })
}

/// A part of a pattern: a byte, a wildcard, or its end.
enum Part {
    /// `%`.
    AnyText,
    /// `_`.
    AnyCharacter,
    Byte(u8),
    End,
}

/// Where the text after a `%` begins in the pattern, and the place in the text at which it is tried.
struct Tried {
    after: usize,
    from: usize,
}

/// Whether the text matches the pattern. At a difference the last `%` takes one character more.
fn is_like(text: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut tried = None;
    loop {
        let (part, next) = part(pattern, place);
        let taken = match part {
            Part::AnyText => {
                tried = Some(Tried {
                    after: next,
                    from: at,
                });
                Some(0)
            }
            Part::AnyCharacter => text.get(at..).and_then(first_character),
            Part::Byte(byte) => (text.get(at) == Some(&byte)).then_some(1),
            Part::End if at == text.len() => return true,
            Part::End => None,
        };
        if let Some(taken) = taken {
            (at, place) = (at + taken, next);
        } else if !again(text, &mut tried, &mut at, &mut place) {
            return false;
        }
    }
}

/// Goes back to the last `%`, unless it has taken the whole text.
fn again(text: &[u8], tried: &mut Option<Tried>, at: &mut usize, place: &mut usize) -> bool {
    let Some(last) = tried else { return false };
    let Some(length) = text.get(last.from..).and_then(first_character) else {
        return false;
    };
    last.from += length;
    (*at, *place) = (last.from, last.after);
    true
}

/// The part of the pattern that begins here, and where the next one does.
fn part(pattern: &[u8], place: usize) -> (Part, usize) {
    match pattern.get(place) {
        None => (Part::End, place),
        Some(b'%') => (Part::AnyText, place + 1),
        Some(b'_') => (Part::AnyCharacter, place + 1),
        Some(b'|') => match pattern.get(place + 1) {
            Some(&byte) => (Part::Byte(byte), place + 2),
            None => (Part::Byte(b'|'), place + 1),
        },
        Some(&byte) => (Part::Byte(byte), place + 1),
    }
}

/// The number of bytes of the first character; `None` where there is none.
fn first_character(text: &[u8]) -> Option<usize> {
    let (_, rest) = text.split_first()?;
    let following = rest.iter().take_while(|&&byte| byte & 0xc0 == 0x80);
    Some(1 + following.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_patterns_as_a_whole() {
        for (text, pattern, expected) in [
            ("", "", true),
            ("", "%", true),
            ("", "_", false),
            ("a", "A", false),
            ("abc", "a%c", true),
            ("abc", "a_c", true),
            ("aéc", "a_c", true),
            ("é", "__", false),
            ("abcabd", "%ab_", true),
            ("abcabd", "%abc", false),
            ("abcabd", "%b%b%", true),
            ("100%", "100|%", true),
            ("1000", "100|%", false),
            ("a_b|", "a|_b||", true),
            ("*?[", "*?[", true),
            ("a\0b", "a", false),
            ("a\0b", "a%", true),
            ("a\0b", "a_b", true),
            ("a\0b", "%\0%", true),
            ("ab", "%\0%", false),
            ("aab", "%a%ab", true),
        ] {
            let outcome = is_like(text.as_bytes(), pattern.as_bytes());
            assert_eq!(outcome, expected, "{text:?} {pattern:?}");
        }
    }
}
