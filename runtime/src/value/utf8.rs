//! Bytes as text.

#![allow(
    unsafe_code,
    reason = "`std` checks short ASCII texts byte by byte, which takes as long as reading the column"
)]

/// The text that these bytes are, where they are UTF-8. Most texts are ASCII, which is found out faster than UTF-8 at large.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        Some(unsafe { std::str::from_utf8_unchecked(bytes) })
    } else {
        std::str::from_utf8(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::utf8;

    #[test]
    fn bytes_are_the_text_that_they_are_for_std() {
        let texts = [
            "",
            "tea",
            "a text of more than sixteen bytes",
            "é",
            "a cup of thé, or two",
        ];
        for text in texts {
            assert_eq!(utf8(text.as_bytes()), Some(text));
            for byte in [0xff, 0xc3, 0x80] {
                let broken = [text.as_bytes(), &[byte]].concat();
                assert_eq!(utf8(&broken), std::str::from_utf8(&broken).ok());
            }
        }
    }
}
