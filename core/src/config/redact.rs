//! Masks secrets in the text of a configuration file before any message can quote it.
//!
//! Works on lines of text rather than on parsed values, as files that cannot be parsed are quoted too. A file may be broken
//! in any way, so that nothing is searched for secrets: shown is only what cannot be one, keys and plain values of keys that
//! are known, and everything else is masked. Every byte offset is kept.

use super::keys::KEYS;
use super::url::scheme_dialect;

/// Keys whose values are never shown, whatever they look like; misspelt ones are not known, which comes to the same.
const SECRET_WORDS: &[&str] = &["pass", "secret", "token", "pwd"];

/// Keys beside the password's: their values may have got mixed up.
const OF_A_LOGIN: &[&str] = &["host", "username", "database", "application-name"];

/// The text with `*` for every byte that might be of a secret.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut open = Open::Nothing;
    for line in text.split_inclusive('\n') {
        let end = line.trim_end_matches(['\n', '\r']).len();
        let mut writer = Masker {
            rest: &line[..end],
            masked: &mut masked,
            depth: 0,
        };
        open = writer.line(open);
        masked.push_str(&line[end..]);
    }
    masked
}

/// The state at a line's end that the next one continues.
#[derive(Clone, Copy)]
enum Open {
    Nothing,
    /// The line was not understood, and the next ones may belong to it: up to one that begins as no secret does.
    Anything,
    /// A text of several lines, until this quote.
    Text(&'static str),
    /// An array of values of a key.
    Array(Shown),
}

/// How much of a key's value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Plain words, numbers and paths.
    Plain,
    /// Where a URL leads to, or which type of Rust is meant: the key is a name of the user's, or one of a URL.
    Url,
    Nothing,
}

/// Something unexpected: nothing that follows on the line is understood.
struct Lost;

type Step<T = ()> = Result<T, Lost>;

/// Goes through a line, copying what is shown.
struct Masker<'t> {
    rest: &'t str,
    masked: &'t mut String,
    /// How many arrays and tables are open.
    depth: u8,
}

/// No key's value is nested deeper.
const DEEPEST: u8 = 4;

