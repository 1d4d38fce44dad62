//! The pieces that messages of the server are made of (PostgreSQL's manual, "Frontend/Backend Protocol", "Message Formats").

/// Takes a big-endian number off the front.
pub(crate) fn take_u16(rest: &mut &[u8]) -> Option<u16> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u16::from_be_bytes(*number))
}

/// Takes a big-endian number off the front.
pub(crate) fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_be_bytes(*number))
}

/// Takes a big-endian number off the front.
pub(crate) fn take_i32(rest: &mut &[u8]) -> Option<i32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(i32::from_be_bytes(*number))
}

/// Takes text up to its NUL off the front.
pub(crate) fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|&byte| byte == 0)?;
    let taken = &rest[..end];
    *rest = &rest[end + 1..];
    Some(taken)
}
