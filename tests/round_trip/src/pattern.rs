//! A text that matches a regular expression, for the plain ones that constraints are written with.

/// The shortest matching text that is easily found; `None` where the pattern has more than this knows.
pub(crate) fn sample(pattern: &str) -> Option<String> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let text = alternatives(&letters, &mut at, 0)?;
    (at == letters.len()).then_some(text)
}

/// Groups in groups are read so deep.
const DEEPEST: usize = 20;
/// A piece is repeated so often at most.
const MOST: usize = 1_000;

/// The first of the alternatives; all are read.
fn alternatives(letters: &[char], at: &mut usize, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let first = sequence(letters, at, depth)?;
    while letters.get(*at) == Some(&'|') {
        *at += 1;
        sequence(letters, at, depth)?;
    }
    Some(first)
}

fn sequence(letters: &[char], at: &mut usize, depth: usize) -> Option<String> {
    let mut text = String::new();
    while let Some(&letter) = letters.get(*at) {
        if letter == '|' || letter == ')' {
            break;
        }
        *at += 1;
        let piece = match letter {
            '^' | '$' => continue,
            '(' => group(letters, at, depth)?,
            '[' => class(letters, at)?.to_string(),
            '.' => "a".to_owned(),
            '\\' => escaped(letters, at)?,
            '*' | '+' | '?' | '{' => return None,
            other => other.to_string(),
        };
        let times = repeated(letters, at)?;
        text.push_str(&piece.repeat(times));
    }
    Some(text)
}

fn group(letters: &[char], at: &mut usize, depth: usize) -> Option<String> {
    if letters[*at..].starts_with(&['?', ':']) {
        *at += 2;
    } else if letters.get(*at) == Some(&'?') {
        return None;
    }
    let text = alternatives(letters, at, depth + 1)?;
    (letters.get(*at) == Some(&')')).then(|| *at += 1)?;
    Some(text)
}

fn escaped(letters: &[char], at: &mut usize) -> Option<String> {
    let letter = *letters.get(*at)?;
    *at += 1;
    match letter {
        'd' => Some("0".to_owned()),
        'w' | 'S' | 'D' => Some("a".to_owned()),
        's' | 'W' => Some(" ".to_owned()),
        'A' | 'Z' | 'y' | 'm' | 'M' => Some(String::new()),
        letter if letter.is_alphanumeric() => None,
        letter => Some(letter.to_string()),
    }
}

/// A character of a class.
fn class(letters: &[char], at: &mut usize) -> Option<char> {
    let negated = letters.get(*at) == Some(&'^');
    *at += usize::from(negated);
    let start = *at;
    let length = letters[start..]
        .iter()
        .skip(1)
        .position(|letter| *letter == ']')?
        + 1;
    let inside = &letters[start..start + length];
    *at = start + length + 1;
    if inside.starts_with(&['[', ':']) {
        // `[[:digit:]]` ends in two brackets.
        *at += usize::from(letters.get(*at) == Some(&']'));
        return Some(if inside[2..].starts_with(&['d']) {
            '0'
        } else {
            'a'
        });
    }
    if negated {
        return ['a', '0', 'z', '-']
            .into_iter()
            .find(|letter| !contains(inside, *letter));
    }
    match inside {
        ['\\', 'd', ..] => Some('0'),
        ['\\', 'w', ..] => Some('a'),
        ['\\', letter, ..] => Some(*letter),
        [letter, ..] => Some(*letter),
        [] => None,
    }
}

fn contains(class: &[char], letter: char) -> bool {
    let ranges = class
        .windows(3)
        .any(|part| part[1] == '-' && (part[0]..=part[2]).contains(&letter));
    ranges || class.contains(&letter)
}

/// How often the piece before is taken; what follows it is read.
fn repeated(letters: &[char], at: &mut usize) -> Option<usize> {
    let times = match letters.get(*at) {
        Some('*' | '?') => 0,
        Some('+') => 1,
        Some('{') => return counted(letters, at),
        Some(_) | None => return Some(1),
    };
    *at += 1;
    Some(times)
}

fn counted(letters: &[char], at: &mut usize) -> Option<usize> {
    let length = letters[*at..].iter().position(|letter| *letter == '}')?;
    let inside: String = letters[*at + 1..*at + length].iter().collect();
    *at += length + 1;
    let least = inside.split(',').next()?.parse().ok()?;
    (least <= MOST).then_some(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_matches() {
        for (pattern, text) in [
            (r"^\d{15}[\dX]$", "0000000000000000"),
            (r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$", "AAAAA0000000"),
            ("^(one|two)+$", "one"),
            ("^(?:a|b)c?d*$", "a"),
            ("[^a-z]x", "0x"),
            ("[[:digit:]]{3}", "000"),
            (r"a\.b", "a.b"),
            ("", ""),
        ] {
            assert_eq!(sample(pattern).as_deref(), Some(text), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_is_left() {
        for pattern in [
            "(",
            ")",
            "[",
            "a{",
            "a{99999}",
            "(?=a)",
            r"\",
            r"\1",
            "*",
            &"(".repeat(100),
        ] {
            assert_eq!(sample(pattern), None, "{pattern}");
        }
    }
}