impl Masker<'_> {
    fn line(&mut self, open: Open) -> Open {
        let left = match open {
            Open::Text(quote) => return self.text_goes_on(quote),
            Open::Array(shown) => self.elements(shown),
            Open::Anything if !self.is_known() => Err(Lost),
            Open::Anything | Open::Nothing => self.statement(),
        };
        let left = left.and_then(|open| self.end().map(|()| open));
        self.hide(self.rest.len());
        left.unwrap_or(Open::Anything)
    }

    fn text_goes_on(&mut self, quote: &'static str) -> Open {
        let ends = self.rest.contains(quote);
        self.hide(self.rest.len());
        if ends {
            Open::Nothing
        } else {
            Open::Text(quote)
        }
    }

    /// Whether the line begins with a key of ours, or with a header.
    fn is_known(&self) -> bool {
        let line = self.rest.trim_start();
        let key = line.split('=').next().unwrap_or_default();
        line.starts_with('[') || is_key(key.trim())
    }

    /// A header, or a key with its value.
    fn statement(&mut self) -> Step<Open> {
        self.spaces();
        if self.rest.starts_with('[') {
            return self.header().map(|()| Open::Nothing);
        }
        if self.rest.is_empty() || self.rest.starts_with('#') {
            return Ok(Open::Nothing);
        }
        let shown = self.key()?;
        self.value(shown)
    }

    /// `[engines.b]`.
    fn header(&mut self) -> Step {
        let end = self.rest.rfind(']').ok_or(Lost)? + 1;
        let is_plain =
            |sign: char| is_name_sign(sign) || matches!(sign, '.' | '[' | ']' | '"' | '\'' | ' ');
        if !self.rest[..end].chars().all(is_plain) || names_secret(&self.rest[..end]) {
            return Err(Lost);
        }
        self.show(end);
        Ok(())
    }

    /// A key up to its `=`.
    fn key(&mut self) -> Step<Shown> {
        let end = self.rest.find('=').ok_or(Lost)?;
        let key = self.rest[..end].trim();
        let is_plain = |sign: char| is_name_sign(sign) || matches!(sign, '.' | '"' | '\'');
        let shown = shown_of(key);
        if shown == Shown::Nothing {
            // Nobody knows where in it the secret begins.
            let name = SECRET_WORDS.contains(&key) || is_key(key);
            self.hide_unless(name, end);
        } else if key.chars().all(is_plain) {
            self.show(end);
        } else {
            return Err(Lost);
        }
        self.show(1);
        Ok(shown)
    }

    fn value(&mut self, shown: Shown) -> Step<Open> {
        self.spaces();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Lost);
        }
        let open = self.value_of(shown);
        self.depth -= 1;
        open
    }

    fn value_of(&mut self, shown: Shown) -> Step<Open> {
        match self.rest.chars().next() {
            Some('"' | '\'') => self.text(shown),
            Some('[') if shown != Shown::Nothing => {
                self.show(1);
                self.elements(shown)
            }
            Some('{') if shown != Shown::Nothing => self.table(),
            Some('[' | '{') | None => Err(self.until_the_end()),
            Some(_) => self.bare(shown),
        }
    }

    /// The rest of a value that is not shown; a text that is opened in it goes on.
    fn until_the_end(&mut self) -> Lost {
        self.hide(self.rest.len());
        Lost
    }

    /// A text in quotes.
    fn text(&mut self, shown: Shown) -> Step<Open> {
        for quote in ["\"\"\"", "'''"] {
            if let Some(inside) = self.rest.strip_prefix(quote) {
                let ends = inside.contains(quote);
                self.hide(self.rest.len());
                return Ok(if ends {
                    Open::Nothing
                } else {
                    Open::Text(quote)
                });
            }
        }
        let quote = if self.rest.starts_with('"') {
            '"'
        } else {
            '\''
        };
        let length = self.rest[1..].find(quote).ok_or(Lost)?;
        self.show(1);
        self.content(shown, length);
        self.show(1);
        Ok(Open::Nothing)
    }

    /// Copies or hides the content of a quoted text.
    fn content(&mut self, shown: Shown, length: usize) {
        let text = &self.rest[..length];
        match shown {
            Shown::Plain => self.hide_unless(is_plain_text(text), length),
            Shown::Url if is_type(text) => self.show(length),
            Shown::Url => self.url(length),
            Shown::Nothing => self.hide(length),
        }
    }

    /// A URL, or a variable that holds one, perhaps with a URL as its default.
    fn url(&mut self, length: usize) {
        let text = &self.rest[..length];
        let inside = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'));
        let name = inside.map(|inside| inside.split(":-").next().unwrap_or_default());
        match (inside, name) {
            (Some(inside), Some(name)) if name.chars().all(is_name_sign) => {
                let before = if inside.len() == name.len() {
                    2 + name.len()
                } else {
                    4 + name.len()
                };
                self.show(before);
                self.place(length - before - 1);
                self.show(1);
            }
            (Some(_), Some(_)) | (None, _) | (_, None) => self.place(length),
        }
    }

    /// The scheme of a URL; of an SQLite file its path too, where nothing about it is unusual. A user who left a
    /// character out of a server's URL may have made a host of the password.
    fn place(&mut self, length: usize) {
        let text = &self.rest[..length];
        let scheme = text.find("://").map(|end| end + 3);
        let Some(scheme) = scheme.filter(|_| scheme_dialect(text).is_ok()) else {
            return self.hide_unless(is_memory(text), length);
        };
        let is_plain = text.starts_with("sqlite://") && is_plain_text(&text[scheme..]);
        self.show(scheme);
        self.hide_unless(is_plain, length - scheme);
    }

    /// The elements of an array from here on.
    fn elements(&mut self, shown: Shown) -> Step<Open> {
        loop {
            self.spaces();
            match self.rest.chars().next() {
                None | Some('#') => return Ok(Open::Array(shown)),
                Some(']') => {
                    self.show(1);
                    return Ok(Open::Nothing);
                }
                Some(',') => self.show(1),
                Some(_) => match self.value(shown)? {
                    Open::Nothing => {}
                    Open::Anything | Open::Text(_) | Open::Array(_) => return Err(Lost),
                },
            }
        }
    }

    /// A table in one line.
    fn table(&mut self) -> Step<Open> {
        self.show(1);
        loop {
            self.spaces();
            match self.rest.chars().next() {
                Some('}') => {
                    self.show(1);
                    return Ok(Open::Nothing);
                }
                Some(',') => self.show(1),
                Some(_) => {
                    let shown = self.key()?;
                    match self.value(shown)? {
                        Open::Nothing => {}
                        Open::Anything | Open::Text(_) | Open::Array(_) => return Err(Lost),
                    }
                }
                None => return Err(Lost),
            }
        }
    }

    /// A number, a boolean, a word without quotes.
    fn bare(&mut self, shown: Shown) -> Step<Open> {
        let is_end = |sign: char| matches!(sign, ',' | ']' | '}' | '#') || sign.is_whitespace();
        let length = self.rest.find(is_end).unwrap_or(self.rest.len());
        let word = &self.rest[..length];
        let is_shown = shown == Shown::Plain && !word.is_empty() && is_plain_text(word);
        self.hide_unless(is_shown, length);
        if is_shown {
            Ok(Open::Nothing)
        } else {
            Err(Lost)
        }
    }

    /// The end of a line: at most a comment, of which nothing is shown.
    fn end(&mut self) -> Step {
        self.spaces();
        if self.rest.starts_with('#') {
            self.show(1);
        }
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Lost)
        }
    }

    fn spaces(&mut self) {
        let length = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.show(length);
    }

    fn hide_unless(&mut self, is_shown: bool, length: usize) {
        if is_shown {
            self.show(length);
        } else {
            self.hide(length);
        }
    }

    fn show(&mut self, length: usize) {
        let (shown, rest) = self.rest.split_at(length);
        self.masked.push_str(shown);
        self.rest = rest;
    }

    /// Spaces stay, so that what is masked looks like what was written.
    fn hide(&mut self, length: usize) {
        let (hidden, rest) = self.rest.split_at(length);
        let stars = |sign: char| match sign {
            ' ' | '\t' => sign.to_string(),
            _ => "*".repeat(sign.len_utf8()),
        };
        self.masked.extend(hidden.chars().map(stars));
        self.rest = rest;
    }
}

