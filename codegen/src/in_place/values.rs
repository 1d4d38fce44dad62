//! The values of a text: `{least}` becomes the parameter `:least`.

use std::ops::Range;

use bindery_schema::name;

use super::literal::OriginText;
use crate::sql_places::PlaceFault;

/// A text with parameters in place of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ValueText {
    /// With `:name` for each value; each byte of a parameter comes from its brace.
    pub(super) sql: OriginText,
    /// Each once.
    pub(super) values: Vec<Value>,
    /// The parameters in `sql`.
    pub(super) places: Vec<Range<u32>>,
}

/// A value of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    /// The name of its parameter.
    pub(super) name: String,
    /// As it stands in braces.
    pub(super) written: String,
}

/// Takes a text apart; each byte of `text` comes from an offset in the literal.
///
/// # Errors
/// The first brace that is not as it should be, with its place in the literal.
pub(super) fn parse(text: &OriginText) -> Result<ValueText, (usize, PlaceFault)> {
    let mut found = ValueText {
        sql: OriginText::before(text.end as usize),
        ..ValueText::default()
    };
    let mut characters = text.text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let doubled = characters.next_if(|&(_, next)| next == character && "{}".contains(next));
        match character {
            '{' | '}' if doubled.is_some() => found.sql.push(character, text.origin(at)),
            '{' => {
                let rest = &text.text[at + 1..];
                let value = value(rest).map_err(|fault| (text.origin(at), fault))?;
                let end = at + 1 + rest.find('}').unwrap_or_default();
                found.place(value, text, at);
                while characters.next_if(|&(next, _)| next <= end).is_some() {}
            }
            '}' => return Err((text.origin(at), PlaceFault::NeverOpened)),
            _ => found.sql.push(character, text.origin(at)),
        }
    }
    Ok(found)
}

/// The value at the start of this text, which begins after its brace.
fn value(rest: &str) -> Result<&str, PlaceFault> {
    let never_closed = || PlaceFault::NeverClosed(rest.chars().take(20).collect());
    let (value, _) = rest.split_once('}').ok_or_else(never_closed)?;
    if value.contains('{') {
        return Err(never_closed());
    }
    if value.trim().is_empty() {
        return Err(PlaceFault::Empty);
    }
    Ok(value.trim())
}

impl ValueText {
    /// Whether this stands in braces.
    pub(super) fn has(&self, written: &str) -> bool {
        self.values.iter().any(|value| value.written == written)
    }

    /// The bytes of the literal that a range of the text comes from.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.sql.origin(range.start);
        let end = self.sql.origin(range.end.max(range.start + 1));
        start..end.max(start + 1)
    }

    /// The text in braces that is the value of an argument.
    pub(super) fn written<'v>(&'v self, argument: &'v str) -> &'v str {
        let is = |value: &&Value| self::argument(&value.name) == argument;
        let found = self.values.iter().find(is);
        found.map_or(argument, |value| value.written.as_str())
    }

    /// Adds the parameter of a value whose brace stands there in the text.
    fn place(&mut self, written: &str, text: &OriginText, at: usize) {
        let known = self.values.iter().find(|value| value.written == written);
        let name = known.map_or_else(|| self.free_name(written), |value| value.name.clone());
        if known.is_none() {
            let written = written.to_owned();
            self.values.push(Value {
                name: name.clone(),
                written,
            });
        }
        // In `list[{from}:{to}]` a colon is an operator.
        let is_bound = self.sql.text.trim_end().ends_with(['[', ':']);
        let parameter = if is_bound {
            format!("sqlc.arg({name})")
        } else {
            format!(":{name}")
        };
        let start = self.sql.text.len() as u32;
        let characters = parameter.chars();
        characters.for_each(|character| self.sql.push(character, text.origin(at)));
        self.places.push(start..self.sql.text.len() as u32);
        let behind = text.text[at..]
            .split_once('}')
            .map_or("", |(_, behind)| behind);
        // A character after it is not of the name.
        if behind.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
            self.sql.push(' ', text.origin(at));
        }
    }

    /// The words of an expression as a name.
    fn free_name(&self, written: &str) -> String {
        let words =
            written.split(|character: char| !character.is_alphanumeric() && character != '_');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let mut name = words.join("_");
        if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            name.insert_str(0, "value_");
        }
        let is_free = |name: &str| {
            let mut known = self.values.iter();
            known.all(|one| argument(&one.name) != argument(name))
        };
        let mut free = name.clone();
        let mut number = 2;
        while !is_free(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        free
    }
}

/// The argument that a parameter becomes.
fn argument(parameter: &str) -> String {
    name::escape_keyword(&name::field(parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<ValueText, (usize, PlaceFault)> {
        let mut origin = OriginText::default();
        text.char_indices()
            .for_each(|(at, character)| origin.push(character, at));
        origin.end = text.len() as u32;
        parse(&origin)
    }

    #[test]
    fn values_become_parameters() {
        for (text, sql, values) in [
            ("a = {a}", "a = :a", &["a"][..]),
            ("{ a }, {a}, {b}", ":a, :a, :b", &["a", "b"]),
            (
                "'{{{{}}' {a.b} {a.b()} {&self.a}",
                "'{{}' :a_b :a_b_2 :self_a",
                &["a.b", "a.b()", "&self.a"],
            ),
            ("{0} == ''", ":value_0 == ''", &["0"]),
            ("é{é}é", "é:é é", &["é"]),
            (
                "a[{a}:{b}]{c}AND",
                "a[sqlc.arg(a):sqlc.arg(b)]:c AND",
                &["a", "b", "c"],
            ),
        ] {
            let found = parse_text(text).expect("it is well formed");
            assert_eq!(found.sql.text, sql, "{text}");
            let written: Vec<&str> = found
                .values
                .iter()
                .map(|one| one.written.as_str())
                .collect();
            assert_eq!(written, values, "{text}");
            assert_eq!(found.sql.origins.len(), found.sql.text.len());
        }
    }

    #[test]
    fn braces_that_do_not_fit_have_their_place() {
        for (text, at, fault) in [
            ("a { b", 2, PlaceFault::NeverClosed(" b".to_owned())),
            ("a } b", 2, PlaceFault::NeverOpened),
            ("a {} b", 2, PlaceFault::Empty),
            ("{a {b}", 0, PlaceFault::NeverClosed("a {b}".to_owned())),
        ] {
            assert_eq!(parse_text(text), Err((at, fault)), "{text}");
        }
    }
}
