//! Names that configuration and generated code share: of engines, crates and types, Rust's keywords, and the known word
//! that a misspelt one probably means.

use crate::lists::IntoVec as _;

mod reserved;

pub use self::reserved::{
    CONNECTION_METHODS, DATABASES_METHODS, OUTBOX_METHODS, SYNCS_METHOD, WORKER_METHODS,
    is_reserved_accessor,
};

/// A name that an engine can have, made of one that it cannot.
pub(crate) fn engine_name_like(name: &str) -> String {
    let sign = |sign: char| match sign {
        'a'..='z' | '0'..='9' => sign,
        'A'..='Z' => sign.to_ascii_lowercase(),
        _ => '_',
    };
    let name: String = name.chars().map(sign).take(28).collect();
    let name = name.trim_start_matches(|sign: char| !sign.is_ascii_lowercase());
    let is_free = is_valid_engine_name(name)
        && !DATABASES_METHODS.contains(&name)
        && !WORKER_METHODS.contains(&name)
        && name != SYNCS_METHOD;
    match (name.is_empty(), is_free) {
        (true, _) => "b".to_owned(),
        (false, true) => name.to_owned(),
        (false, false) => format!("{name}_db"),
    }
}

/// The zero-sized type of an engine.
///
/// ```
/// use bindery_core::name::engine_type_name;
/// assert_eq!(engine_type_name("b"), "B");
/// assert_eq!(engine_type_name("read_model"), "ReadModel");
/// ```
pub fn engine_type_name(engine: &str) -> String {
    let words = engine.split(|letter: char| !letter.is_ascii_alphanumeric());
    let camel: String = words.map(capitalized).collect();
    match camel.chars().next() {
        None => "Engine".to_owned(),
        Some('0'..='9') => format!("E{camel}"),
        // The one keyword of this shape.
        Some(_) if camel == "Self" => "Self_".to_owned(),
        Some(_) => camel,
    }
}

/// Returns whether an engine may have this name: `[a-z][a-z0-9_]{0,31}` and no Rust keyword.
///
/// ```
/// use bindery_core::name::is_valid_engine_name;
/// assert!(is_valid_engine_name("analytics_2"));
/// assert!(!is_valid_engine_name("b-1"));
/// assert!(!is_valid_engine_name("type"));
/// ```
pub fn is_valid_engine_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let rest_is_fine =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(rest_is_fine)
        && name.len() <= 32
        && !is_keyword(name)
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

/// Returns whether this is a word that Rust (edition 2024) keeps for itself.
pub fn is_keyword(word: &str) -> bool {
    // Most names are decided by this, and build scripts are not optimised.
    let has_blank = word.len() > 1 && word.as_bytes().contains(&b'_');
    !has_blank && KEYWORDS.binary_search(&word).is_ok()
}

/// The known word that a misspelt one probably means: at most two edits away, and fewer than half its characters.
/// Of several equally near ones the first.
///
/// ```
/// use bindery_core::name::suggest;
/// assert_eq!(suggest("conection", ["url", "connection"]), Some("connection"));
/// assert_eq!(suggest("b", ["c"]), None);
/// ```
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST_SUGGESTED + 1).into_vec();
    if word.len() > LONGEST_SUGGESTED {
        return None;
    }
    let near = known
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate));
    near.filter(|(edits, _)| *edits <= 2 && edits * 2 < word.len())
        .min_by_key(|(edits, _)| *edits)
        .map(|found| found.1)
}

