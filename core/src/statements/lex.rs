//! Bytes in, tokens out: quotes, comments, dollar quotes and versioned comments of the three dialects.
//!
//! One pass, no recursion, nothing is looked at twice. What a token means is the reader's matter.

use crate::dialect::{Dialect, Flavour};

/// The kind of a token, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Keyword or unquoted name.
    Word,
    /// `` `name` ``.
    Backticked,
    /// `"name"`, in MySQL and SQLite perhaps a text.
    DoubleQuoted,
    /// `[name]`.
    Bracketed,
    /// `'text'`, `N'text'`.
    SingleQuoted,
    /// `E'text'`.
    Escaped,
    /// `$$text$$`.
    Dollar,
    /// `X'00'`.
    Hex,
    /// `B'01'`.
    Bits,
    /// `1`, `1.5e3`, `0xff`.
    Number,
    /// Operator, parenthesis, comma, anything else.
    Symbol,
}

/// One token: a byte range of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// By its first bytes.
    pub kind: TokenKind,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// A comment, kept beside the tokens: annotations and prose come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
    /// `/* … */` rather than to the end of the line.
    pub block: bool,
}

/// Something that was opened and never closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclosed {
    /// Its kind in words.
    pub what: &'static str,
    /// The text that would close it.
    pub closer: String,
    /// The first byte of what opens it.
    pub start: u32,
    /// The byte after what opens it.
    pub end: u32,
}

/// Walks over one text.
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    dialect: Dialect,
    /// The byte that is read next.
    pub at: usize,
    /// Those that were skipped so far.
    pub comments: Vec<Comment>,
    /// All that the end of the text left open.
    pub unclosed: Vec<Unclosed>,
    /// The text that ends a statement: `;` unless MySQL's `DELIMITER` sets another.
    pub delimiter: &'a str,
    versioned: Option<u32>,
    /// Of MySQL's two products the one the text is for, if that is known.
    flavour: Option<Flavour>,
}

impl<'a> Lexer<'a> {
    /// Stands at the beginning of the text.
    pub fn new(text: &'a str, dialect: Dialect) -> Self {
        let (comments, unclosed) = (Vec::new(), Vec::new());
        Self {
            text,
            bytes: text.as_bytes(),
            dialect,
            at: 0,
            comments,
            unclosed,
            delimiter: ";",
            versioned: None,
            flavour: None,
        }
    }

    /// For a product, if that is known.
    pub fn with_flavour(mut self, flavour: Option<Flavour>) -> Self {
        self.flavour = flavour;
        self
    }

    /// Whether the statement's delimiter stands here. Called between tokens only.
    pub fn at_delimiter(&self) -> bool {
        self.bytes[self.at..].starts_with(self.delimiter.as_bytes())
    }

