//! A number made of texts, the same wherever and whenever it is made: databases keep what is made of it.

use crate::sorting::sort_by;

/// The hash of Fowler, Noll and Vo, 64 bits, variant 1a.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint(u64);

/// Stands after each word and each line; no text holds such a byte.
const BEHIND_WORD: u8 = 0xFE;
const BEHIND_LINE: u8 = 0xFF;
/// The fingerprint of nothing.
const BASIS: u64 = 0xCBF2_9CE4_8422_2325;

impl Fingerprint {
    /// Of lines of words, whatever the order of the lines.
    pub fn of_lines<W: AsRef<str> + Ord, L: AsRef<[W]> + Ord>(mut lines: Vec<L>) -> Self {
        sort_by(&mut lines, Ord::cmp);
        let mut sum = Self(BASIS);
        for line in lines {
            for word in line.as_ref() {
                sum.add_word(word.as_ref());
            }
            sum.add(&[BEHIND_LINE]);
        }
        sum
    }

    /// Of words in this order.
    pub fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut sum = Self(BASIS);
        words.into_iter().for_each(|word| sum.add_word(word));
        sum
    }

    /// The fingerprint as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// A number that may be added to others, where their order does not matter: texts that differ in one character have
    /// sums that differ as those of other such texts do, until each bit is spread over all (the end of MurmurHash3).
    pub fn summand(self) -> u64 {
        let mut bits = self.0;
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        bits = (bits ^ (bits >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        bits ^ (bits >> 33)
    }

    fn add_word(&mut self, word: &str) {
        self.add(word.as_bytes());
        self.add(&[BEHIND_WORD]);
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
