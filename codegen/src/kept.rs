//! What the last run of a build script wrote, model by model, so that a model whose code is written from the same as then
//! is not written again: that is most of a run's time.
//!
//! The text is the generated file itself; beside it lies an index with, for each model, a fingerprint of what its code
//! is written from, where the code is, and a checksum of it. Whatever does not agree (a damaged index, an edited file,
//! another build of the generator) is written anew: nothing kept can change what comes out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// Pieces of the file that is there, and those of the one being written.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    text: String,
    places: BTreeMap<u64, Place>,
    /// Lines of the next index.
    index: String,
    /// The last piece that had to be written.
    fresh: String,
}

/// Where a piece is and what it is known by.
#[derive(Debug)]
struct Place {
    range: Range<usize>,
    checksum: u64,
}

impl Kept {
    /// Takes up a generated file and its index; nothing is kept unless the index is whole and of this generator.
    pub(crate) fn read(text: String, index: &str, generator: &str) -> Self {
        let places = places(index, generator).unwrap_or_default();
        Self {
            text,
            places,
            ..Self::default()
        }
    }

    /// The file that was there.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The piece with this fingerprint, as it was written last time, or as `write` does now; it will be at `start`.
    pub(crate) fn piece(
        &mut self,
        fingerprint: u64,
        start: usize,
        write: impl FnOnce() -> String,
    ) -> &str {
        if let Some((range, checksum)) = self.place(fingerprint) {
            self.add(fingerprint, start, range.len(), checksum);
            return &self.text[range];
        }
        self.fresh = write();
        let checksum = checksum(self.fresh.as_bytes());
        self.add(fingerprint, start, self.fresh.len(), checksum);
        &self.fresh
    }

    fn place(&self, fingerprint: u64) -> Option<(Range<usize>, u64)> {
        let Place {
            range,
            checksum: of,
        } = self.places.get(&fingerprint)?;
        let piece = self.text.get(range.clone())?;
        (checksum(piece.as_bytes()) == *of).then(|| (range.clone(), *of))
    }

    fn add(&mut self, fingerprint: u64, start: usize, length: usize, checksum: u64) {
        let line = writeln!(
            self.index,
            "{fingerprint:016x} {start} {length} {checksum:016x}"
        );
        line.expect("writing to a String cannot fail");
    }

    /// The index of what was put together.
    pub(crate) fn index(&self, generator: &str) -> String {
        let body = format!("{generator}\n{}", self.index);
        let sum = checksum(body.as_bytes());
        format!("{body}{sum:016x}\n")
    }
}

/// `None` for an index that is damaged, or that another generator wrote.
fn places(index: &str, generator: &str) -> Option<BTreeMap<u64, Place>> {
    let body = index.get(..index.len().checked_sub(17)?)?;
    let sum = checksum(body.as_bytes());
    if index[body.len()..] != format!("{sum:016x}\n") {
        return None;
    }
    let mut lines = body.lines();
    if lines.next() != Some(generator) {
        return None;
    }
    lines.map(place).collect()
}

fn place(line: &str) -> Option<(u64, Place)> {
    let mut words = line.split(' ');
    let fingerprint = u64::from_str_radix(words.next()?, 16).ok()?;
    let start: usize = words.next()?.parse().ok()?;
    let length: usize = words.next()?.parse().ok()?;
    let checksum = u64::from_str_radix(words.next()?, 16).ok()?;
    let range = start..start.checked_add(length)?;
    Some((fingerprint, Place { range, checksum }))
}

/// A fingerprint of a value: the checksum of all that it hashes.
pub(crate) fn fingerprint(value: &impl Hash) -> u64 {
    let mut bytes = Bytes::default();
    value.hash(&mut bytes);
    bytes.finish()
}

/// Gathers what is hashed: one pass over many bytes is quicker than many over a few, in build scripts, which are not
/// optimised.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        checksum(&self.0)
    }
}

/// Eight bytes a step. Each step can be undone, so two texts of one length that differ in one step never agree.
fn checksum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut sum = bytes.len() as u64;
    let mut at = 0;
    while at < words.len() {
        sum = (sum ^ u64::from_le_bytes(words[at])).wrapping_mul(FACTOR);
        sum ^= sum >> 29;
        at += 1;
    }
    for &byte in rest {
        sum = (sum ^ u64::from(byte)).wrapping_mul(FACTOR);
        sum ^= sum >> 29;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a text together of pieces that are written from numbers, and counts those that had to be written.
    fn text_of(kept: &mut Kept, numbers: &[u64]) -> (String, usize) {
        let (mut text, mut fresh) = (String::from("head\n"), 0);
        for number in numbers {
            let start = text.len();
            text.push_str(kept.piece(fingerprint(number), start, || {
                fresh += 1;
                format!("piece {number}\n")
            }));
        }
        (text, fresh)
    }

    #[test]
    fn only_what_is_new_is_written() {
        let mut first = Kept::default();
        let (text, all) = text_of(&mut first, &[1, 2, 3]);
        assert_eq!(all, 3);
        let index = first.index("g");
        for (generator, numbers, fresh) in [
            ("g", &[1, 2, 3][..], 0),
            ("g", &[3, 4, 1], 1),
            ("another", &[1, 2, 3], 3),
        ] {
            let mut kept = Kept::read(text.clone(), &index, generator);
            let (again, _) = text_of(&mut Kept::default(), numbers);
            assert_eq!(
                text_of(&mut kept, numbers),
                (again, fresh),
                "{generator} {numbers:?}"
            );
        }
    }

    #[test]
    fn a_checksum_tells_texts_apart() {
        let text = b"eight by eight and a rest";
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut other = *text;
                other[at] ^= 1 << bit;
                assert_ne!(checksum(&other), checksum(text));
            }
            assert_ne!(checksum(&text[..at]), checksum(text));
        }
    }

    #[test]
    fn a_place_beyond_the_text_is_no_place() {
        let mut kept = Kept::default();
        text_of(&mut kept, &[1]);
        let index = kept.index("g");
        let mut kept = Kept::read("he".to_owned(), &index, "g");
        assert_eq!(text_of(&mut kept, &[1]).1, 1);
    }
}
