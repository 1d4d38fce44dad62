//! Bytes as hexadecimal digits.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the digits of bytes, in lower case.
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    const AT_A_TIME: usize = 256;
    out.reserve(2 * bytes.len());
    let mut digits = [0; 2 * AT_A_TIME];
    for bytes in bytes.chunks(AT_A_TIME) {
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        out.extend(super::utf8::utf8(&digits[..2 * bytes.len()]));
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
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.as_bytes().chunks(2) {
        let [high, low] = pair else {
            return None;
        };
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some(bytes)
}

#[cfg(any(feature = "data", feature = "read-token", feature = "sync"))]
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
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
        for wrong in ["0", "0g", "+1", "é"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
