//! Texts of `sql!`: SQL with values in braces, as a text with the placeholders of each dialect and the values in their order.

use std::fmt;

/// A text taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqlPlaces {
    /// The text with `?` for each value, as SQLite, MySQL and MariaDB have it.
    pub unnumbered: String,
    /// With `$1`, `$2`, …, as PostgreSQL has it.
    pub numbered: String,
    /// The values as they are written in the text.
    pub values: Vec<String>,
    /// The text before each value, and after the last one.
    pub texts: Vec<String>,
}

/// A fault in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceFault {
    /// A brace is opened and not closed; what follows it.
    NeverClosed(String),
    /// A brace is closed that was not opened.
    NeverOpened,
    /// There is nothing between the braces.
    Empty,
    /// A place is in quotes: the value would not be bound.
    InQuotes(String),
    /// A place is in a comment.
    InComment(String),
    /// A placeholder of PostgreSQL's: the macro numbers its places itself.
    Placeholder(String),
}

impl PlaceFault {
    /// The text to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NeverClosed(_) => {
                "close it with `}`; a brace of the text itself is written twice: `{{`"
            }
            Self::NeverOpened => "a brace of the text itself is written twice: `}}`",
            Self::Empty => {
                "write the value into it: `{id}`; braces of the text itself are written twice: `{{}}`"
            }
            Self::InQuotes(_) => {
                "a value is bound, not pasted: leave out the quotes, and put text around it into the value; a brace of the text itself is written twice: `{{`"
            }
            Self::InComment(_) => "a brace of the text itself is written twice: `{{`",
            Self::Placeholder(_) => {
                "write the value in braces, and it is bound, on every database: `{value}`"
            }
        }
    }
}

impl fmt::Display for PlaceFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverClosed(rest) => write!(out, "the brace before `{rest}` is never closed"),
            Self::NeverOpened => out.write_str("a `}` has no `{` before it"),
            Self::Empty => out.write_str("a place has no value"),
            Self::InQuotes(value) => write!(out, "the place `{{{value}}}` is in quotes"),
            Self::InComment(value) => write!(out, "the place `{{{value}}}` is in a comment"),
            Self::Placeholder(number) => write!(out, "the placeholder `{number}` has no value"),
        }
    }
}

/// Takes a text apart.
///
/// ```
/// let text = "SELECT '{{}}' FROM users WHERE id = {id} AND name = {user.name}";
/// let places = bindery_codegen::sql_places::parse(text).unwrap();
/// assert_eq!(places.unnumbered, "SELECT '{}' FROM users WHERE id = ? AND name = ?");
/// assert_eq!(places.numbered, "SELECT '{}' FROM users WHERE id = $1 AND name = $2");
/// assert_eq!(places.values, ["id", "user.name"]);
/// ```
///
/// # Errors
/// The first brace that is not as it should be.
pub fn parse(text: &str) -> Result<SqlPlaces, PlaceFault> {
    let mut places = SqlPlaces {
        texts: vec![String::new()],
        ..SqlPlaces::default()
    };
    let mut within = Within::Code;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        places.push(before);
        within = within.after(before)?;
        rest = match brace.get(..2) {
            Some("{{") => places.literal("{", &brace[2..]),
            Some("}}") => places.literal("}", &brace[2..]),
            _ if brace.starts_with('}') => return Err(PlaceFault::NeverOpened),
            _ => places.place(within, &brace[1..])?,
        };
    }
    places.push(rest);
    within.after(rest)?;
    Ok(places)
}

/// The part of a statement that a position is in, as standard SQL has it: a quote within quotes is written twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Code,
    Quotes(char),
    LineComment,
    BlockComment,
}

impl Within {
    fn after(mut self, text: &str) -> Result<Self, PlaceFault> {
        let mut rest = text.chars();
        let mut is_in_name = false;
        while let Some(char) = rest.next() {
            let next = rest.as_str().chars().next();
            let is_numbered = char == '$' && next.is_some_and(|next| next.is_ascii_digit());
            if is_numbered && self == Self::Code && !is_in_name {
                let digits = rest.as_str().chars();
                let digits = digits.take_while(char::is_ascii_digit);
                return Err(PlaceFault::Placeholder(format!(
                    "${}",
                    String::from_iter(digits)
                )));
            }
            is_in_name = char.is_alphanumeric() || matches!(char, '_' | '$');
            self = match (self, char, next) {
                (Self::Code, '\'' | '"' | '`', _) => Self::Quotes(char),
                (Self::Quotes(quote), _, _) if quote == char => Self::Code,
                (Self::Code, '-', Some('-')) => Self::LineComment,
                (Self::LineComment, '\n', _) => Self::Code,
                (Self::Code, '/', Some('*')) => Self::BlockComment,
                (Self::BlockComment, '*', Some('/')) => Self::Code,
                (same, _, _) => same,
            };
        }
        Ok(self)
    }
}

