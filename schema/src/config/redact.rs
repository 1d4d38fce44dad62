//! Masks secrets in the text of a configuration file before any message can quote it.
//!
//! Works on lines of text rather than on parsed values, as files that cannot be parsed are quoted too. It masks too
//! much rather than too little, and keeps every byte offset.

/// Keys and parameters whose values nobody may see.
const SECRET_WORDS: &[&str] = &["pass", "secret", "token", "pwd"];

/// The text with `*` for every byte of a secret.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut within = None;
    for line in text.split_inclusive('\n') {
        let (shown, open) = mask_line(line, within);
        within = open;
        masked.push_str(&shown);
    }
    masked
}

/// Masks one line. `within` is the quote of a secret text of several lines that is still open.
fn mask_line(line: &str, within: Option<&'static str>) -> (String, Option<&'static str>) {
    let body = line.trim_end_matches(['\n', '\r']);
    if let Some(quote) = within {
        let open = if body.contains(quote) { None } else { within };
        return (stars(line, 0, body.len()), open);
    }
    match secret_value(body) {
        Some(start) => (stars(line, start, body.len()), opened(&body[start..])),
        None => (mask_urls(line), None),
    }
}

/// Where the value of a secret key or parameter starts.
fn secret_value(body: &str) -> Option<usize> {
    let lower = body.to_ascii_lowercase();
    let word = SECRET_WORDS
        .iter()
        .filter_map(|word| lower.find(word))
        .min()?;
    body[word..].find(['=', ':']).map(|sign| word + sign + 1)
}

/// The quote that a value opens without closing it.
fn opened(value: &str) -> Option<&'static str> {
    ["\"\"\"", "'''"]
        .into_iter()
        .find(|quote| value.matches(quote).count() % 2 == 1)
}

/// Masks the password of a URL: from the first `:` behind `://` to the last `@`.
fn mask_urls(line: &str) -> String {
    let Some(scheme) = line.find("://") else {
        return line.to_owned();
    };
    let user = scheme + 3;
    match (line[user..].find(':'), line.rfind('@')) {
        (Some(colon), Some(at)) if user + colon < at => stars(line, user + colon + 1, at),
        (Some(_) | None, Some(_) | None) => line.to_owned(),
    }
}

/// The line with `*` for the bytes of a range.
fn stars(line: &str, start: usize, end: usize) -> String {
    format!(
        "{}{}{}",
        &line[..start],
        "*".repeat(end - start),
        &line[end..]
    )
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_places_kept() {
        let lines = [
            "url = \"postgres://u:hunter2@h/d\"",
            "url = \"postgres://u:hunter2@hunter2@h/d?x=1\"",
            "url = \"${A:-mysql://u:hunter2://x@h/d}\"",
            "password = \"hunter2\"",
            "b = { host = \"h\", \"Password\" = 'hunter2', port = 1 }",
            "url = \"postgres://h/d?sslpassword=hunter2\"",
            "password = \"\"\"\nhunter2\nhunter2\n\"\"\"",
            "password = \"hunter2",
        ];
        for line in lines {
            let masked = mask(line);
            assert!(!masked.contains("hunter2"), "{masked}");
            assert_eq!(masked.len(), line.len());
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "\n\r\n",
            "[engines.b]\nurl = \"sqlite://a@b.db\"\nhost = \"é\"\n",
            "url = \"${B_URL}\"  # mail a@b.c\n",
        ] {
            assert_eq!(mask(text), text);
        }
    }
}
