//! Whether two JSON texts are the same value: numbers by all their digits, which a float does not hold.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Are both the same value, in whatever order their keys are and however their numbers are written?
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if one == other {
        return true;
    }
    match (one.as_bytes().first(), other.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => is_same_object(one, other),
        (Some(b'['), Some(b'[')) => is_same_array(one, other),
        (Some(b'"'), Some(b'"')) => {
            let text = |json| serde_json::from_str::<String>(json).ok();
            text(one).is_some_and(|one| Some(one) == text(other))
        }
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => digits(one) == digits(other),
        _ => false,
    }
}

fn is_same_object(one: &str, other: &str) -> bool {
    let entries = |json| serde_json::from_str::<BTreeMap<String, &RawValue>>(json).ok();
    let (Some(one), Some(other)) = (entries(one), entries(other)) else {
        return false;
    };
    let mut both = one.iter().zip(&other);
    one.len() == other.len()
        && both.all(|(one, other)| one.0 == other.0 && is_same(one.1.get(), other.1.get()))
}

fn is_same_array(one: &str, other: &str) -> bool {
    let values = |json| serde_json::from_str::<Vec<&RawValue>>(json).ok();
    let (Some(one), Some(other)) = (values(one), values(other)) else {
        return false;
    };
    let mut both = one.iter().zip(&other);
    one.len() == other.len() && both.all(|(one, other)| is_same(one.get(), other.get()))
}

/// A number as its sign, its digits without zeros around them, and the power of ten of the last one.
fn digits(number: &str) -> (bool, String, i64) {
    let (mantissa, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_negative = whole.starts_with('-');
    let all = format!("{}{fraction}", whole.trim_start_matches('-'));
    let kept = all.trim_start_matches('0').trim_end_matches('0');
    if kept.is_empty() {
        return (false, String::new(), 0);
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    let power = power.parse::<i64>().unwrap_or(i64::MAX);
    let last = power.saturating_sub(fraction.len() as i64);
    (
        is_negative,
        kept.to_owned(),
        last.saturating_add(zeros as i64),
    )
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn numbers_are_compared_by_all_their_digits() {
        let same = [
            ("1e2", "100.0"),
            ("0.10", "1E-1"),
            ("-0", "0.0"),
            (
                r#"{"a": [1, "\u0061"], "b": null}"#,
                r#"{"b":null,"a":[1,"a"]}"#,
            ),
        ];
        for (one, other) in same {
            assert!(is_same(one, other), "{one} {other}");
        }
        let others = [
            ("0.1000000000000000000001", "0.1"),
            ("12345678901234567890123", "12345678901234567890124"),
            (r#"{"a":1}"#, r#"{"b":1}"#),
            ("[1]", "[1,1]"),
            ("1", "\"1\""),
            ("1", "-1"),
        ];
        for (one, other) in others {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
