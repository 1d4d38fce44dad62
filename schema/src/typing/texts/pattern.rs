//! Regular expressions, as far as PostgreSQL's and those of MariaDB and MySQL agree: groups and brackets are closed, and a quantifier
//! has something before it.

use std::iter::Peekable;
use std::str::Chars;

/// The classes of characters of POSIX, and two more of PCRE.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Whether the databases read a text as a pattern. One that sets options of its own is left to them.
pub(super) fn is_pattern(text: &str) -> bool {
    let has_options = ["***", "(?", "(*", "\\Q"];
    if has_options.iter().any(|words| text.contains(words)) {
        return true;
    }
    let mut characters = text.chars().peekable();
    let mut open = 0_usize;
    let mut repeatable = false;
    while let Some(character) = characters.next() {
        let is_read = match character {
            '\\' => characters.next().is_some(),
            '[' => class(&mut characters).is_some(),
            '(' => {
                open += 1;
                true
            }
            ')' => match open.checked_sub(1) {
                Some(left) => {
                    open = left;
                    true
                }
                None => false,
            },
            '*' | '+' | '?' => repeatable,
            _ => true,
        };
        if !is_read {
            return false;
        }
        repeatable = !matches!(character, '(' | '|');
    }
    open == 0
}

/// The rest of a bracket expression.
fn class(characters: &mut Peekable<Chars<'_>>) -> Option<()> {
    characters.next_if_eq(&'^');
    characters.next_if_eq(&']');
    loop {
        match characters.next()? {
            ']' => return Some(()),
            '\\' => {
                characters.next()?;
            }
            '[' if characters.next_if_eq(&':').is_some() => named_class(characters)?,
            _ => {}
        }
    }
}

/// The name of a class, `[:alpha:]`, after its first colon. Without a colon after it, it is none.
fn named_class(characters: &mut Peekable<Chars<'_>>) -> Option<()> {
    let mut name = String::new();
    while let Some(letter) = characters.next_if(char::is_ascii_lowercase) {
        name.push(letter);
    }
    if characters.next_if_eq(&':').is_none() {
        return Some(());
    }
    let is_closed = characters.next_if_eq(&']').is_some();
    (!is_closed || CLASSES.contains(&name.as_str())).then_some(())
}

#[cfg(test)]
mod tests {
    use super::is_pattern;

    #[test]
    fn groups_and_brackets_are_closed() {
        let right = [
            "",
            "^a(b|c)*[^]x-z]+$",
            "[[:alpha:]_]",
            "\\(",
            "a{2,3}",
            "[(]",
            "(?i)x(",
            "a|",
            "(|a)",
            "[\\]]",
            "^*",
            "a*?",
        ];
        for text in right {
            assert!(is_pattern(text), "{text}");
        }
        let wrong = ["(", "a)", "[a", "*a", "(+a)", "a|*", "[[:alpa:]]", "a\\"];
        for text in wrong {
            assert!(!is_pattern(text), "{text}");
        }
    }
}
