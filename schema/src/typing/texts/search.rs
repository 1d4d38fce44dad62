//! PostgreSQL's full-text searches, `'heart & (attack | failure)'`, and the configurations that read them.

use std::str::Chars;

use crate::name::suggest;

/// Finds a configuration that comes with the server; where there is none of the name, gives one that may be meant. One with a schema
/// before it is left to the server.
pub(super) fn find_configuration(name: &str) -> Result<(), Option<&'static str>> {
    let plain = name.trim().to_lowercase();
    let plain = plain.strip_prefix("pg_catalog.").unwrap_or(&plain);
    let lines = include_str!("../postgres/configurations.txt").lines();
    let mut known = lines.clone().skip(1);
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit());
    if plain.contains(['.', '"']) || is_number || known.any(|known| known == plain) {
        return Ok(());
    }
    Err(suggest(plain, lines.skip(1)))
}

/// Whether `to_tsquery` reads a text: operands, and one operator between two of them.
pub(super) fn is_search(text: &str) -> bool {
    let mut reader = Reader {
        rest: text.chars(),
        open: 0,
    };
    text.trim().is_empty() || (reader.operands().is_some() && reader.open == 0)
}

struct Reader<'t> {
    rest: Chars<'t>,
    /// The parentheses that are not closed.
    open: usize,
}

impl Reader<'_> {
    fn next_is(&mut self, wanted: char) -> bool {
        let mut ahead = self.rest.clone();
        let is = ahead.next() == Some(wanted);
        if is {
            self.rest = ahead;
        }
        is
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.rest.next();
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    /// Operands with operators between them, to the end of the text.
    fn operands(&mut self) -> Option<()> {
        loop {
            self.blanks();
            while self.next_is('!') {
                self.blanks();
            }
            if self.next_is('(') {
                self.open += 1;
                continue;
            }
            self.operand()?;
            self.blanks();
            while self.next_is(')') {
                self.open = self.open.checked_sub(1)?;
                self.blanks();
            }
            match self.rest.next() {
                None => return Some(()),
                Some('&' | '|') => {}
                Some('<') => self.distance()?,
                Some(_) => return None,
            }
        }
    }

    /// The rest of `<->` and `<2>`.
    fn distance(&mut self) -> Option<()> {
        let mut count = 0;
        loop {
            match self.rest.next()? {
                '>' if count > 0 => return Some(()),
                '-' | '0'..='9' => count += 1,
                _ => return None,
            }
        }
    }

    /// A word, or a text in quotes, with its weights after a colon.
    fn operand(&mut self) -> Option<()> {
        if self.next_is('\'') {
            self.quoted()?;
        } else {
            self.word()?;
        }
        if self.next_is(':') {
            while self
                .peek()
                .is_some_and(|letter| "ABCDabcd*".contains(letter))
            {
                self.rest.next();
            }
            if self.peek().is_some_and(char::is_alphanumeric) {
                return None;
            }
        }
        Some(())
    }

    fn quoted(&mut self) -> Option<()> {
        loop {
            match self.rest.next()? {
                '\\' => {
                    self.rest.next()?;
                }
                '\'' if !self.next_is('\'') => return Some(()),
                _ => {}
            }
        }
    }

    fn word(&mut self) -> Option<()> {
        let mut length = 0;
        while let Some(character) = self.peek() {
            if character.is_whitespace() || "!&|():<".contains(character) {
                break;
            }
            self.rest.next();
            if character == '\\' {
                self.rest.next()?;
            }
            length += 1;
        }
        (length > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{find_configuration, is_search};

    #[test]
    fn searches_are_read_as_postgres_reads_them() {
        let right = [
            "",
            "heart",
            "heart & attack",
            "!heart|(a & !b)",
            "fat <-> rat<2>cat",
            "super:*",
            "a:AB & 'it''s here':*",
            "it's",
            "((a))",
        ];
        for text in right {
            assert!(is_search(text), "{text}");
        }
        let wrong = [
            "heart &", "a b", "& a", "(a", "a)", "()", "a:xy", "a !b", "a < b", "'a", ":", "!",
        ];
        for text in wrong {
            assert!(!is_search(text), "{text}");
        }
    }

    #[test]
    fn configurations_are_those_of_the_server() {
        for name in ["english", "English", "pg_catalog.simple", "own.german"] {
            assert_eq!(find_configuration(name), Ok(()), "{name}");
        }
        assert_eq!(find_configuration("englisch"), Err(Some("english")));
        assert_eq!(find_configuration("klingon"), Err(None));
    }
}
