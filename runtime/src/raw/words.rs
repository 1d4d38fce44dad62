//! The words of a text in SQL: comments, quoted text and quoted names are passed over, as each database reads them. One pass
//! over the bytes, without a stack.

use bindery_core::dialect::Dialect;

/// A part of a text that matters to what a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A word that is not quoted.
    Word(&'t str),
    /// A name between backticks.
    Quoted(&'t str),
    Open,
    Close,
    Semicolon,
    /// A value, a name in other quotes, an operator.
    Other,
}

impl Token<'_> {
    pub(super) fn is(self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

/// The tokens of a text.
#[derive(Debug, Clone)]
pub(super) struct Words<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
}

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            at: 0,
            dialect,
        }
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn is_mysql(&self) -> bool {
        self.dialect == Dialect::Mysql
    }

    /// Passes blanks and one comment at a time. What MySQL and MariaDB execute within a comment is no comment.
    fn skip_blank(&mut self) -> bool {
        let length = match self.rest() {
            [blank, ..] if blank.is_ascii_whitespace() || *blank == 0x0b => 1,
            [b'-', b'-', after @ ..] if self.begins_comment(after) => self.to_line_end(),
            [b'#', ..] if self.is_mysql() => self.to_line_end(),
            [b'/', b'*', b'!', after @ ..] if self.is_mysql() => 3 + version(after),
            [b'/', b'*', b'M', b'!', after @ ..] if self.is_mysql() => 4 + version(after),
            [b'*', b'/', ..] if self.is_mysql() => 2,
            [b'/', b'*', ..] => self.comment(),
            _ => return false,
        };
        self.at += length;
        true
    }

    /// `a--1` is a difference on MySQL.
    fn begins_comment(&self, after: &[u8]) -> bool {
        !self.is_mysql() || after.first().is_none_or(|byte| *byte <= b' ')
    }

    fn to_line_end(&self) -> usize {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b'\n');
        end.unwrap_or(rest.len())
    }

    /// The length of a comment; on PostgreSQL they nest.
    fn comment(&self) -> usize {
        let rest = self.rest();
        let (mut depth, mut at) = (0_usize, 0);
        while at < rest.len() {
            match &rest[at..] {
                [b'/', b'*', ..] if depth == 0 || self.dialect == Dialect::Postgres => {
                    depth += 1;
                    at += 2;
                }
                [b'*', b'/', ..] => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        rest.len()
    }

    /// The length of quoted text with its quotes; one that is written twice stands for itself.
    fn quoted(rest: &[u8], end: u8, has_escapes: bool) -> usize {
        let mut at = 1;
        while let Some(&byte) = rest.get(at) {
            match byte {
                b'\\' if has_escapes => at += 2,
                _ if byte == end && rest.get(at + 1) == Some(&end) => at += 2,
                _ if byte == end => return at + 1,
                _ => at += 1,
            }
        }
        rest.len()
    }

    /// The length of `$tag$ … $tag$`, if it begins one.
    fn dollar_quoted(rest: &[u8]) -> Option<usize> {
        let tag_end = 1 + rest.get(1..)?.iter().position(|byte| !is_of_word(*byte))?;
        let is_tag = rest[tag_end] == b'$' && !rest[1].is_ascii_digit();
        let tag = is_tag.then(|| &rest[..=tag_end])?;
        let body = &rest[tag.len()..];
        let mut from = 0;
        // Each candidate begins with a `$`, and tags have none within.
        while let Some(dollar) = body[from..].iter().position(|byte| *byte == b'$') {
            from += dollar;
            if body[from..].starts_with(tag) {
                return Some(tag.len() + from + tag.len());
            }
            from += 1;
        }
        Some(rest.len())
    }

    fn word(&mut self) -> Token<'t> {
        let rest = self.rest();
        let is_within = |byte: &u8| is_of_word(*byte) || *byte == b'$';
        let length = rest.iter().take_while(|byte| is_within(byte)).count();
        let word = &self.text[self.at..self.at + length];
        let is_escaping = self.dialect == Dialect::Postgres && word.eq_ignore_ascii_case("e");
        if is_escaping && rest.get(length) == Some(&b'\'') {
            self.at += length + Self::quoted(&rest[length..], b'\'', true);
            return Token::Other;
        }
        self.at += length;
        if rest[0].is_ascii_digit() {
            Token::Other
        } else {
            Token::Word(word)
        }
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        while self.skip_blank() {}
        let rest = self.rest();
        let first = *rest.first()?;
        let (token, length) = match first {
            b'(' => (Token::Open, 1),
            b')' => (Token::Close, 1),
            b';' => (Token::Semicolon, 1),
            b'\'' => (Token::Other, Self::quoted(rest, first, self.is_mysql())),
            b'"' => (Token::Other, Self::quoted(rest, first, self.is_mysql())),
            b'`' => {
                let length = Self::quoted(rest, first, false);
                let within = &self.text[self.at + 1..self.at + length];
                (
                    Token::Quoted(within.strip_suffix('`').unwrap_or(within)),
                    length,
                )
            }
            b'[' if self.dialect == Dialect::Sqlite => (Token::Other, bracketed(rest)),
            b'$' if self.dialect == Dialect::Postgres => {
                (Token::Other, Self::dollar_quoted(rest).unwrap_or(1))
            }
            _ if is_of_word(first) => return Some(self.word()),
            _ => (Token::Other, 1),
        };
        self.at = (self.at + length).min(self.text.len());
        Some(token)
    }
}

/// Letters beyond ASCII are of words in every dialect.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of the number of a version.
fn version(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The length of `[name]`.
fn bracketed(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| *byte == b']');
    end.map_or(rest.len(), |end| end + 1)
}
