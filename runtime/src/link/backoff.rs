//! Pauses before another attempt: longer each time, with a share of chance in them, so that those who failed together do not
//! come back together.

use std::time::Duration;

use crate::driver::random;

/// The pause after this number of attempts, from 1: the first, then this many times as long each time, and never longer than the
/// longest.
pub(crate) fn grown((first, longest): (Duration, Duration), factor: u32, tried: u32) -> Duration {
    let times = factor.saturating_pow(tried.saturating_sub(1));
    first.saturating_mul(times).min(longest)
}

/// A random pause, from this share of the given one to that.
pub(crate) fn spread(pause: Duration, (least, most): (f64, f64)) -> Duration {
    pause.mul_f64(least + share() * (most - least))
}

/// From 0 to 1, without 1.
fn share() -> f64 {
    let number = random::number() >> 11;
    number as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::{grown, spread};
    use std::time::Duration;

    #[test]
    fn pauses_grow_up_to_the_longest_and_are_spread() {
        let ms = Duration::from_millis;
        let pauses = [0, 1, 2, 3, 4, 40].map(|tried| grown((ms(100), ms(700)), 2, tried));
        assert_eq!(pauses, [100, 100, 200, 400, 700, 700].map(ms));
        for _ in 0..1_000 {
            let pause = spread(ms(100), (0.75, 1.25));
            assert!((ms(75)..ms(125)).contains(&pause), "{pause:?}");
        }
    }
}
