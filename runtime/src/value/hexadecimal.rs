//! Bytes as hexadecimal digits.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the digits of bytes, in lower case.
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    out.reserve(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(DIGITS[usize::from(digit)]));
        }
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
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    });
    pairs.collect()
}

#[cfg(all(test, feature = "sync"))]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(parse(&write(&bytes)), Some(bytes.clone()));
        assert_eq!(parse(&write(&bytes).to_uppercase()), Some(bytes));
        assert_eq!(write(&[0, 0xAF]), "00af");
        for wrong in ["0", "0g", "+1", "é"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
