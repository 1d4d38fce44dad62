//! Bytes that are kept inline as long as there are few of them.

/// Up to `N` bytes without an allocation.
#[derive(Debug, Clone)]
pub(crate) struct Buffer<const N: usize> {
    #[expect(
        clippy::box_collection,
        reason = "hardly ever there, and a query is moved at each of its calls"
    )]
    spilled: Option<Box<Vec<u8>>>,
    length: u16,
    inline: [u8; N],
}

impl<const N: usize> Buffer<N> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            length: 0,
            inline: [0; N],
            spilled: None,
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.fixed([byte]);
    }

    #[inline]
    pub(crate) fn fixed<const L: usize>(&mut self, bytes: [u8; L]) {
        let length = usize::from(self.length);
        if length + L <= N && self.spilled.is_none() {
            self.inline[length..length + L].copy_from_slice(&bytes);
            self.length += L as u16;
        } else {
            self.spill(&bytes);
        }
    }

    #[inline]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let length = usize::from(self.length);
        if length + bytes.len() <= N && self.spilled.is_none() {
            self.inline[length..length + bytes.len()].copy_from_slice(bytes);
            self.length += bytes.len() as u16;
        } else {
            self.spill(bytes);
        }
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.spilled = None;
    }

    #[cold]
    #[inline(never)]
    fn spill(&mut self, bytes: &[u8]) {
        let inline = &self.inline[..usize::from(self.length)];
        let spilled = self
            .spilled
            .get_or_insert_with(|| Box::new(inline.to_vec()));
        spilled.extend_from_slice(bytes);
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.spilled {
            None => &self.inline[..usize::from(self.length)],
            Some(spilled) => spilled,
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_inline_ones_are_kept_in_order() {
        let mut buffer = Buffer::<4>::new();
        assert!(buffer.is_empty());
        buffer.push(1);
        buffer.fixed([2, 3]);
        assert_eq!(buffer.bytes(), [1, 2, 3]);
        buffer.extend(&[4, 5]);
        buffer.push(6);
        assert_eq!(buffer.bytes(), [1, 2, 3, 4, 5, 6]);
        assert!(!buffer.is_empty());
        buffer.clear();
        assert!(buffer.is_empty());
        buffer.push(7);
        assert_eq!(buffer.bytes(), [7]);
    }
}
