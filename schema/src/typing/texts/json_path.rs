//! Paths into documents. The three databases share `$.name[0]`, and each has more.

/// A path of SQLite: the number of an element counts from the end as `#-1`.
pub(in crate::typing) fn is_path_of_sqlite(text: &str) -> bool {
    let is_place = |place: &str| match place.strip_prefix('#') {
        Some(rest) => rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number),
        None => is_number(place),
    };
    steps_of(text).is_some_and(|steps| are_steps(steps, "", is_place))
}

/// A path of MySQL and MariaDB: elements from the end are `last-1` and `-1`, and `*` is each of them.
pub(in crate::typing) fn is_path_of_mysql(text: &str) -> bool {
    let is_place = |place: &str| {
        let mut words = place.split([' ', '-']).filter(|word| !word.is_empty());
        !place.trim().is_empty()
            && words.all(|word| is_number(word) || matches!(word, "*" | "last" | "to"))
    };
    steps_of(text).is_some_and(|steps| are_steps(steps, "* ", is_place))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit())
}

/// The text after the root of a path.
fn steps_of(text: &str) -> Option<&str> {
    let root = ["lax ", "strict "].iter();
    let rest = root.fold(text.trim_start(), |rest, word| {
        rest.strip_prefix(word).unwrap_or(rest)
    });
    rest.strip_prefix('$')
}

/// Steps: `.name`, `."a name"`, `[0]`, and these characters alone.
fn are_steps(steps: &str, alone: &str, is_place: fn(&str) -> bool) -> bool {
    let mut rest = steps;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let step = match first {
            '[' => after.split_once(']').filter(|(place, _)| is_place(place)),
            '.' if after.starts_with('"') => after[1..].split_once('"'),
            '.' => {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                Some(after.split_at(end))
            }
            one if alone.contains(one) => Some(("", after)),
            _ => None,
        };
        let Some((_, left)) = step else {
            return false;
        };
        rest = left;
    }
    true
}

/// PostgreSQL's `jsonpath` is a language of expressions: quotes and brackets are closed, and something follows each operator.
pub(in crate::typing) fn is_jsonpath(text: &str) -> bool {
    const INCOMPLETE: [&str; 12] = [
        ".", "&&", "||", "==", "!=", "<>", "<", ">", "=", "+", "-", ",",
    ];
    let Some(plain) = without_texts(text.trim_start()) else {
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
    use super::{is_jsonpath, is_path_of_mysql, is_path_of_sqlite};

    const SQLITE: fn(&str) -> bool = is_path_of_sqlite;
    const MYSQL: fn(&str) -> bool = is_path_of_mysql;
    const POSTGRES: fn(&str) -> bool = is_jsonpath;

    #[test]
    fn paths_are_read_as_the_databases_read_them() {
        let right = [
            (SQLITE, "$"),
            (SQLITE, "$.a.\"b c\"[0][#-1][#]"),
            (SQLITE, "$.a b"),
            (MYSQL, "$.a[*].b[last-1]"),
            (MYSQL, "$**.a"),
            (MYSQL, "$.*"),
            (MYSQL, "$[1 to 3]"),
            (MYSQL, "$[-1]"),
            (MYSQL, "lax $.a"),
            (POSTGRES, "$"),
            (
                POSTGRES,
                "strict $.a[*] ? (@.b > 1 && @.c like_regex \"^(\").d",
            ),
            (POSTGRES, "$.**{2 to last}"),
            (POSTGRES, "$[1, 3 to last].*"),
            (POSTGRES, "exists($.a ? (@ > 1))"),
            (POSTGRES, "$.\"a.\\\".b\".type()"),
        ];
        for (is_path, text) in right {
            assert!(is_path(text), "{text}");
        }
        let wrong = [
            (SQLITE, "a"),
            (SQLITE, "$["),
            (SQLITE, "$a"),
            (SQLITE, "$[*]"),
            (SQLITE, "$[-1]"),
            (SQLITE, "$.\"a"),
            (MYSQL, "$[*"),
            (MYSQL, "$[a]"),
            (MYSQL, "a.b"),
            (MYSQL, "$[]"),
            (POSTGRES, "$.["),
            (POSTGRES, "$."),
            (POSTGRES, "a.b"),
            (POSTGRES, "$.a ? (@ > 1"),
            (POSTGRES, "$.a &&"),
            (POSTGRES, "$.\"a"),
        ];
        for (is_path, text) in wrong {
            assert!(!is_path(text), "{text}");
        }
    }
}
