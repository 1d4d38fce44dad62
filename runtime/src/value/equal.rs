//! When two values are equal, whatever compares rows of two databases: numbers by their value, of decimals by all their digits, which a
//! float does not hold; JSON in whatever order its keys are; all others by their bytes. NaN is equal to itself.

#[cfg(any(feature = "data", feature = "json"))]
use std::collections::BTreeMap;

#[cfg(any(feature = "data", feature = "json"))]
use serde_json::value::RawValue;

#[cfg(any(feature = "data", feature = "json"))]
use super::recorded::JSON;
#[cfg(feature = "data")]
use super::recorded::WRITTEN;
use super::recorded::{ARRAY, DECIMAL, F32, F64, Tape, VECTOR, floats, split};

/// Whether both texts are the same number, in whatever form. They are digits, with a sign, a point and an exponent.
pub(crate) fn is_same_number(one: &str, other: &str) -> bool {
    one == other || digits(one) == digits(other)
}

/// A number as its sign, its digits without zeros around them, and the power of ten of the last one.
fn digits(number: &str) -> (bool, String, i64) {
    let (mantissa, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_negative = whole.starts_with('-');
    let all = format!("{}{fraction}", whole.trim_start_matches(['-', '+']));
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

/// Whether both recorded values, of as many columns, are the same.
pub(crate) fn is_same_recorded(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let (mut one, mut other) = (split(one), split(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if is_same_value(one, other) => {}
            _ => return false,
        }
    }
}

/// Whether both recorded values are the same.
pub(crate) fn is_same_value(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let (Some((kind, one)), Some((of_other, other))) = (one.split_first(), other.split_first())
    else {
        return false;
    };
    let (mut one, mut other) = (Tape(one), Tape(other));
    if kind != of_other {
        return false;
    }
    match *kind {
        F32 => is_same_float(single(&mut one), single(&mut other)),
        F64 => is_same_float(double(&mut one), double(&mut other)),
        DECIMAL => is_same_number(one.text(), other.text()),
        #[cfg(any(feature = "data", feature = "json"))]
        JSON => is_same_json(one.text(), other.text()),
        #[cfg(feature = "data")]
        WRITTEN => is_same_json(one.text(), other.text()),
        VECTOR => {
            let (one, other) = (floats(one.sized()), floats(other.sized()));
            let mut both = one.iter().zip(&other);
            one.len() == other.len() && both.all(|(one, other)| one == other)
        }
        ARRAY => {
            let (length, size) = (one.length(), one.length());
            let (of_other, size_of_other) = (other.length(), other.length());
            length == of_other && is_same_recorded(one.take(size), other.take(size_of_other))
        }
        _ => false,
    }
}

fn single(tape: &mut Tape<'_>) -> f64 {
    f32::from_le_bytes(tape.fixed()).into()
}

fn double(tape: &mut Tape<'_>) -> f64 {
    f64::from_le_bytes(tape.fixed())
}

/// Not every database keeps the sign of a zero.
fn is_same_float(one: f64, other: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan())
}

/// The depth of JSON that is compared; below it only equal texts are the same.
#[cfg(any(feature = "data", feature = "json"))]
const MOST_LEVELS: usize = 128;

/// Whether both are the same JSON, in whatever order their keys are and however their numbers are written. Below 128 levels only equal
/// texts are.
#[cfg(any(feature = "data", feature = "json"))]
pub(crate) fn is_same_json(one: &str, other: &str) -> bool {
    is_same_within(one, other, MOST_LEVELS)
}

#[cfg(any(feature = "data", feature = "json"))]
fn is_same_within(one: &str, other: &str, levels: usize) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if one == other {
        return true;
    }
    let Some(levels) = levels.checked_sub(1) else {
        return false;
    };
    match (one.as_bytes().first(), other.as_bytes().first()) {
        (Some(b'{'), Some(b'{')) => is_same_object(one, other, levels),
        (Some(b'['), Some(b'[')) => is_same_array(one, other, levels),
        (Some(b'"'), Some(b'"')) => {
            let text = |json| serde_json::from_str::<String>(json).ok();
            text(one).is_some_and(|one| Some(one) == text(other))
        }
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => is_same_number(one, other),
        _ => false,
    }
}

/// The values of an object by their names.
#[cfg(any(feature = "data", feature = "json"))]
fn entries(json: &str) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(json).ok()
}

#[cfg(any(feature = "data", feature = "json"))]
fn is_same_object(one: &str, other: &str, levels: usize) -> bool {
    let (Some(one), Some(other)) = (entries(one), entries(other)) else {
        return false;
    };
    let mut both = one.iter().zip(&other);
    one.len() == other.len()
        && both.all(|(one, other)| {
            one.0 == other.0 && is_same_within(one.1.get(), other.1.get(), levels)
        })
}

#[cfg(any(feature = "data", feature = "json"))]
fn is_same_array(one: &str, other: &str, levels: usize) -> bool {
    let values = |json| serde_json::from_str::<Vec<&RawValue>>(json).ok();
    let (Some(one), Some(other)) = (values(one), values(other)) else {
        return false;
    };
    let mut both = one.iter().zip(&other);
    one.len() == other.len()
        && both.all(|(one, other)| is_same_within(one.get(), other.get(), levels))
}

#[cfg(all(test, feature = "data"))]
mod tests {
    use super::*;

    #[test]
    fn json_is_compared_to_a_limited_depth() {
        let nested = |inner: &str, levels: usize| {
            format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
        };
        assert!(is_same_json(&nested("1.0", 100), &nested("1", 100)));
        assert!(!is_same_json(
            &nested("1.0", 100_000),
            &nested("1", 100_000)
        ));
    }

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
            assert!(is_same_json(one, other), "{one} {other}");
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
            assert!(!is_same_json(one, other), "{one} {other}");
        }
    }

    #[test]
    fn recorded_values_are_equal_by_what_they_are() {
        use crate::value::ParamWriter;
        use crate::value::recorded::RecordedValues;

        let recorded = |write: &dyn Fn(&mut ParamWriter<'_>)| {
            let mut values = RecordedValues::new();
            let mut params = ParamWriter::recording(&mut values);
            write(&mut params);
            params.finish_recording().expect("they are recorded");
            values.bytes().to_vec()
        };
        let decimals = |one: &'static str| recorded(&move |params| params.decimal(one));
        let floats = |one: f64| recorded(&move |params| params.f64(one));
        let lists = |one: &'static str| {
            recorded(&move |params| params.array(1, &mut |elements| elements.decimal(one)))
        };
        for (one, other) in [
            (decimals("1.5"), decimals("1.5000")),
            (decimals("-0"), decimals("0.00")),
            (decimals("100"), decimals("+0100.0")),
            (floats(-0.0), floats(0.0)),
            (floats(f64::NAN), floats(-f64::NAN)),
            (lists("2.50"), lists("2.5")),
        ] {
            assert!(is_same_recorded(&one, &other), "{one:?} {other:?}");
        }
        for (one, other) in [
            (decimals("1.5"), decimals("-1.5")),
            (decimals("1"), decimals("10")),
            (floats(0.1), floats(0.100_000_000_000_000_02)),
            (lists("2.5"), lists("2.6")),
            (decimals("1"), floats(1.0)),
        ] {
            assert!(!is_same_recorded(&one, &other), "{one:?} {other:?}");
        }
    }
}
