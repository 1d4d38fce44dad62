//! The texts of statements that are put together while the program runs, by their shape: the query builder's, and those that
//! depend on which columns are given. A connection prepares a text once; here a thread builds it once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use crate::error::Result;
use crate::value::are_equal;

/// The number of texts that a thread keeps. A program has as many shapes as it has queries; one that makes shapes without
/// end starts anew.
const MOST: usize = 1_024;
/// The bytes of all texts of a thread.
const MOST_BYTES: usize = 4 << 20;

/// Everything that a text depends on. It is compared where it is: nothing is put together to find a text.
#[derive(Clone, Copy, Default)]
pub(crate) struct TextKey<'k> {
    pub(crate) numbers: [u64; 4],
    /// The rest of two sets of columns, which hardly any has.
    pub(crate) words: [&'k [u64]; 2],
    pub(crate) shapes: [&'k [u8]; 3],
}

/// A part of the program's own statics, as a number of a key.
pub(crate) fn address<T>(part: &'static T) -> u64 {
    std::ptr::from_ref(part).addr() as u64
}

#[derive(Default)]
struct Texts {
    /// By the hash of the key. Of two keys with one hash, the later is kept.
    by_hash: HashMap<u64, Kept, BuildHasherDefault<Hashed>>,
    bytes: usize,
}

struct Kept {
    numbers: [u64; 4],
    words: [Box<[u64]>; 2],
    shapes: [Box<[u8]>; 3],
    text: Rc<str>,
}

thread_local! {
    static TEXTS: RefCell<Texts> = RefCell::default();
}

/// The text of this key, which `build` builds where it is not known.
#[inline]
pub(crate) fn text_of(key: &TextKey<'_>, build: impl FnOnce() -> String) -> Rc<str> {
    find(key).unwrap_or_else(|| keep(key, build()))
}

/// The same where it may be that there is none.
#[inline]
pub(crate) fn try_text_of(
    key: &TextKey<'_>,
    build: impl FnOnce() -> Result<String>,
) -> Result<Rc<str>> {
    match find(key) {
        Some(text) => Ok(text),
        None => build().map(|text| keep(key, text)),
    }
}

fn find(key: &TextKey<'_>) -> Option<Rc<str>> {
    let find = |texts: &RefCell<Texts>| {
        let texts = texts.borrow();
        let kept = texts.by_hash.get(&key.hash())?;
        kept.is_of(key).then(|| Rc::clone(&kept.text))
    };
    TEXTS.try_with(find).ok().flatten()
}

#[cold]
fn keep(key: &TextKey<'_>, text: String) -> Rc<str> {
    let text: Rc<str> = text.into();
    // A thread that is ending keeps nothing more.
    let _ = TEXTS.try_with(|texts| {
        let mut texts = texts.borrow_mut();
        if texts.by_hash.len() >= MOST || texts.bytes >= MOST_BYTES {
            *texts = Texts::default();
        }
        texts.bytes += text.len();
        let kept = Kept {
            numbers: key.numbers,
            words: key.words.map(Into::into),
            shapes: key.shapes.map(Into::into),
            text: Rc::clone(&text),
        };
        if let Some(other) = texts.by_hash.insert(key.hash(), kept) {
            texts.bytes -= other.text.len();
        }
    });
    text
}

impl TextKey<'_> {
    #[inline]
    fn hash(&self) -> u64 {
        // Each by a factor of its own: nothing waits for another.
        let [one, two, three, four] = self.numbers;
        let mut hasher = TextHasher(
            one.wrapping_mul(FACTOR)
                ^ two.wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
                ^ three.wrapping_mul(0x1656_67b1_9e37_79f9)
                ^ four.wrapping_mul(0xff51_afd7_ed55_8ccd),
        );
        let words = self.words.iter().copied().flatten();
        words.for_each(|&word| hasher.add(word));
        let shapes = self.shapes.iter().filter(|shape| !shape.is_empty());
        shapes.for_each(|shape| hasher.add_bytes(shape));
        hasher.finish()
    }
}

impl Kept {
    #[inline]
    fn is_of(&self, key: &TextKey<'_>) -> bool {
        self.numbers == key.numbers
            && (self.shapes.iter().zip(key.shapes)).all(|(kept, shape)| are_equal(kept, shape))
            && (self.words.iter().zip(key.words)).all(|(kept, words)| are_equal(kept, words))
    }
}

/// Eight bytes at a time: texts and their keys come from the program's own code, and few of them are kept.
#[derive(Default)]
pub(crate) struct TextHasher(u64);

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl TextHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }

    #[inline]
    fn add_bytes(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(u64::from_le_bytes(word.try_into().expect("eight bytes")));
        }
        // The last eight, some of them once more, are read at once.
        let rest = match bytes.last_chunk() {
            Some(last) => u64::from_le_bytes(*last),
            None => {
                let few = bytes.iter().rev();
                few.fold(0, |rest, &byte| rest << 8 | u64::from(byte))
            }
        };
        self.add(rest ^ (bytes.len() as u64) << 56);
    }
}

impl Hasher for TextHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.add_bytes(bytes);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Of numbers that are hashes.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        let mut hasher = TextHasher(self.0);
        hasher.add_bytes(bytes);
        self.0 = hasher.finish();
    }

    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(shape: &[u8]) -> TextKey<'_> {
        TextKey {
            shapes: [&[], shape, &[]],
            ..TextKey::default()
        }
    }

    #[test]
    fn a_text_is_built_once_a_key() {
        let build =
            |key: TextKey<'_>| text_of(&key, || format!("text {:?} {:?}", key.numbers, key.shapes));
        let first = build(key(&[1, 2]));
        assert!(Rc::ptr_eq(&first, &build(key(&[1, 2]))));
        assert_ne!(first, build(key(&[1, 2, 0])));
        let elsewhere = TextKey {
            shapes: [&[1, 2], &[], &[]],
            ..TextKey::default()
        };
        assert_ne!(first, build(elsewhere));
        let numbered = TextKey {
            numbers: [0, 0, 0, 1],
            ..key(&[1, 2])
        };
        assert_ne!(first, build(numbered));
        for number in 0..MOST as u32 + 1 {
            build(key(&number.to_le_bytes()));
        }
        assert!(TEXTS.with(|texts| texts.borrow().by_hash.len()) <= MOST);
    }

    #[test]
    fn long_texts_do_not_fill_the_memory() {
        for number in 0..100_u8 {
            text_of(&key(&[number]), || "x".repeat(100_000));
            let bytes = TEXTS.with(|texts| texts.borrow().bytes);
            assert!(bytes <= MOST_BYTES + 100_000, "{bytes}");
        }
        assert!(TEXTS.with(|texts| texts.borrow().by_hash.len()) > 10);
    }
}
