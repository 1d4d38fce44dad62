//! Bytes as hexadecimal digits. A crate for it takes 0.8 s of CPU in every clean build of a program.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends the digits of bytes, in lower case.
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    out.reserve(2 * bytes.len());
    for byte in bytes {
        for half in [byte >> 4, byte & 0xF] {
            out.push(DIGITS[usize::from(half)].into());
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
    let (pairs, rest) = text.as_bytes().as_chunks();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = |&[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
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