fn names_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| lower.contains(word))
}

/// Returns how much is shown of the value of a key, of which the last name of its path counts.
fn shown_of(key: &str) -> Shown {
    let name = key.rsplit('.').next().unwrap_or(key);
    let name = name.trim_matches(['"', '\'', ' ']);
    match name {
        _ if names_secret(key) => Shown::Nothing,
        "url" => Shown::Url,
        _ if OF_A_LOGIN.contains(&name) => Shown::Nothing,
        _ if is_key(name) => Shown::Plain,
        _ => Shown::Url,
    }
}

fn is_key(name: &str) -> bool {
    KEYS.iter().any(|key| key.name == name)
}

fn is_name_sign(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-')
}

/// The longest value that is shown as it is.
const LONGEST_PLAIN: usize = 120;

/// A word, a number, a time or a path; or a variable.
fn is_plain_text(text: &str) -> bool {
    let is_plain =
        |sign: char| is_name_sign(sign) || matches!(sign, '.' | '/' | ' ' | '+' | '~' | ',');
    let inside = text
        .strip_prefix("${")
        .and_then(|text| text.strip_suffix('}'));
    let of_variable = inside.is_some_and(|name| name.chars().all(is_name_sign));
    text.len() <= LONGEST_PLAIN && (text.chars().all(is_plain) || of_variable) || is_memory(text)
}

fn is_memory(text: &str) -> bool {
    matches!(text, "" | ":memory:" | "sqlite::memory:")
}

/// Whether the text is a path of a type, such as `crate::Email`.
fn is_type(text: &str) -> bool {
    text.starts_with("crate::") && crate::name::is_type_path(text)
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn secrets_are_masked_and_places_kept() {
        let lines = [
            "url = \"postgres://u:hunter2@h/d\"",
            "url = \"postgres://u:hunter2@hunter2@h/d?x=1\"",
            "url = \"postgres://hunter2@h/d\"",
            "url = \"postgres:u:hunter2@h/d\"",
            "url = \"postgres//u:hunter2@h/d\"",
            "url = \"u:hunter2@h/d\"",
            "url = \"postgres://u:hunter2\"",
            "url = \"postgres://u:1/hunter2/d\"",
            "url = \"${A:-mysql://u:hunter2://x@h/d}\"",
            "url = \"mysql://${hunter2 and more}@h/d\"",
            "password = \"hunter2\"",
            "pasword = \"hunter2\"",
            "pw = 'hunter2'",
            "pw hunter2",
            "dialect = \"mysql\" hunter2",
            "dialect = \"mysql\" # hunter2",
            "files = [\"a.sql\" pw = \"hunter2\"]",
            "b = { host = \"h\", \"Password\" = 'hunter2', port = 1 }",
            "b = { host = \"h\", pw = 'hunter2', port = 1 }",
            "host = \"postgres://u:hunter2@h/d\"",
            "[engines.\"postgres://u:hunter2@h/d\"]",
            "url = \"postgres://h/d?sslpassword=hunter2\"",
            "url = \"postgres://h/d?hunter2=1\"",
            "password = \"\"\"\nhunter2\nhunter2\n\"\"\"",
            "pw = '''\nhunter2\n'''",
            "password =\n\"hunter2\"",
            "password = \"hunter2",
            "password: hunter2",
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
            "[engines.b]\nurl = \"sqlite://a/b.db\"\nport = 1\n",
            "url = \"${B_URL}\"\nb = \"${B_URL:-sqlite://b.db}\"\n",
            "pool = { max-connections = 1, idle-timeout = \"30s\" }\n",
            "files = [\n  \"a.sql\",\n  { path = \"b.sql\", engines = [\"b\"] },\n]\n",
            "citext = \"crate::Email\"\nport = 70000\ndefault = \":memory:\"\n",
        ] {
            assert_eq!(mask(text), text);
        }
        assert_eq!(
            mask("url = \"postgres://ann:secret@db/shop\""),
            "url = \"postgres://******************\""
        );
    }
}
