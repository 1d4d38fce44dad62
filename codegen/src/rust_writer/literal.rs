//! Texts of others inside Rust text: string literals and documentation. Nothing in them can end the literal or the comment.

use std::fmt::Write;

/// A string literal that holds exactly `text`: raw where that reads better.
pub(crate) fn string_literal(text: &str) -> String {
    if !is_plain(text) && text.chars().any(must_be_escaped) {
        escaped(text)
    } else if text.contains(['"', '\\', '\n']) {
        raw(text)
    } else {
        format!("\"{text}\"")
    }
}

/// Nothing but what can be seen on an English keyboard, and line ends.
fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.all(|byte| matches!(byte, b' '..=b'~' | b'\n'))
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
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Prose of others as one line of documentation: no line end, no invisible mark, no code that rustdoc would run.
pub(crate) fn doc_line(text: &str) -> String {
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
    format!("{}{escape}{}", " ".repeat(indent), trimmed.trim_end())
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
    }
}
