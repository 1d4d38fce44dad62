//! A number made of texts, the same wherever and whenever it is made: databases keep what is made of it.

/// The hash of Fowler, Noll and Vo, 64 bits, variant 1a.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint(u64);

/// Stands behind each word and each line; no text holds such a byte.
const BEHIND_WORD: u8 = 0xFE;
const BEHIND_LINE: u8 = 0xFF;

impl Fingerprint {
    /// Of lines of words, whatever the order of the lines.
    pub fn of<W: AsRef<str> + Ord, L: AsRef<[W]> + Ord>(mut lines: Vec<L>) -> Self {
        lines.sort_unstable();
        let mut sum = Self(0xCBF2_9CE4_8422_2325);
        for line in lines {
            for word in line.as_ref() {
                sum.add(word.as_ref().as_bytes());
                sum.add(&[BEHIND_WORD]);
            }
            sum.add(&[BEHIND_LINE]);
        }
        sum
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}
