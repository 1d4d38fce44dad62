//! UUIDs as 36 characters, for databases without a type of their own.

/// The text of the bytes: `67e55044-10b1-426f-9247-bb680e5fe0c8`.
pub(crate) fn write(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// Reads 32 hexadecimal digits of either case, with or without the four hyphens.
pub(crate) fn parse(text: &str) -> Option<[u8; 16]> {
    let hyphens_fit = match text.len() {
        32 => true,
        36 => [8, 13, 18, 23]
            .iter()
            .all(|&at| text.as_bytes()[at] == b'-'),
        _ => false,
    };
    let mut digits = text.bytes().filter(|&byte| byte != b'-');
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = digit(digits.next()?)? << 4 | digit(digits.next()?)?;
    }
    (hyphens_fit && digits.next().is_none()).then_some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uuids_are_read() {
        let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let bytes = parse(text).expect("a UUID");
        assert_eq!(write(&bytes), text);
        assert_eq!(parse("67E5504410B1426F9247BB680E5FE0C8"), Some(bytes));
        for text in [
            "",
            "67e55044-10b1-426f-9247-bb680e5fe0c",
            "67e5504410b1426f9247bb680e5fe0c-",
            "67e5504-410b1-426f-9247-bb680e5fe0c8",
            "g7e55044-10b1-426f-9247-bb680e5fe0c8",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
