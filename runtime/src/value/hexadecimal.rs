//! Bytes as hexadecimal digits. A crate for it takes 0.8 s of CPU in every clean build of a program.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Of each byte the number that it is as a digit of either case, or [`NO_DIGIT`].
#[cfg(any(feature = "data", feature = "read-token", feature = "sync"))]
const NUMBERS: [u8; 256] = {
    let mut numbers = [NO_DIGIT; 256];
    let mut number = 0;
    while number < DIGITS.len() {
        let digit = DIGITS[number];
        numbers[digit as usize] = number as u8;
        numbers[digit.to_ascii_uppercase() as usize] = number as u8;
        number += 1;
    }
    numbers
};

#[cfg(any(feature = "data", feature = "read-token", feature = "sync"))]
const NO_DIGIT: u8 = 0xFF;

/// Bytes whose digits are made at once.
const PART: usize = 64;

/// Appends the digits of bytes, in lower case.
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    out.reserve(2 * bytes.len());
    let mut digits = [0; 2 * PART];
    for part in bytes.chunks(PART) {
        for (at, &byte) in part.iter().enumerate() {
            digits[2 * at] = DIGITS[usize::from(byte >> 4)];
            digits[2 * at + 1] = DIGITS[usize::from(byte & 0xF)];
        }
        let digits = &digits[..2 * part.len()];
        out.push_str(std::str::from_utf8(digits).expect("digits are ASCII"));
    }
}

/// The digits of bytes, in lower case.
pub(crate) fn write(bytes: &[u8]) -> String {
    let mut text = String::new();
    push(bytes, &mut text);
    text
}

/// Reads digits of either case; `None` where something else is among them, or half a byte.
#[cfg(any(feature = "data", feature = "read-token", feature = "sync"))]
pub(crate) fn parse(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks();
    let mut bytes = Vec::with_capacity(pairs.len());
    let mut seen = 0;
    for &[high, low] in pairs {
        let (high, low) = (NUMBERS[usize::from(high)], NUMBERS[usize::from(low)]);
        seen |= high | low;
        bytes.push(high << 4 | low);
    }
    // The number of no digit has a bit that those of digits lack.
    (rest.is_empty() && seen < 16).then_some(bytes)
}

#[cfg(all(test, feature = "sync"))]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(parse(&write(&bytes)), Some(bytes.clone()));
        assert_eq!(parse(&write(&bytes).to_uppercase()).as_ref(), Some(&bytes));
        assert_eq!(write(&[0, 0xAF]), "00af");
        let many: Vec<u8> = bytes.iter().cycle().take(1_000).copied().collect();
        assert_eq!(parse(&write(&many)), Some(many));
        for wrong in ["0", "0g", "+1", "é", "00 0", "0\n", "0="] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
