//! Bytes that came in and are not read yet.

use std::io::{self, Read};
use std::ops::Range;

use crate::value::buffer;

/// The bytes of one read.
const CHUNK: usize = 64 * 1024;
/// A buffer that is filled at its end and read from its start.
#[derive(Default)]
pub(super) struct Input {
    /// All of it is initialised; `start..end` is unread.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    /// Returns the unread bytes.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Takes the next bytes, which [`slice`](Self::slice) gives until more is taken in.
    pub(super) fn take(&mut self, length: usize) -> Range<usize> {
        let taken = self.start..self.start + length;
        debug_assert!(taken.end <= self.end, "only what is there is taken");
        self.start = taken.end;
        taken
    }

    /// Bytes that were taken.
    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Reads once from `source`; 0 is its end.
    pub(super) fn read_from(&mut self, source: &mut impl Read) -> io::Result<usize> {
        self.make_room();
        let read = source.read(&mut self.bytes[self.end..])?;
        self.end += read;
        Ok(read)
    }

    /// Moves the unread bytes to the front, so the buffer grows only for messages larger than it, and only as their
    /// bytes come: a length that the peer made up costs nothing.
    fn make_room(&mut self) {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == 0 && self.bytes.len() > buffer::KEEP {
            self.bytes = Vec::new();
        }
        if self.bytes.len() - self.end < CHUNK / 4 {
            let larger = (self.bytes.len() * 2).max(CHUNK);
            self.bytes.resize(larger, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives three bytes at a time.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let length = out.len().min(3).min(self.0.len());
            let (now, later) = self.0.split_at(length);
            out[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let sent: Vec<u8> = (0..200_000u32).map(|number| (number % 251) as u8).collect();
        let mut source = Dripping(&sent);
        let (mut input, mut read) = (Input::default(), Vec::new());
        while input.read_from(&mut source).unwrap() > 0 {
            while input.unread().len() >= 5 {
                let taken = input.take(5);
                read.extend_from_slice(input.slice(taken));
            }
        }
        read.extend_from_slice(input.unread());
        assert!(read == sent);
        assert!(input.bytes.len() <= CHUNK);
    }

    #[test]
    fn a_buffer_that_grew_is_given_back() {
        let sent = vec![7; 3 * buffer::KEEP];
        let mut source = &sent[..];
        let mut input = Input::default();
        while input.read_from(&mut source).unwrap() > 0 {}
        assert!(input.unread() == sent);
        input.take(sent.len());
        assert_eq!(input.read_from(&mut &[1_u8][..]).unwrap(), 1);
        assert_eq!((input.unread(), input.bytes.len()), (&[1][..], CHUNK));
    }
}
