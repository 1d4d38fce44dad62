//! PostgreSQL's NUMERIC on the wire (`numeric_send`, `numeric_recv` in its source): groups of four decimal digits.

use crate::value::decimal;
#[cfg(feature = "data")]
use crate::value::own_text::NoNumber;

const NEGATIVE: u16 = 0x4000;
/// The most digits after the point a NUMERIC holds.
const MAX_SCALE: usize = 16_383;
/// The most digits before the point.
const MAX_WHOLE: usize = 131_072;

/// Writes a decimal; `None` where the text is none or too long for NUMERIC.
pub(crate) fn encode_decimal(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let parts = decimal::parse(text)?;
    if parts.whole.len() > MAX_WHOLE || parts.fraction.len() > MAX_SCALE {
        return None;
    }
    let mut groups = groups(parts.whole, parts.fraction);
    let whole_groups = parts.whole.len().div_ceil(4);
    let leading = groups.iter().take_while(|&&group| group == 0).count();
    groups.drain(..leading);
    while groups.last() == Some(&0) {
        groups.pop();
    }
    let weight = if groups.is_empty() {
        0
    } else {
        let before_point = i32::try_from(whole_groups).ok()?;
        let weight = before_point - i32::try_from(leading).ok()? - 1;
        i16::try_from(weight).ok()?
    };
    let sign = if parts.negative && !groups.is_empty() {
        NEGATIVE
    } else {
        0
    };
    out.extend_from_slice(&u16::try_from(groups.len()).ok()?.to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&u16::try_from(parts.fraction.len()).ok()?.to_be_bytes());
    for group in groups {
        out.extend_from_slice(&group.to_be_bytes());
    }
    Some(())
}

/// Groups of four digits, aligned at the point: the first is filled up at its left, the last at its right.
fn groups(whole: &str, fraction: &str) -> Vec<u16> {
    let (first, rest) = whole.as_bytes().split_at(whole.len() % 4);
    let mut groups = Vec::with_capacity((whole.len() + fraction.len()) / 4 + 2);
    if !first.is_empty() {
        groups.push(group(first));
    }
    groups.extend(rest.chunks(4).map(group));
    groups.extend(
        fraction
            .as_bytes()
            .chunks(4)
            .map(|digits| group(digits) * [1, 1_000, 100, 10, 1][digits.len()]),
    );
    groups
}

fn group(digits: &[u8]) -> u16 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u16::from(digit - b'0'))
}

/// The signs of what is none.
#[cfg(feature = "data")]
const SPECIAL: [(NoNumber, u16); 3] = [
    (NoNumber::Nan, 0xc000),
    (NoNumber::Infinity, 0xd000),
    (NoNumber::NegativeInfinity, 0xf000),
];

/// Reads NaN and the infinities.
#[cfg(feature = "data")]
pub(crate) fn special(bytes: &[u8]) -> Option<NoNumber> {
    let sign = u16::from_be_bytes([*bytes.get(4)?, *bytes.get(5)?]);
    let found = SPECIAL.iter().find(|(_, one)| *one == sign);
    found.map(|(special, _)| *special)
}

/// Writes NaN and the infinities, which have no groups.
#[cfg(feature = "data")]
pub(crate) fn write_special(value: NoNumber, out: &mut Vec<u8>) {
    let found = SPECIAL.iter().find(|(special, _)| *special == value);
    let sign = found.map_or(0, |(_, sign)| *sign);
    for word in [0, 0, sign, 0] {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

/// Reads a NUMERIC as decimal text; `None` for NaN, the infinities and what is no NUMERIC.
pub(crate) fn decimal_text(bytes: &[u8]) -> Option<String> {
    let (header, body) = bytes.split_at_checked(8)?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (count, weight) = (usize::from(word(0)), i64::from(word(2).cast_signed()));
    let (sign, scale) = (word(4), usize::from(word(6)));
    if body.len() != count * 2 || (sign != 0 && sign != NEGATIVE) {
        return None;
    }
    let (groups, _) = body.as_chunks();
    if groups
        .iter()
        .any(|group| u16::from_be_bytes(*group) >= 10_000)
    {
        return None;
    }
    let group = |position: i64| {
        let index = usize::try_from(weight - position).ok()?;
        let at = index.checked_mul(2).filter(|at| at + 2 <= body.len())?;
        Some(u16::from_be_bytes([body[at], body[at + 1]]))
    };
    Some(format_decimal(sign == NEGATIVE, weight, scale, &group))
}

/// `group` gives the group at a power of 10,000, where there is one.
fn format_decimal(
    negative: bool,
    weight: i64,
    scale: usize,
    group: &dyn Fn(i64) -> Option<u16>,
) -> String {
    let mut text = String::new();
    if negative {
        text.push('-');
    }
    let sign = text.len();
    for position in (0..=weight.max(0)).rev() {
        push_group(group(position).unwrap_or(0), &mut text);
    }
    let zeros = text[sign..].len() - text[sign..].trim_start_matches('0').len();
    // One digit stays before the point.
    let spare = zeros.min(text.len() - sign - 1);
    text.drain(sign..sign + spare);
    if scale > 0 {
        text.push('.');
        let end = text.len() + scale;
        for position in (1..).take(scale.div_ceil(4)) {
            push_group(group(-position).unwrap_or(0), &mut text);
        }
        text.truncate(end);
    }
    text
}

fn push_group(group: u16, text: &mut String) {
    for power in [1_000, 100, 10, 1] {
        text.extend(char::from_digit(u32::from(group / power % 10), 10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_survive_the_round_trip() {
        for text in [
            "0",
            "1",
            "-1",
            "0.1",
            "-0.0001",
            "0.00001",
            "10000",
            "12345.6789",
            "1.50",
            "100000000.00000001",
            "1234567890123456789012345678.0123456789",
            "99999999999999999999999999999999999999",
            "0.0000000000",
        ] {
            let mut bytes = Vec::new();
            encode_decimal(text, &mut bytes).expect("a decimal");
            assert_eq!(decimal_text(&bytes).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        assert_eq!(decimal_text(&[0, 0, 0, 0, 0xC0, 0, 0, 0]), None, "NaN");
        assert_eq!(decimal_text(&[0, 0, 0, 0, 0xD0, 0, 0, 0]), None, "infinity");
        assert_eq!(decimal_text(&[0, 1, 0, 0]), None, "cut off");
        assert_eq!(encode_decimal("1e5", &mut Vec::new()), None);
        let long = format!("0.{}", "1".repeat(MAX_SCALE + 1));
        assert_eq!(encode_decimal(&long, &mut Vec::new()), None);
    }
}
