//! The placeholders of a statement: `:author`, and those of its dialect.

use crate::dialect::Dialect;
use crate::parse::lex::{Lexer, Token, TokenKind};
use crate::source::Span;

/// A place of a statement that a value is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placeholder {
    /// The name or number of the value.
    pub(crate) parameter: ParameterName,
    /// With its sign.
    pub(crate) span: Span,
}

/// The identity of a parameter in its statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ParameterName {
    /// `:author`.
    Named(String),
    /// `$1`; the first `?` is 1, too.
    Numbered(u32),
}

/// The placeholders of a statement, in the order of the text.
///
/// A colon makes one with the word right after it. `::` and `:=` are operators, and in PostgreSQL a colon between brackets is that
/// of a slice.
pub(crate) fn placeholders(text: &str, statement: Span, dialect: Dialect) -> Vec<Placeholder> {
    let mut lexer = Lexer::new(text, dialect);
    lexer.at = statement.start as usize;
    let mut tokens = Vec::new();
    while lexer.skip_blanks() && lexer.at < statement.end as usize {
        tokens.push(lexer.token());
    }
    let mut found: Vec<Placeholder> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut largest = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Symbol {
            continue;
        }
        let sign = text_of(text, *token);
        match sign {
            "(" | "[" => open.push(sign),
            ")" | "]" => drop(open.pop()),
            _ => {}
        }
        let next = tokens.get(at + 1).filter(|next| next.start == token.end);
        let in_slice = dialect == Dialect::Postgres && open.last() == Some(&"[");
        let Some(parameter) =
            parameter(text, (sign, next), dialect, largest).filter(|_| !in_slice || sign != ":")
        else {
            continue;
        };
        let mut end = token.end;
        if let ParameterName::Numbered(number) = parameter {
            largest = largest.max(number);
        }
        if let Some(next) = next.filter(|next| sign != "?" || next.kind == TokenKind::Number) {
            end = next.end;
        }
        found.push(Placeholder {
            parameter,
            span: Span {
                end,
                start: token.start,
                ..statement
            },
        });
    }
    found
}

/// The parameter that a sign stands for, with the token right after it.
fn parameter(
    text: &str,
    (sign, next): (&str, Option<&Token>),
    dialect: Dialect,
    largest: u32,
) -> Option<ParameterName> {
    let word = next.filter(|next| next.kind == TokenKind::Word);
    let number = next.filter(|next| next.kind == TokenKind::Number);
    let number = number.map(|number| text_of(text, *number).parse().ok());
    let named = word.map(|word| ParameterName::Named(text_of(text, *word).to_owned()));
    match (sign, dialect) {
        (":", _) => named,
        ("@" | "$", Dialect::Sqlite) => named,
        ("$", Dialect::Postgres) => number.flatten().map(ParameterName::Numbered),
        ("?", Dialect::Sqlite) => match number {
            Some(number) => number.map(ParameterName::Numbered),
            None => Some(ParameterName::Numbered(largest + 1)),
        },
        ("?", Dialect::Mysql) => Some(ParameterName::Numbered(largest + 1)),
        _ => None,
    }
}

fn text_of(text: &str, token: Token) -> &str {
    &text[token.start as usize..token.end as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn found(text: &str, dialect: Dialect) -> Vec<&str> {
        let statement = Span {
            file: FileId(0),
            start: 0,
            end: text.len() as u32,
        };
        let found = placeholders(text, statement, dialect).into_iter();
        found
            .map(|one| &text[one.span.start as usize..one.span.end as usize])
            .collect()
    }

    #[test]
    fn a_colon_makes_a_placeholder_of_the_word_after_it() {
        let text = "SELECT :a::text, b[1:n], b[1:(:m)], ':c', f(x := 1) -- :d\n/* :e */ FROM t WHERE g = :a";
        assert_eq!(found(text, Dialect::Postgres), [":a", ":m", ":a"]);
        assert_eq!(
            found("SELECT @x := :y, ':z', \":q\"", Dialect::Mysql),
            [":y"]
        );
        assert_eq!(found("SELECT [a:b], :c", Dialect::Sqlite), [":c"]);
    }

    #[test]
    fn each_dialect_has_its_own() {
        assert_eq!(
            found("SELECT $1, $tag$ $2 $tag$, a ? 'b', $12", Dialect::Postgres),
            ["$1", "$12"]
        );
        assert_eq!(found("SELECT ?, '?', $1", Dialect::Mysql), ["?"]);
        assert_eq!(
            found("SELECT ?, ?3, @a, $b, :c", Dialect::Sqlite),
            ["?", "?3", "@a", "$b", ":c"]
        );
    }

    #[test]
    fn a_question_mark_has_the_number_after_the_largest() {
        let text = "?, ?5, ?";
        let statement = Span {
            file: FileId(0),
            start: 0,
            end: text.len() as u32,
        };
        let numbers: Vec<_> = placeholders(text, statement, Dialect::Sqlite)
            .into_iter()
            .map(|one| one.parameter)
            .collect();
        assert_eq!(numbers, [1, 5, 6].map(ParameterName::Numbered));
    }
}
