//! Keeps text of others from steering a terminal or filling it.

/// Longest sentence shown; names in it can be of any length.
const LONGEST_SENTENCE: usize = 1_500;

/// The character shown in place of one that must not be: control characters, and those that change the direction of
/// reading or are not seen (as `rustc` does for its own excerpts).
pub(super) fn letter(letter: char) -> char {
    match letter {
        '\t' => '\t',
        '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

/// A message, label or help, bounded.
pub(super) fn sentence(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_SENTENCE).map(letter).collect();
    if text.chars().nth(LONGEST_SENTENCE).is_some() {
        shown.push('…');
    }
    shown
}
