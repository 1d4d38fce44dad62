//! The pieces that packets are made of (MySQL's manual of the client/server protocol, "Basic Data Types").

/// Takes a number of `length` bytes off the front, the least significant byte first.
#[inline]
pub(crate) fn take_number(rest: &mut &[u8], bytes: usize) -> Option<u64> {
    let (number, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(
        number
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte)),
    )
}

/// Takes a number of one byte.
#[inline]
pub(crate) fn take_u8(rest: &mut &[u8]) -> Option<u8> {
    let (number, after) = rest.split_first()?;
    *rest = after;
    Some(*number)
}

/// Takes a number of two bytes.
#[inline]
pub(crate) fn take_u16(rest: &mut &[u8]) -> Option<u16> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u16::from_le_bytes(*number))
}

/// Takes a number of four bytes.
#[inline]
pub(crate) fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_le_bytes(*number))
}

/// Takes a number that says its own length.
#[inline]
pub(crate) fn take_counted_number(rest: &mut &[u8]) -> Option<u64> {
    match take_number(rest, 1)? {
        0xfc => take_number(rest, 2),
        0xfd => take_number(rest, 3),
        0xfe => take_number(rest, 8),
        // NULL of the text protocol, and the mark of an error.
        0xfb | 0xff => None,
        small => Some(small),
    }
}

/// Takes bytes with their length before them.
#[inline]
pub(crate) fn take_counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_counted_number(rest)?).ok()?;
    take_bytes(rest, length)
}

/// Takes this number of bytes.
#[inline]
pub(crate) fn take_bytes<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

/// Takes bytes up to a NUL, or all that are left.
pub(crate) fn take_text<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|&byte| byte == 0);
    let taken = &rest[..end.unwrap_or(rest.len())];
    *rest = end.map_or(&[], |end| &rest[end + 1..]);
    taken
}

/// Writes a number that says its own length.
pub(crate) fn put_counted_number(out: &mut Vec<u8>, number: u64) {
    let bytes = number.to_le_bytes();
    match number {
        0..=0xfa => out.push(bytes[0]),
        0xfb..=0xffff => {
            out.push(0xfc);
            out.extend_from_slice(&bytes[..2]);
        }
        0x1_0000..=0xff_ffff => {
            out.push(0xfd);
            out.extend_from_slice(&bytes[..3]);
        }
        _ => {
            out.push(0xfe);
            out.extend_from_slice(&bytes);
        }
    }
}

/// Writes bytes with their length before them.
pub(crate) fn put_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    put_counted_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes text with a NUL after it. NUL cannot be in it, so it is left out: the server would end the text there.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().filter(|&byte| byte != 0));
    out.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_numbers_come_back() {
        for number in [0, 250, 251, 65_535, 65_536, 0xff_ffff, 0x100_0000, u64::MAX] {
            let mut out = Vec::new();
            put_counted_number(&mut out, number);
            let mut rest = out.as_slice();
            assert_eq!(take_counted_number(&mut rest), Some(number));
            assert!(rest.is_empty());
            assert_eq!(
                take_counted_number(&mut &out[..out.len() - 1]),
                None,
                "{number}"
            );
        }
    }
}
