//! SQL text over several lines of generated code. Only blanks outside of quotes become line ends, so its meaning stays.

use crate::rust_writer::string_literal;

/// The start of a line that continues a statement.
const INDENT: &str = "            ";
/// The column at which the literal of a statement starts, after the longest name of a field.
const FIRST_COLUMN: usize = 26;
/// The longest line; some room is left for the text after the literal.
const WIDTH: usize = 96;
/// The longest statement that stays on one line, after the name of its field.
const ONE_LINE: usize = 72;

/// Clauses that start a line of their own.
const CLAUSES: &[&str] = &[
    "FROM ",
    "WHERE ",
    "SET ",
    "VALUES ",
    "ORDER BY ",
    "RETURNING ",
];

/// A literal of the statement, broken before its clauses where it is long.
pub(crate) fn sql_literal(sql: &str) -> String {
    if sql.len() <= ONE_LINE || sql.contains('\n') {
        return string_literal(sql);
    }
    string_literal(&wrapped(sql))
}

fn wrapped(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 64);
    let mut column = FIRST_COLUMN;
    for (index, word) in words(sql).into_iter().enumerate() {
        let at_clause = index > 0 && word.starts_clause;
        if at_clause || column + word.text.len() + 1 > WIDTH {
            text.push('\n');
            text.push_str(INDENT);
            column = INDENT.len();
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word.text);
        column += word.text.len();
    }
    text
}

struct Word<'a> {
    text: &'a str,
    starts_clause: bool,
}

/// Splits at blanks outside of quotes. A leading blank stays with the first word.
///
/// By index, byte by byte (blanks and quotes are bytes of ASCII): this reads every statement in build scripts, which are
/// not optimised.
fn words(sql: &str) -> Vec<Word<'_>> {
    let bytes = sql.as_bytes();
    let mut words = Vec::new();
    let (mut start, mut at, mut quote) = (0, 0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if quote != 0 {
            if byte == quote {
                quote = 0;
            }
        } else if byte == b' ' {
            if at > 0 {
                words.push(word(sql, start, at));
                start = at + 1;
            }
        } else if byte == b'"' || byte == b'\'' || byte == b'`' {
            quote = byte;
        }
        at += 1;
    }
    words.push(word(sql, start, sql.len()));
    words
}

fn word(sql: &str, start: usize, end: usize) -> Word<'_> {
    let (rest, text) = (&sql[start..], &sql[start..end]);
    // Columns begin with their quotes and are most of the words.
    let is_name = matches!(text.as_bytes().first(), Some(b'"' | b'`'));
    Word {
        text,
        starts_clause: !is_name && CLAUSES.iter().any(|clause| rest.starts_with(clause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_blanks_stay() {
        let name = format!("\"{}\"", "FROM  x ".repeat(12));
        let sql = format!("SELECT {name}, 'it''s  FROM' FROM {name} WHERE {name} = ?");
        let text = wrapped(&sql);
        assert_eq!(text.replace(&format!("\n{INDENT}"), " "), sql);
        assert_eq!(
            text.lines().filter(|line| line.trim() == "FROM").count(),
            1,
            "{text}"
        );
    }

    #[test]
    fn short_statements_stay_on_one_line() {
        assert_eq!(sql_literal("SELECT 1 FROM a"), "\"SELECT 1 FROM a\"");
    }
}
