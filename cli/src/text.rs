//! Plain text brought into lines.

use std::time::Duration;

/// Columns narrower than this are not read but deciphered.
const NARROWEST: usize = 20;

/// Breaks a paragraph into lines of at most `width` characters; the second line and all after it are indented. A word
/// longer than a line stands alone.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

/// A prefix of `indent` characters on the screen, and beside it a paragraph in lines that end at `width`.
pub(crate) fn hanging(prefix: &str, indent: usize, text: &str, width: usize) -> String {
    let lines = wrap(text, width.saturating_sub(indent).max(NARROWEST), 0);
    let indented = lines.replace('\n', &format!("\n{}", " ".repeat(indent)));
    format!("{prefix}{indented}\n")
}

/// All texts as wide as the widest.
pub(crate) fn padded(texts: &[String]) -> Vec<String> {
    let width = |text: &String| text.chars().count();
    let widest = texts.iter().map(width).max().unwrap_or_default();
    texts
        .iter()
        .map(|text| format!("{text:<widest$}"))
        .collect()
}

/// `1 table`, `2 tables`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {singular}{ending}")
}

/// `1 row`, `2 rows`.
pub(crate) fn rows(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "row")
}

/// `40 s`, `10 min`, `3 h`, `2 days`: rounded down.
pub(crate) fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_broken_between_words() {
        assert_eq!(wrap("", 10, 2), "");
        assert_eq!(wrap("one two  three", 7, 0), "one two\nthree");
        assert_eq!(wrap("one two three", 7, 2), "one two\n  three");
        assert_eq!(
            wrap("a muchlongerthanthat b", 6, 1),
            "a\n muchlongerthanthat\n b"
        );
    }

    #[test]
    fn a_paragraph_hangs_beside_its_title() {
        assert_eq!(
            hanging("a  ", 3, "one two three four five", 24),
            "a  one two three four\n   five\n"
        );
        assert_eq!(hanging("a  ", 3, "", 24), "a  \n");
    }

    #[test]
    fn times_are_rounded_down_to_one_unit() {
        let texts = [0, 119, 120, 7_199, 7_200, 172_800];
        let texts = texts.map(|seconds| time(Duration::from_secs(seconds)));
        assert_eq!(texts, ["0 s", "119 s", "2 min", "119 min", "2 h", "2 days"]);
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1, "table"), "1 table");
        assert_eq!(count(0, "column"), "0 columns");
    }
}