/// Returns whether this can be the path of a Rust type: letters, digits, `::`, and brackets that close in order; nothing that could end
/// a type and begin something else.
pub fn is_type_path(text: &str) -> bool {
    let mut open = Vec::new();
    for sign in text.chars() {
        match sign {
            '<' => open.push('>'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '>' | ')' | ']' if open.pop() != Some(sign) => return false,
            _ if sign.is_alphanumeric() || "_: ,>)]".contains(sign) => {}
            _ => return false,
        }
    }
    open.is_empty()
        && text.starts_with(|sign: char| sign.is_alphabetic() || "_:([".contains(sign))
        && has_whole_names(text)
}

/// Colons come in pairs, and no name follows another: `crate:Money`, `Strin g`. Of `dyn Trait` the first is none.
fn has_whole_names(text: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    let pieces = text.split(['<', '>', '(', ')', '[', ']', ',', ':']);
    let lone = |piece: &str| {
        piece
            .trim()
            .trim_start_matches("dyn ")
            .trim()
            .chars()
            .all(is_part)
    };
    !text.replace("::", "").contains(':') && pieces.into_iter().all(lone)
}

/// Returns whether it is a path of names, `serde::Serialize`.
pub fn is_path(text: &str) -> bool {
    let names = text.strip_prefix("::").unwrap_or(text).split("::");
    let is_name = |(at, name): (usize, &str)| {
        let is_word = name
            .chars()
            .all(|sign| sign.is_alphanumeric() || sign == '_')
            && !name.starts_with(|first: char| first.is_numeric())
            && !matches!(name, "" | "_");
        let is_root = at == 0 && matches!(name, "crate" | "self" | "super");
        is_word && (is_root || !is_keyword(name))
    };
    names.enumerate().all(is_name)
}

/// Returns whether a crate may have this name.
///
/// ```
/// use bindery_core::name::is_crate_name;
/// assert!(is_crate_name("shop-types"));
/// assert!(!is_crate_name("shop types") && !is_crate_name("1a") && !is_crate_name("type"));
/// ```
pub fn is_crate_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    name.bytes().all(is_letter)
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !is_keyword(&name.replace('-', "_"))
}

/// Longer words are not looked up: they are not mistyped by two characters, and hostile ones must cost nothing.
const LONGEST_SUGGESTED: usize = 64;

/// Edits between two words, a swap of neighbours counted as one (optimal string alignment).
fn distance(word: &[char], candidate: &str) -> usize {
    let other: Vec<char> = candidate.chars().take(LONGEST_SUGGESTED + 3).into_vec();
    if word.len().abs_diff(other.len()) > 2 {
        return usize::MAX / 4;
    }
    let mut rows = vec![vec![0; other.len() + 1]; word.len() + 1];
    rows[0] = (0..=other.len()).into_vec();
    for (i, &letter) in word.iter().enumerate() {
        rows[i + 1][0] = i + 1;
        for (j, &wanted) in other.iter().enumerate() {
            let changed = rows[i][j] + usize::from(letter != wanted);
            let mut best = changed.min(rows[i][j + 1] + 1).min(rows[i + 1][j] + 1);
            if i > 0 && j > 0 && letter == other[j - 1] && word[i - 1] == wanted {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            rows[i + 1][j + 1] = best;
        }
    }
    rows[word.len()][other.len()]
}

/// Strict and reserved keywords of edition 2024, sorted (Rust reference, "Keywords").
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether two words are the same but for the case of ASCII letters. It runs for every word of a schema many times, and build scripts
/// are not optimised: a plain loop, from the end, as names begin alike.
pub fn same_word(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = one.len();
    while at > 0 {
        at -= 1;
        if one[at] != other[at] && !one[at].eq_ignore_ascii_case(&other[at]) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn suggestions_stay_near() {
        assert_eq!(suggest("ulr", ["url", "pool"]), Some("url"));
        assert_eq!(suggest("engnies", ["engines", "engine"]), Some("engines"));
        assert_eq!(suggest("url", ["user"]), None);
        assert_eq!(suggest(&"a".repeat(100_000), ["a"]), None);
        assert_eq!(suggest("", ["a"]), None);
    }

    #[test]
    fn engines_have_types_of_their_own() {
        let expected = [
            ("b", "B"),
            ("read_model", "ReadModel"),
            ("a2_b", "A2B"),
            ("self", "Self_"),
            ("", "Engine"),
        ];
        for (engine, name) in expected {
            assert_eq!(engine_type_name(engine), name);
        }
    }
}
