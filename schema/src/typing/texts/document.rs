//! Texts that are to be JSON (RFC 8259), as the databases read them. SQLite reads JSON5, too.

/// Whether a text is one JSON value. What nests deeper than the databases take is left to them.
pub(super) fn is_document(text: &str) -> bool {
    is_read(text, false)
}

/// Whether SQLite reads a text as JSON or JSON5. One with a comment is left to it.
pub(super) fn is_document_of_sqlite(text: &str) -> bool {
    text.contains('/') || is_read(text, true)
}

fn is_read(text: &str, lenient: bool) -> bool {
    let mut reader = Reader {
        rest: text,
        depth: 0,
        lenient,
    };
    let is_value = reader.value().is_some() && reader.rest.trim_start().is_empty();
    is_value || reader.depth > MOST
}

const MOST: usize = 100;

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
    /// JSON5: names without quotes, texts in single quotes, a comma before the closing bracket, more forms of numbers.
    lenient: bool,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > MOST {
            return None;
        }
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        match first {
            '{' => self.several('}', |reader| {
                reader.name()?;
                reader.sign(':')?;
                reader.value()
            })?,
            '[' => self.several(']', Self::value)?,
            '"' => self.text('"')?,
            '\'' if self.lenient => self.text('\'')?,
            _ => self.word()?,
        }
        self.depth -= 1;
        Some(())
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(sign)?;
        Some(())
    }

    /// Values between brackets, the first of which stands here.
    fn several(&mut self, last: char, one: fn(&mut Self) -> Option<()>) -> Option<()> {
        self.rest = &self.rest[1..];
        if self.sign(last).is_some() {
            return Some(());
        }
        loop {
            one(self)?;
            if self.sign(',').is_none() {
                return self.sign(last);
            }
            if self.lenient && self.sign(last).is_some() {
                return Some(());
            }
        }
    }

    /// The name of a value in an object.
    fn name(&mut self) -> Option<()> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '\'' if self.lenient => self.text('\''),
            first if self.lenient && (first.is_alphabetic() || "_$".contains(first)) => {
                let is_end = |sign: char| !(sign.is_alphanumeric() || "_$\\".contains(sign));
                self.rest = &self.rest[self.rest.find(is_end)?..];
                Some(())
            }
            _ => self.text('"'),
        }
    }

    fn text(&mut self, quote: char) -> Option<()> {
        self.sign(quote)?;
        let mut is_escaped = false;
        let end = self.rest.find(|sign: char| {
            let ends = sign == quote && !is_escaped;
            is_escaped = sign == '\\' && !is_escaped;
            ends
        })?;
        self.rest = &self.rest[end + 1..];
        Some(())
    }

    /// A number, or one of the three words.
    fn word(&mut self) -> Option<()> {
        let is_end = |sign: char| !(sign.is_ascii_alphanumeric() || "+-.".contains(sign));
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if self.lenient && is_number_of_json5(word) {
            return Some(());
        }
        let is_number = word.parse::<f64>().is_ok_and(f64::is_finite)
            && word
                .trim_start_matches('-')
                .starts_with(|sign: char| sign.is_ascii_digit());
        (is_number || ["true", "false", "null"].contains(&word)).then_some(())
    }
}

/// `+1`, `.5`, `5.`, `0x1F`, `Infinity`, `NaN`.
fn is_number_of_json5(word: &str) -> bool {
    let plain = word.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let hex = plain.strip_prefix("0x");
    let is_hex = hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || plain.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_document, is_document_of_sqlite};

    #[test]
    fn sqlite_reads_json5_too() {
        let right = [
            "{a: 1, 'b': +.5, $c: 0x1F,}",
            "[1, 'x', Infinity,]",
            "/* x */ 1",
        ];
        for text in right {
            assert!(is_document_of_sqlite(text), "{text}");
            assert!(!is_document(text), "{text}");
        }
        for text in [
            "{bad",
            "",
            "[1,,2]",
            "tru",
            "{\"a\": 1 \"b\": 2}",
            "[1",
            "'a",
        ] {
            assert!(!is_document_of_sqlite(text), "{text}");
        }
    }

    #[test]
    fn documents_are_read_as_databases_read_them() {
        let right = [
            "{}",
            "[]",
            " [1, -2.5e3, \"a\\\"b\", null, {\"a\": [true]}] ",
            "0",
            "\"a\"",
            "false",
        ];
        for text in right {
            assert!(is_document(text), "{text}");
        }
        let wrong = [
            "",
            "{a: 1}",
            "{\"a\"}",
            "{\"a\": 1,}",
            "[1 2]",
            "[1",
            "\"a",
            "nul",
            "{'a': 1}",
            "1 2",
            "NaN",
        ];
        for text in wrong {
            assert!(!is_document(text), "{text}");
        }
        assert!(is_document(&"[".repeat(200)), "deeper than is looked at");
    }
}
