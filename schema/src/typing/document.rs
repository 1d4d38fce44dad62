//! Texts that are to be JSON (RFC 8259), as the databases read them.

/// Whether a text is one JSON value. What nests deeper than the databases take is left to them.
pub(super) fn is_document(text: &str) -> bool {
    let mut reader = Reader {
        rest: text,
        depth: 0,
    };
    let is_value = reader.value().is_some() && reader.rest.trim_start().is_empty();
    is_value || reader.depth > MOST
}

const MOST: usize = 100;

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
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
                reader.text()?;
                reader.sign(':')?;
                reader.value()
            })?,
            '[' => self.several(']', Self::value)?,
            '"' => self.text()?,
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
        }
    }

    fn text(&mut self) -> Option<()> {
        self.sign('"')?;
        let mut is_escaped = false;
        let end = self.rest.find(|sign: char| {
            let ends = sign == '"' && !is_escaped;
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
        let is_number = word.parse::<f64>().is_ok_and(f64::is_finite)
            && word
                .trim_start_matches('-')
                .starts_with(|sign: char| sign.is_ascii_digit());
        (is_number || ["true", "false", "null"].contains(&word)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_document;

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
