//! Searches of SQLite's FTS5: section "Full-text Query Syntax" of its manual.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A part of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SearchPart {
    /// A word, or a text in double quotes, and whether it is in quotes.
    Text(String, bool),
    Sign(char),
}

/// Whether FTS5 reads a text as a search of a table with these columns.
pub(in crate::typing) fn is_search(text: &str, columns: &[&str]) -> bool {
    let Some(parts) = parts(text) else {
        return false;
    };
    let is_empty = parts.is_empty();
    let mut reader = Reader {
        parts: parts.into_iter().peekable(),
        columns,
        open: 0,
    };
    is_empty || (reader.operands().is_some() && reader.open == 0)
}

/// The words and signs of a text; `None` where there is another character, or a quote is not closed.
fn parts(text: &str) -> Option<Vec<SearchPart>> {
    let is_word = |one: &char| one.is_ascii_alphanumeric() || *one == '_' || !one.is_ascii();
    let mut parts = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_ascii_whitespace() {
            continue;
        }
        if is_word(&character) {
            let mut word = String::from(character);
            while let Some(next) = characters.next_if(is_word) {
                word.push(next);
            }
            parts.push(SearchPart::Text(word, false));
        } else if character == '"' {
            let mut quoted = String::new();
            loop {
                match characters.next()? {
                    '"' if characters.next_if_eq(&'"').is_none() => break,
                    other => quoted.push(other),
                }
            }
            parts.push(SearchPart::Text(quoted, true));
        } else if "(){}:+*^,-".contains(character) {
            parts.push(SearchPart::Sign(character));
        } else {
            return None;
        }
    }
    Some(parts)
}

struct Reader<'c> {
    parts: Peekable<IntoIter<SearchPart>>,
    columns: &'c [&'c str],
    /// The parentheses that are not closed.
    open: usize,
}

impl Reader<'_> {
    fn next_is(&mut self, sign: char) -> bool {
        self.parts.next_if_eq(&SearchPart::Sign(sign)).is_some()
    }

    /// Phrases with operators between them, to the end; two without one are both wanted.
    fn operands(&mut self) -> Option<()> {
        loop {
            if self.next_is('(') {
                self.open += 1;
                continue;
            }
            if !self.operand()? {
                continue;
            }
            while self.next_is(')') {
                self.open = self.open.checked_sub(1)?;
            }
            match self.parts.peek() {
                None => return Some(()),
                Some(SearchPart::Text(word, false)) if is_operator(word) => {
                    self.parts.next();
                }
                Some(_) => {}
            }
        }
    }

    /// A phrase; `false`: the columns that the next one is looked for in.
    fn operand(&mut self) -> Option<bool> {
        let excludes = self.next_is('-');
        if self.next_is('{') {
            while let Some(SearchPart::Text(name, _)) = self
                .parts
                .next_if(|part| matches!(part, SearchPart::Text(..)))
            {
                self.column(&name)?;
            }
            return (self.next_is('}') && self.next_is(':')).then_some(false);
        }
        let begins = self.next_is('^');
        let (text, is_quoted) = self.text()?;
        if self.next_is(':') {
            self.column(&text)?;
            return (!begins).then_some(false);
        }
        if excludes {
            return None;
        }
        if text == "NEAR" && !is_quoted && self.next_is('(') {
            self.near()?;
        } else {
            self.phrase()?;
        }
        Some(true)
    }

    /// A word or a text in quotes that is no operator.
    fn text(&mut self) -> Option<(String, bool)> {
        match self.parts.next()? {
            SearchPart::Text(text, is_quoted) if is_quoted || !is_operator(&text) => {
                Some((text, is_quoted))
            }
            SearchPart::Text(..) | SearchPart::Sign(_) => None,
        }
    }

    fn column(&self, name: &str) -> Option<()> {
        let mut columns = self.columns.iter();
        let is_known = columns.any(|known| known.eq_ignore_ascii_case(name));
        is_known.then_some(())
    }

    /// Reads the rest of a phrase after its first text: `one + two*`.
    fn phrase(&mut self) -> Option<()> {
        self.next_is('*');
        while self.next_is('+') {
            self.text()?;
            self.next_is('*');
        }
        Some(())
    }

    /// `NEAR(one two, 5)` after its parenthesis.
    fn near(&mut self) -> Option<()> {
        loop {
            self.text()?;
            self.phrase()?;
            if self.next_is(',') {
                let (count, _) = self.text()?;
                count.parse::<u32>().ok()?;
                return self.next_is(')').then_some(());
            }
            if self.next_is(')') {
                return Some(());
            }
        }
    }
}

fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT")
}

#[cfg(test)]
mod tests {
    use super::is_search;

    #[test]
    fn searches_are_read_as_fts5_reads_them() {
        let columns = ["title", "body"];
        let right = [
            "",
            "one two",
            "one AND (two OR \"a-b\") NOT three*",
            "title : one + two",
            "-title: one",
            "{title body} : (one OR two)",
            "NEAR(one two, 5) AND ^three",
            "über and not",
        ];
        for text in right {
            assert!(is_search(text, &columns), "{text}");
        }
        let wrong = [
            "one AND",
            "\"one",
            "author : one",
            "(one",
            "one)",
            "one AND OR two",
            "NOT one",
            "NEAR(one two",
            "a-b",
            "it's",
            "a.b",
            "-one",
        ];
        for text in wrong {
            assert!(!is_search(text, &columns), "{text}");
        }
    }
}
