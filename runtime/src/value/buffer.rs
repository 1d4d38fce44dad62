//! Buffers that are used again and again.

/// A buffer that grew beyond this for one large message is given back.
pub(crate) const KEEP: usize = 1024 * 1024;

/// Empties what was sent or put together, and gives back what it grew for one large message.
pub(crate) fn empty(bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.shrink_to(KEEP);
}
