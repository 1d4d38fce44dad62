//! Random numbers that a seed repeats.

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // The upper half is spread well enough over ends as small as these.
        (self.next() >> 32) % end
    }

    /// A number of `low..=high`.
    pub(crate) fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True this number of times in a thousand.
    pub(crate) fn permille(&mut self, share: u64) -> bool {
        share > 0 && self.below(1000) < share
    }

    /// The time until something happens that does so at this rate, whenever it happened before.
    pub(crate) fn exponential(&mut self, rate: f64) -> f64 {
        // 53 bits, and never 0.
        let part = ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        -part.ln() / rate
    }

    /// A position in a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}
