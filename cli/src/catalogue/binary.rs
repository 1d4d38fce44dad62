//! Statements of MySQL and MariaDB that are no UTF-8: the server writes the bytes of a binary default as they are.

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::places_of_words;

/// The characters that stand for bytes which are none by themselves: the end of a private area of Unicode.
const FIRST: u32 = 0xF_FF00;

/// The statement with such defaults as numbers in base 16, which mean the same; `None` where other parts of it are no UTF-8.
pub(super) fn readable(shown: Vec<u8>) -> Option<String> {
    let shown = match String::from_utf8(shown) {
        Ok(text) => return Some(text),
        Err(error) => error.into_bytes(),
    };
    let mut text = String::new();
    for chunk in shown.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    let places = places_of_words(&text, Dialect::Mysql, &["DEFAULT", "*"]);
    for place in places.into_iter().rev() {
        let written = &text[place.clone()];
        let value = written.find('\'').map(|at| &written[at..]);
        if let Some(value) = value.filter(|value| value.chars().any(|one| byte_of(one).is_some())) {
            let digits: String = bytes_of(value)
                .iter()
                .map(|one| format!("{one:02x}"))
                .collect();
            text.replace_range(place, &format!("DEFAULT x'{digits}'"));
        }
    }
    let is_whole = !text.chars().any(|one| byte_of(one).is_some());
    is_whole.then_some(text)
}

fn stand_in(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn byte_of(letter: char) -> Option<u8> {
    u8::try_from(u32::from(letter).checked_sub(FIRST)?).ok()
}

/// The bytes of a text within quotes, as the server escapes them (`append_unescaped` of its `unireg.cc`).
fn bytes_of(quoted: &str) -> Vec<u8> {
    let inner = quoted
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let mut letters = inner.unwrap_or(quoted).chars();
    let mut bytes = Vec::new();
    while let Some(letter) = letters.next() {
        let meant = match letter {
            '\\' => match letters.next() {
                Some('0') => '\0',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('Z') => '\x1a',
                other => other.unwrap_or(letter),
            },
            '\'' => letters.next().unwrap_or(letter),
            letter => letter,
        };
        match byte_of(meant) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(meant.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_default_are_digits() {
        let shown = b"CREATE TABLE `t` (`a` varbinary(9) DEFAULT '\xff\\0''\\\\\xc3\xa4', `b` text DEFAULT '\xc3\xa4')";
        let expected =
            "CREATE TABLE `t` (`a` varbinary(9) DEFAULT x'ff00275cc3a4', `b` text DEFAULT 'ä')";
        assert_eq!(readable(shown.to_vec()).as_deref(), Some(expected));
        assert_eq!(readable(b"CREATE TABLE `\xff` (`a` int)".to_vec()), None);
    }
}