impl SqlPlaces {
    fn push(&mut self, text: &str) {
        if let Some(last) = self.texts.last_mut() {
            last.push_str(text);
        }
        self.unnumbered.push_str(text);
        self.numbered.push_str(text);
    }

    fn literal<'t>(&mut self, brace: &str, after: &'t str) -> &'t str {
        self.push(brace);
        after
    }

    fn place<'t>(&mut self, within: Within, inside: &'t str) -> Result<&'t str, PlaceFault> {
        let never_closed = || {
            let start: String = inside.chars().take(20).collect();
            PlaceFault::NeverClosed(start)
        };
        let (value, after) = inside.split_once('}').ok_or_else(never_closed)?;
        if value.contains('{') {
            return Err(never_closed());
        }
        let value = value.trim();
        if value.is_empty() {
            return Err(PlaceFault::Empty);
        }
        match within {
            Within::Code => {}
            Within::Quotes(_) => return Err(PlaceFault::InQuotes(value.to_owned())),
            Within::LineComment | Within::BlockComment => {
                return Err(PlaceFault::InComment(value.to_owned()));
            }
        }
        self.values.push(value.to_owned());
        self.texts.push(String::new());
        self.unnumbered.push('?');
        self.numbered.push_str(&format!("${}", self.values.len()));
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_placeholders_and_double_braces_one() {
        for (text, unnumbered, numbered, values) in [
            ("", "", "", &[][..]),
            ("SELECT 1", "SELECT 1", "SELECT 1", &[]),
            ("{a}", "?", "$1", &["a"]),
            ("{ a }{b.c()}", "??", "$1$2", &["a", "b.c()"]),
            (
                "'{{\"a\": {{}}}}' @> {a}",
                "'{\"a\": {}}' @> ?",
                "'{\"a\": {}}' @> $1",
                &["a"],
            ),
            ("{{{a}}}", "{?}", "{$1}", &["a"]),
            ("é{a}ü", "é?ü", "é$1ü", &["a"]),
            ("{a} {a}", "? ?", "$1 $2", &["a", "a"]),
            ("'it''s' {a}", "'it''s' ?", "'it''s' $1", &["a"]),
            ("-- it's\n{a}", "-- it's\n?", "-- it's\n$1", &["a"]),
            ("/* it's */ {a}", "/* it's */ ?", "/* it's */ $1", &["a"]),
            (
                "'$1' a$1 $a$1$a$ -- $1",
                "'$1' a$1 $a$1$a$ -- $1",
                "'$1' a$1 $a$1$a$ -- $1",
                &[],
            ),
            ("a - {a} / {b}", "a - ? / ?", "a - $1 / $2", &["a", "b"]),
        ] {
            let places = parse(text).unwrap();
            assert_eq!(
                (places.unnumbered.as_str(), places.numbered.as_str()),
                (unnumbered, numbered)
            );
            assert_eq!(places.values, values);
            assert_eq!(places.texts.join("?"), unnumbered);
        }
    }

    #[test]
    fn braces_that_do_not_fit_are_refused() {
        for (text, message) in [
            ("a { b", "the brace before ` b` is never closed"),
            ("{a {b}", "the brace before `a {b}` is never closed"),
            ("a } b", "a `}` has no `{` before it"),
            ("{a}}", "a `}` has no `{` before it"),
            ("a {} b", "a place has no value"),
            ("a { } b", "a place has no value"),
            ("name = '{name}'", "the place `{name}` is in quotes"),
            ("'%{name}%'", "the place `{name}` is in quotes"),
            ("'{{ {name}'", "the place `{name}` is in quotes"),
            ("\"{name}\"", "the place `{name}` is in quotes"),
            ("`{name}`", "the place `{name}` is in quotes"),
            ("a -- {name}", "the place `{name}` is in a comment"),
            ("/* ' {name} */", "the place `{name}` is in a comment"),
            ("a = $1", "the placeholder `$1` has no value"),
            ("{a} = $12 OR b", "the placeholder `$12` has no value"),
            ("{", "the brace before `` is never closed"),
            ("}", "a `}` has no `{` before it"),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.to_string(), message, "{text}");
            assert!(!fault.help().is_empty());
        }
    }
}