    /// Skips white space and comments; false at the end of the text.
    pub fn skip_blanks(&mut self) -> bool {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.dash_comment() => self.line_comment(),
                b'#' if self.dialect == Dialect::Mysql => self.line_comment(),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'*' if self.versioned.is_some() && self.peek(1) == Some(b'/') => {
                    self.versioned = None;
                    self.at += 2;
                }
                _ => return true,
            }
        }
        self.end_of_text();
        false
    }

    /// The token that starts here; call after [`Self::skip_blanks`] said true.
    pub fn token(&mut self) -> Token {
        let start = self.at;
        let kind = match self.bytes[self.at] {
            b'\'' => self.text_quoted(TokenKind::SingleQuoted, self.dialect == Dialect::Mysql),
            b'"' => self.quoted(
                TokenKind::DoubleQuoted,
                b'"',
                self.dialect == Dialect::Mysql,
            ),
            b'`' if self.dialect != Dialect::Postgres => {
                self.quoted(TokenKind::Backticked, b'`', false)
            }
            b'[' if self.dialect == Dialect::Sqlite => {
                self.quoted(TokenKind::Bracketed, b']', false)
            }
            b'$' if self.dialect == Dialect::Postgres => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            byte if is_word_start(byte) => self.word(),
            b'$' if self.dialect == Dialect::Mysql && self.peek(1).is_some_and(is_word_part) => {
                self.word()
            }
            _ => self.symbol(),
        };
        Token {
            kind,
            start: start as u32,
            end: self.at as u32,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// MySQL wants white space after the dashes, so that `1--1` stays a subtraction. Drizzle writes lines of its own,
    /// and people draw lines of dashes.
    fn dash_comment(&self) -> bool {
        if self.bytes[self.at..].starts_with(b"--> statement-breakpoint") {
            return true;
        }
        if self.bytes[self.at..].starts_with(b"----") {
            let dashes = self.bytes[self.at..].iter();
            let mut rest = dashes.take_while(|&&byte| byte != b'\n');
            return rest.all(|&byte| matches!(byte, b'-' | b' ' | b'\t' | b'\r'))
                || self.dialect != Dialect::Mysql;
        }
        let blank = |byte: Option<u8>| byte.is_none_or(|byte| byte <= b' ');
        self.peek(1) == Some(b'-') && (self.dialect != Dialect::Mysql || blank(self.peek(2)))
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.skip_line();
        let end = start + self.text[start..self.at].trim_end().len();
        self.comments.push(Comment {
            start: start as u32,
            end: end as u32,
            block: false,
        });
    }

    /// Moves to the line break, not over it.
    pub fn skip_line(&mut self) {
        self.at = find_byte(self.bytes, self.at, b'\n').unwrap_or(self.bytes.len());
    }

    fn block_comment(&mut self) {
        if self.dialect == Dialect::Mysql && self.versioned.is_none() && self.open_versioned() {
            return;
        }
        let start = self.at;
        self.at += 2;
        let mut depth = 1_u32;
        while depth > 0 {
            match (self.peek(0), self.peek(1)) {
                (Some(b'*'), Some(b'/')) => (depth, self.at) = (depth - 1, self.at + 2),
                (Some(b'/'), Some(b'*')) if self.dialect == Dialect::Postgres => {
                    (depth, self.at) = (depth + 1, self.at + 2)
                }
                (Some(_), _) => self.at += 1,
                (None, _) => return self.report_unclosed("comment", "*/", start, 2),
            }
        }
        self.comments.push(Comment {
            start: start as u32,
            end: self.at as u32,
            block: true,
        });
    }

    /// `/*!40101 … */` and `/*M!100100 … */` hold statements; version 999999 is never reached and stays a comment. What is
    /// for the other product is one too: `/*M!` for MySQL, versions of MySQL that MariaDB is not a successor of for MariaDB.
    fn open_versioned(&mut self) -> bool {
        let mark = match (self.peek(2), self.peek(3)) {
            (Some(b'!'), _) => 3,
            (Some(b'M'), Some(b'!')) => 4,
            _ => return false,
        };
        let digits = self.bytes[self.at + mark..]
            .iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let version: u32 = self.text[self.at + mark..self.at + mark + digits]
            .parse()
            .unwrap_or(0);
        let of_mysql = mark == 3 && (50_700..=99_999).contains(&version);
        let of_mariadb = mark == 4 || version > 99_999;
        let is_other = match self.flavour {
            Some(Flavour::Mariadb) | None => of_mysql,
            Some(Flavour::Mysql) => of_mariadb,
        };
        if version == 999_999 || is_other {
            return false;
        }
        self.versioned = Some(self.at as u32);
        self.at += mark + digits;
        true
    }

    fn end_of_text(&mut self) {
        if let Some(start) = self.versioned.take() {
            self.report_unclosed("comment", "*/", start as usize, 3);
        }
    }

    fn report_unclosed(&mut self, what: &'static str, closer: &str, start: usize, length: usize) {
        let end = (start + length).min(self.bytes.len());
        self.unclosed.push(Unclosed {
            what,
            closer: closer.to_owned(),
            start: start as u32,
            end: end as u32,
        });
        self.at = self.bytes.len();
    }

    fn text_quoted(&mut self, kind: TokenKind, backslashes: bool) -> TokenKind {
        self.quoted(kind, b'\'', backslashes)
    }

    /// From an opening quote past the closing one; a doubled closer is one character of the content.
    fn quoted(&mut self, kind: TokenKind, closer: u8, backslashes: bool) -> TokenKind {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                None => {
                    let (what, closer) = quote_words(closer);
                    self.report_unclosed(what, closer, start, 1);
                    return kind;
                }
                Some(b'\\') if backslashes => self.at = (self.at + 2).min(self.bytes.len()),
                Some(byte) if byte == closer && closer != b']' && self.peek(1) == Some(closer) => {
                    self.at += 2
                }
                Some(byte) if byte == closer => {
                    self.at += 1;
                    return kind;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn dollar(&mut self) -> TokenKind {
        let start = self.at;
        let tag = self.bytes[start + 1..]
            .iter()
            .take_while(|&&byte| is_word_part(byte) && byte != b'$')
            .count();
        let digit = self.peek(1).is_some_and(|byte| byte.is_ascii_digit());
        if digit || self.bytes.get(start + 1 + tag) != Some(&b'$') {
            return self.symbol();
        }
        let opener = &self.text[start..start + tag + 2];
        match self.text[start + tag + 2..].find(opener) {
            Some(found) => self.at = start + tag + 2 + found + opener.len(),
            None => self.report_unclosed("dollar-quoted text", opener, start, opener.len()),
        }
        TokenKind::Dollar
    }

    fn number(&mut self) -> TokenKind {
        let hex = self.bytes[self.at] == b'0' && matches!(self.peek(1), Some(b'x' | b'X'));
        while let Some(byte) = self.peek(0) {
            let exponent_sign = !hex
                && matches!(byte, b'+' | b'-')
                && matches!(self.bytes[self.at - 1], b'e' | b'E');
            if !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || exponent_sign) {
                break;
            }
            self.at += 1;
        }
        let digits = self.bytes[..self.at]
            .last()
            .is_some_and(|byte| byte.is_ascii_digit());
        if digits || hex {
            TokenKind::Number
        } else {
            self.number_or_name()
        }
    }

    /// `1st` is a name in MySQL, `1.` a number; anything else is left to the reader to refuse.
    fn number_or_name(&self) -> TokenKind {
        let ends_in_point = self.bytes[self.at - 1] == b'.';
        if ends_in_point {
            TokenKind::Number
        } else {
            TokenKind::Word
        }
    }

    fn word(&mut self) -> TokenKind {
        if let Some(kind) = self.prefixed_text() {
            return kind;
        }
        let own_delimiter = self.delimiter != ";";
        // Most of a text is words, and build scripts are not optimised.
        let (bytes, mut at) = (self.bytes, self.at);
        while at < bytes.len() && WORD_PARTS[bytes[at] as usize] {
            if own_delimiter {
                self.at = at;
                if self.at_delimiter() {
                    break;
                }
            }
            at += 1;
        }
        self.at = at;
        TokenKind::Word
    }

    /// `E'…'`, `X'…'`, `B'…'`, `N'…'` and `U&"…"`.
    fn prefixed_text(&mut self) -> Option<TokenKind> {
        let prefix = self.bytes[self.at].to_ascii_uppercase();
        if prefix == b'U' && self.dialect == Dialect::Postgres && self.peek(1) == Some(b'&') {
            return self.unicode_text();
        }
        if self.peek(1) != Some(b'\'') {
            return None;
        }
        let mysql = self.dialect == Dialect::Mysql;
        let (kind, backslashes) = match prefix {
            b'E' if self.dialect == Dialect::Postgres => (TokenKind::Escaped, true),
            b'X' => (TokenKind::Hex, false),
            b'B' => (TokenKind::Bits, false),
            b'N' => (TokenKind::SingleQuoted, mysql),
            _ => return None,
        };
        self.at += 1;
        Some(self.text_quoted(kind, backslashes))
    }

    fn unicode_text(&mut self) -> Option<TokenKind> {
        let kind = match self.peek(2) {
            Some(b'"') => TokenKind::DoubleQuoted,
            Some(b'\'') => TokenKind::SingleQuoted,
            _ => return None,
        };
        let closer = self.bytes[self.at + 2];
        self.at += 2;
        Some(self.quoted(kind, closer, false))
    }

    fn symbol(&mut self) -> TokenKind {
        const PAIRS: [&[u8]; 7] = [b"::", b"<=", b">=", b"<>", b"!=", b"||", b"->"];
        let second = self.peek(1);
        if !matches!(second, Some(b':' | b'=' | b'>' | b'|')) {
            self.at += 1;
            return TokenKind::Symbol;
        }
        let rest = &self.bytes[self.at..];
        let pair = PAIRS.iter().any(|pair| rest.starts_with(pair));
        let length = if rest.starts_with(b"->>") {
            3
        } else if pair {
            2
        } else {
            1
        };
        self.at += length;
        TokenKind::Symbol
    }
}

fn quote_words(closer: u8) -> (&'static str, &'static str) {
    match closer {
        b'\'' => ("text", "'"),
        b'"' => ("quoted name", "\""),
        b']' => ("quoted name", "]"),
        _ => ("quoted name", "`"),
    }
}

/// Whether a word may start with this byte. Every byte of a character outside ASCII may.
const fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

const fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// [`is_word_part`] of each byte.
const WORD_PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        parts[byte] = is_word_part(byte as u8);
        byte += 1;
    }
    parts
};

fn find_byte(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes[from..]
        .iter()
        .position(|&byte| byte == wanted)
        .map(|found| from + found)
}
