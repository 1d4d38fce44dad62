//! Texts of others inside Rust text: string literals and documentation. Nothing in them can end the literal or the comment.

use bindery_schema::lists::IntoVec as _;
use std::fmt::Write;

/// A string literal that holds exactly `text`: raw where that reads better.
pub(crate) fn string_literal(text: &str) -> String {
    let kinds = kinds(text);
    if kinds & OTHER != 0 && text.chars().any(must_be_escaped) {
        escaped(text)
    } else if kinds & RAW != 0 {
        raw(text)
    } else {
        ["\"", text, "\""].concat()
    }
}

/// Letters, digits and underscores of ASCII.
const WORD: u8 = 1;
/// Other printable characters of ASCII, and blanks.
const PLAIN: u8 = 2;
/// Characters that can appear unescaped in a raw literal only.
const RAW: u8 = 4;
/// The kind of all other bytes.
const OTHER: u8 = 8;

const KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            kinds[at] = WORD;
        } else if matches!(byte, b'"' | b'\\' | b'\n') {
            kinds[at] = RAW;
        } else if matches!(byte, b' '..=b'~') {
            kinds[at] = PLAIN;
        }
        at += 1;
    }
    kinds
};

/// The kinds of bytes that the text has. By index and table, as all generated text goes through here, in build scripts,
/// which are not optimised.
fn kinds(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let (mut kinds, mut at) = (0, 0);
    while at < bytes.len() {
        kinds |= KINDS[bytes[at] as usize];
        at += 1;
    }
    kinds
}

/// Letters that a raw literal cannot hold or that a reader would not see as they are.
fn must_be_escaped(letter: char) -> bool {
    (letter.is_control() && letter != '\n') || is_invisible(letter)
}

/// Marks that change the direction of text, or that cannot be seen: rustc refuses them in source text.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn escaped(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            '\n' => literal.push_str("\\n"),
            letter if must_be_escaped(letter) => {
                write!(literal, "\\u{{{:x}}}", u32::from(letter))
                    .expect("writing to a String cannot fail");
            }
            letter => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

fn raw(text: &str) -> String {
    let mut hashes = String::from("#");
    if text.contains('#') {
        while text.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
    }
    ["r", &hashes, "\"", text, "\"", &hashes].concat()
}

/// Prose of others as one line of documentation: no line end, no invisible mark, no code that rustdoc would run.
pub(crate) fn doc_line(text: &str) -> String {
    if kinds(text) == WORD {
        return text.to_owned();
    }
    let visible: String = text
        .chars()
        .map(|letter| {
            if letter.is_control() || is_invisible(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect();
    let trimmed = visible.trim_start();
    let indent = (visible.len() - trimmed.len()).min(3);
    let fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
    let escape = if fence { "\\" } else { "" };
    let words: Vec<String> = plain_words(trimmed.trim_end());
    format!("{}{escape}{}", " ".repeat(indent), words.join(" "))
}

/// A line of a block of code in documentation: no tab, and no mark that cannot be seen.
pub(crate) fn code_line(text: &str) -> String {
    let visible = |letter: char| match letter {
        '\t' => "    ".to_owned(),
        letter if letter.is_control() || is_invisible(letter) => " ".to_owned(),
        letter => letter.to_string(),
    };
    text.chars().map(visible).collect()
}

/// Words that rustdoc takes as they are: no tag, no link to an item, and addresses marked as such. Code stays code.
fn plain_words(line: &str) -> Vec<String> {
    let mut in_code = false;
    let mut plain = |word: &str| {
        let was_in_code = in_code;
        in_code ^= word.matches('`').count() % 2 == 1;
        if was_in_code || word.contains('`') {
            word.to_owned()
        } else {
            plain_word(word)
        }
    };
    line.split(' ').map(&mut plain).into_vec()
}

fn plain_word(word: &str) -> String {
    let address = ["http://", "https://"]
        .iter()
        .find_map(|scheme| word.find(scheme));
    match address {
        Some(start) => {
            let is_part =
                |letter: char| letter.is_alphanumeric() || "/:.-_~%?#=&+@".contains(letter);
            let rest = &word[start..];
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            let end = rest[..end].trim_end_matches(['.', ':', '?']).len();
            let before = escaped_marks(&word[..start]);
            format!("{before}<{}>{}", &rest[..end], escaped_marks(&rest[end..]))
        }
        None => escaped_marks(word),
    }
}

fn escaped_marks(text: &str) -> String {
    text.replace('<', "\\<").replace('[', "\\[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_what_they_are_given() {
        let expected = [
            ("plain", "\"plain\""),
            ("say \"hi\"", "r#\"say \"hi\"\"#"),
            ("\"#", "r##\"\"#\"##"),
            ("a\r\n", "\"a\\u{d}\\n\""),
            ("\u{202e}\"", "\"\\u{202e}\\\"\""),
            ("back\\slash", "r#\"back\\slash\"#"),
        ];
        for (text, literal) in expected {
            assert_eq!(string_literal(text), literal);
        }
    }

    #[test]
    fn documentation_stays_on_its_line() {
        assert_eq!(doc_line("a\nb\r\u{202e}c  "), "a b  c");
        assert_eq!(doc_line("        fn main() {}"), "   fn main() {}");
        assert_eq!(doc_line("```"), "\\```");
        assert_eq!(
            doc_line("a <b> [c] `d [e] <f>` (https://g.h/?i=1). <http://j>"),
            "a \\<b> \\[c] `d [e] <f>` (<https://g.h/?i=1>). \\<<http://j>>"
        );
    }
}
