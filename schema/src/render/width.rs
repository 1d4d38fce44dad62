//! Columns of a terminal: how many a character takes, and paragraphs broken between words.

/// Columns of a character: two for those of East Asian scripts and for emoji, none for what joins the character before
/// it (Unicode Standard Annex 11, blocks instead of single characters).
pub(super) fn of_letter(letter: char) -> usize {
    match letter {
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' => 0,
        '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' => 0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
        '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
        '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        '\t' => 4,
        _ => 1,
    }
}

/// Columns of a text.
pub(super) fn text_width(text: &str) -> usize {
    text.chars().map(of_letter).sum()
}

/// Breaks a paragraph between words into lines of at most `width` columns, the first of which has `before` columns in front
/// of it already. A word longer than a line stands alone; what stands in backquotes is to be typed in and stays together.
pub(super) fn wrap(text: &str, width: usize, before: usize) -> String {
    let mut lines = String::new();
    let mut column = before;
    let mut is_first = true;
    for piece in pieces(text, width.saturating_sub(before + 2)) {
        let length = text_width(piece);
        if !is_first && column + 1 + length > width {
            lines.push('\n');
            column = before;
        } else if !is_first {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(piece);
        column += length;
        is_first = false;
    }
    lines
}

/// The words of a text; a quoted piece of up to a certain length is one word.
fn pieces(text: &str, longest: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut kept_until = 0;
    for (at, letter) in text.char_indices() {
        if letter == '`' && at >= kept_until {
            let length = text[at + 1..].find('`').unwrap_or(usize::MAX);
            kept_until = if length < longest {
                at + 2 + length
            } else {
                at + 1
            };
        } else if letter == ' ' && at >= kept_until {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::{text_width, wrap};

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!(
            (
                text_width("abc"),
                text_width("表"),
                text_width("🦀"),
                text_width("e\u{301}")
            ),
            (3, 2, 2, 1)
        );
    }

    #[test]
    fn paragraphs_are_broken_between_words() {
        assert_eq!(wrap("one two three", 9, 2), "one two\nthree");
        assert_eq!(wrap("write `a b c` there", 9, 0), "write\n`a b c`\nthere");
        assert_eq!(
            wrap("a muchlongerthanthat b", 6, 0),
            "a\nmuchlongerthanthat\nb"
        );
        assert_eq!(wrap("`a b c d e`", 6, 0), "`a b c\nd e`");
        assert_eq!(wrap("", 6, 0), "");
    }
}
