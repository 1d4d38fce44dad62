//! Bytes as hexadecimal digits.

use data_encoding::HEXLOWER;

/// Appends the digits of bytes, in lower case.
#[cfg(feature = "data")]
pub(crate) fn push(bytes: &[u8], out: &mut String) {
    HEXLOWER.encode_append(bytes, out);
}

/// The digits of bytes, in lower case.
pub(crate) fn write(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// Reads digits of either case; `None` where something else is among them, or half a byte.
#[cfg(any(feature = "data", feature = "read-token", feature = "sync"))]
pub(crate) fn parse(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .ok()
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
