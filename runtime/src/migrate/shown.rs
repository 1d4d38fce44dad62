//! A statement of a migration as errors show it.

use bindery_core::dialect::Dialect;

/// Of a statement in an error.
const SHOWN_CHARACTERS: usize = 120;

/// A statement as far as an error shows it: in one line, and not beyond its first value, which may be a row's or a password. A definition is shown
/// with its numbers.
pub(super) fn beginning(dialect: Dialect, sql: &str) -> String {
    let end = first_value(dialect, sql).unwrap_or(sql.len());
    let shown = &sql[..end];
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{} …", &words[..end]),
        None if shown.len() < sql.len() => format!("{words} …"),
        None => words,
    }
}

fn first_value(dialect: Dialect, sql: &str) -> Option<usize> {
    let shows_numbers = defines(sql);
    let mut before = ' ';
    let mut characters = sql.char_indices();
    let found = characters.find(|(_, character)| {
        let begins_number =
            character.is_ascii_digit() && !before.is_alphanumeric() && before != '_';
        before = *character;
        begins_text(dialect, *character) || (begins_number && !shows_numbers)
    });
    found.map(|(at, _)| at)
}

/// MySQL and MariaDB take `"…"` as text, unless a session says otherwise.
fn begins_text(dialect: Dialect, character: char) -> bool {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => matches!(character, '\'' | '$'),
        Dialect::Mysql => matches!(character, '\'' | '$' | '"'),
    }
}

fn defines(sql: &str) -> bool {
    let first = sql.split_whitespace().next().unwrap_or_default();
    let words = ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "COMMENT"];
    words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::beginning;
    use bindery_core::dialect::Dialect;

    #[test]
    fn a_statement_is_shown_up_to_its_first_value() {
        let shown = [
            (
                Dialect::Mysql,
                "ALTER USER a IDENTIFIED BY \"x\"",
                "ALTER USER a IDENTIFIED BY …",
            ),
            (
                Dialect::Postgres,
                "ALTER TABLE \"a\" ADD b VARCHAR(40)",
                "ALTER TABLE \"a\" ADD b VARCHAR(40)",
            ),
            (
                Dialect::Sqlite,
                "UPDATE a1 SET b = 4711",
                "UPDATE a1 SET b = …",
            ),
            (
                Dialect::Postgres,
                "INSERT INTO a VALUES (1, 'x')",
                "INSERT INTO a VALUES ( …",
            ),
        ];
        for (dialect, sql, expected) in shown {
            assert_eq!(beginning(dialect, sql), expected);
        }
    }
}
