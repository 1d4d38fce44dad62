//! Paths into documents. The three databases share `$.name[0]`, and each has more.

use crate::dialect::Dialect;

/// Whether the database reads a text as a path, as far as its brackets and its end show that.
pub(super) fn is_path(text: &str, dialect: Dialect) -> bool {
    let text = text.trim_start();
    match dialect {
        Dialect::Postgres => is_jsonpath(text),
        Dialect::Sqlite | Dialect::Mysql => {
            let root = ["lax ", "strict "].iter();
            let rest = root.fold(text, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
            rest.strip_prefix('$')
                .is_some_and(|steps| are_steps(steps, dialect))
        }
    }
}

/// The steps after the root: `.name`, `."a name"`, `[0]`.
fn are_steps(steps: &str, dialect: Dialect) -> bool {
    let mut rest = steps;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let step = match first {
            '[' => after
                .split_once(']')
                .filter(|(place, _)| is_place(place, dialect)),
            '.' if after.starts_with('"') => after[1..].split_once('"'),
            '.' => {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                Some(after.split_at(end))
            }
            '*' | ' ' if dialect == Dialect::Mysql => Some(("", after)),
            _ => None,
        };
        let Some((_, left)) = step else {
            return false;
        };
        rest = left;
    }
    true
}

/// The number of an element: SQLite's `#-1` counts from the end, MySQL's `last-1` and `-1`.
fn is_place(place: &str, dialect: Dialect) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    if dialect == Dialect::Sqlite {
        let from_end = place.strip_prefix('#');
        return is_number(place)
            || from_end.is_some_and(|rest| {
                rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number)
            });
    }
    let mut words = place.split([' ', '-']).filter(|word| !word.is_empty());
    !place.trim().is_empty()
        && words.all(|word| is_number(word) || matches!(word, "*" | "last" | "to"))
}

/// PostgreSQL's `jsonpath` is a language of expressions: quotes and brackets are closed, and something follows each operator.
fn is_jsonpath(text: &str) -> bool {
    const INCOMPLETE: [&str; 12] = [
        ".", "&&", "||", "==", "!=", "<>", "<", ">", "=", "+", "-", ",",
    ];
    let Some(plain) = without_texts(text) else {
        return false;
    };
    let plain = plain.trim();
    let begins = plain.starts_with(|first: char| "$@(-+!\"".contains(first))
        || plain.starts_with(|first: char| first.is_ascii_digit())
        || ["lax", "strict", "true", "false", "null", "exists", "last"]
            .iter()
            .any(|word| plain.starts_with(word));
    let doubled = plain.contains("..") || plain.contains("[]") || plain.contains("?(@)");
    begins && !doubled && !INCOMPLETE.iter().any(|end| plain.ends_with(end)) && is_balanced(plain)
}

/// The text with `""` for every text in double quotes; `None` where one is not closed.
fn without_texts(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(character);
        if character == '"' {
            loop {
                match characters.next()? {
                    '\\' => {
                        characters.next();
                    }
                    '"' => break,
                    _ => {}
                }
            }
            plain.push('"');
        }
    }
    Some(plain)
}

fn is_balanced(text: &str) -> bool {
    let mut open = Vec::new();
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => open.push(character),
            ')' | ']' | '}' => {
                let expected = match character {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(expected) {
                    return false;
                }
            }
            _ => {}
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_path;
    use crate::dialect::Dialect::{Mysql, Postgres, Sqlite};

    #[test]
    fn paths_are_read_as_the_databases_read_them() {
        let right = [
            (Sqlite, "$"),
            (Sqlite, "$.a.\"b c\"[0][#-1][#]"),
            (Sqlite, "$.a b"),
            (Mysql, "$.a[*].b[last-1]"),
            (Mysql, "$**.a"),
            (Mysql, "$.*"),
            (Mysql, "$[1 to 3]"),
            (Mysql, "$[-1]"),
            (Mysql, "lax $.a"),
            (Postgres, "$"),
            (
                Postgres,
                "strict $.a[*] ? (@.b > 1 && @.c like_regex \"^(\").d",
            ),
            (Postgres, "$.**{2 to last}"),
            (Postgres, "$[1, 3 to last].*"),
            (Postgres, "exists($.a ? (@ > 1))"),
            (Postgres, "$.\"a.\\\".b\".type()"),
        ];
        for (dialect, text) in right {
            assert!(is_path(text, dialect), "{text}");
        }
        let wrong = [
            (Sqlite, "a"),
            (Sqlite, "$["),
            (Sqlite, "$a"),
            (Sqlite, "$[*]"),
            (Sqlite, "$[-1]"),
            (Sqlite, "$.\"a"),
            (Mysql, "$[*"),
            (Mysql, "$[a]"),
            (Mysql, "a.b"),
            (Mysql, "$[]"),
            (Postgres, "$.["),
            (Postgres, "$."),
            (Postgres, "a.b"),
            (Postgres, "$.a ? (@ > 1"),
            (Postgres, "$.a &&"),
            (Postgres, "$.\"a"),
        ];
        for (dialect, text) in wrong {
            assert!(!is_path(text, dialect), "{text}");
        }
    }
}
