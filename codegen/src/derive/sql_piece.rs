//! Texts of SQL that a struct brings along: each has to stay within the place it is written to.

/// Whether this is one piece: parentheses and quotes closed, and nothing that would end the column it stands in.
///
/// This is not a parser of SQL: the meaning of the piece is found out when the whole is read.
pub(super) fn is_one_piece(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // A doubled quote inside closes and opens again, which comes to the same.
            '\'' | '"' | '`' if letters.any(|other| other == letter) => {}
            '\'' | '"' | '`' => return false,
            '(' => depth += 1,
            ')' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            ',' if depth == 0 => return false,
            ';' | '#' | '\\' | '\0' | '\n' | '\r' => return false,
            '-' if letters.peek() == Some(&'-') => return false,
            '/' if letters.peek() == Some(&'*') => return false,
            _ => {}
        }
    }
    depth == 0 && !text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_one_piece;

    #[test]
    fn a_piece_ends_where_it_began() {
        for fine in [
            "TEXT",
            "DECIMAL(12, 2)",
            "'it''s (a'",
            "now()",
            "ENUM('a;b', 'c')",
            "a - -1",
            "price / 2",
        ] {
            assert!(is_one_piece(fine), "{fine}");
        }
        for wrong in [
            "",
            " ",
            "VARCHAR(40",
            "1) --",
            "1, extra INTEGER",
            "'open",
            "1; DROP TABLE a",
            "1 -- more",
            "1 /* more",
            "1\n2",
        ] {
            assert!(!is_one_piece(wrong), "{wrong}");
        }
    }
}
