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

/// The text that these bytes begin with, without a character that is cut at their end; `None` where they are not UTF-8.
#[cfg(feature = "data")]
pub(crate) fn whole_characters(bytes: &[u8]) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::utf8;

    #[cfg(feature = "data")]
    #[test]
    fn a_character_that_is_cut_is_left_for_the_next_part() {
        let text = "aé漢🦀";
        for end in 0..=text.len() {
            let whole = super::whole_characters(&text.as_bytes()[..end]).unwrap();
            assert!(text.starts_with(whole), "{whole}");
            assert!(end - whole.len() < 4 && text.is_char_boundary(whole.len()));
        }
        assert_eq!(super::whole_characters(b"a\xff"), None);
        assert_eq!(super::whole_characters(b"\xc3a"), None);
    }

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
