//! The texts of statements that are put together while the program runs, by their shape: the query builder's, and those that
//! depend on which columns are given. A connection prepares a text once; here a thread builds it once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use crate::error::Result;

/// The number of texts that a thread keeps. A program has as many shapes as it has queries; one that makes shapes without
/// end starts anew.
const MOST: usize = 1_024;
/// The bytes of all texts of a thread.
const MOST_BYTES: usize = 4 << 20;

#[derive(Default)]
struct Texts {
    by_shape: HashMap<Box<[u8]>, Rc<str>, BuildHasherDefault<ShapeHasher>>,
    bytes: usize,
}

thread_local! {
    static TEXTS: RefCell<Texts> = RefCell::default();
}

/// The text of this shape, which `build` builds where it is not known.
#[inline]
pub(crate) fn text_of(shape: &[u8], build: impl FnOnce() -> String) -> Rc<str> {
    let found = TEXTS.try_with(|texts| texts.borrow().by_shape.get(shape).map(Rc::clone));
    match found {
        Ok(Some(text)) => text,
        Ok(None) | Err(_) => keep(shape, build()),
    }
}

/// The same where it may be that there is none.
#[inline]
pub(crate) fn try_text_of(shape: &[u8], build: impl FnOnce() -> Result<String>) -> Result<Rc<str>> {
    let found = TEXTS.try_with(|texts| texts.borrow().by_shape.get(shape).map(Rc::clone));
    match found {
        Ok(Some(text)) => Ok(text),
        Ok(None) | Err(_) => build().map(|text| keep(shape, text)),
    }
}

#[cold]
fn keep(shape: &[u8], text: String) -> Rc<str> {
    let text: Rc<str> = text.into();
    // A thread that is ending keeps nothing more.
    let _ = TEXTS.try_with(|texts| {
        let mut texts = texts.borrow_mut();
        if texts.by_shape.len() >= MOST || texts.bytes >= MOST_BYTES {
            *texts = Texts::default();
        }
        texts.bytes += text.len();
        texts.by_shape.insert(shape.into(), Rc::clone(&text));
    });
    text
}

/// Eight bytes at a time: shapes are short, and come from the program's own code.
#[derive(Default)]
struct ShapeHasher(u64);

impl ShapeHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for ShapeHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(u64::from_le_bytes(word.try_into().expect("eight bytes")));
        }
        let rest = words.remainder();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.add(u64::from_le_bytes(last));
    }

    #[inline]
    fn write_usize(&mut self, length: usize) {
        self.add(length as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_built_once_a_shape() {
        let build = |shape: &[u8]| text_of(shape, || format!("text {shape:?}"));
        let first = build(&[1, 2]);
        assert!(Rc::ptr_eq(&first, &build(&[1, 2])));
        assert_ne!(first, build(&[1, 2, 0]));
        for number in 0..MOST as u32 + 1 {
            build(&number.to_le_bytes());
        }
        assert!(TEXTS.with(|texts| texts.borrow().by_shape.len()) <= MOST);
    }

    #[test]
    fn long_texts_do_not_fill_the_memory() {
        for number in 0..100_u8 {
            text_of(&[number], || "x".repeat(100_000));
            let bytes = TEXTS.with(|texts| texts.borrow().bytes);
            assert!(bytes <= MOST_BYTES + 100_000, "{bytes}");
        }
        assert!(TEXTS.with(|texts| texts.borrow().by_shape.len()) > 10);
    }
}
