//! Rounds in which the clients take turns.

use std::time::Duration;

use crate::{Arguments, Case, Failure, Variant};

/// Numbers of rows that are inserted begin here, beyond those that are there.
pub(crate) const FIRST_NEW: i64 = 1_000_000;
/// More than that at a time would only fill the memory.
const MAX_TIMES: u128 = 5_000;

/// The times of one client, one a round, each of one execution.
pub(crate) type Times = Vec<f64>;

/// Measures a case: a number of times for each client, in the order of the clients. In each round another one begins.
pub(crate) fn rounds(
    variants: &mut [&mut Box<dyn Variant>],
    case: Case,
    arguments: &Arguments,
) -> Result<Vec<Times>, Failure> {
    let mut first = FIRST_NEW;
    let mut turn = |variant: &mut dyn Variant, times: u32| {
        first += i64::from(times) * case.adds().max(1) as i64;
        variant.time(case, first, times)
    };
    let mut times = Vec::new();
    for variant in &mut *variants {
        let variant = variant.as_mut();
        let once = turn(variant, 1)?.min(turn(variant, 1)?);
        times.push(fitting(once, arguments.turn_ms));
    }
    // All do it equally often, so that the table is the same for all.
    let times = times.iter().copied().min().unwrap_or(1);
    let mut measured = vec![Times::new(); variants.len()];
    for round in 0..arguments.rounds {
        for step in 0..variants.len() {
            let at = (round + step) % variants.len();
            let took = turn(variants[at].as_mut(), times)?;
            measured[at].push(took.as_secs_f64() / f64::from(times));
        }
    }
    Ok(measured)
}

fn fitting(once: Duration, turn_ms: u32) -> u32 {
    let turn = u128::from(turn_ms) * 1_000_000;
    let times = turn / once.as_nanos().max(1);
    times.clamp(1, MAX_TIMES) as u32
}

/// The least of some times, and the one in the middle.
pub(crate) fn least_and_middle(times: &[f64]) -> (f64, f64) {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let least = sorted.first().copied().unwrap_or(f64::NAN);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN);
    (least, middle)
}

/// The ratio of the least times, and the middle one of the ratios of the rounds.
pub(crate) fn ratios(times: &[f64], first: &[f64]) -> (f64, f64) {
    let each: Vec<f64> = times
        .iter()
        .zip(first)
        .map(|(one, other)| one / other)
        .collect();
    let least = least_and_middle(times).0 / least_and_middle(first).0;
    (least, least_and_middle(&each).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_same_round() {
        assert_eq!(ratios(&[1.0, 4.0, 3.0], &[2.0, 4.0, 4.0]), (0.5, 0.75));
        assert_eq!(least_and_middle(&[3.0, 1.0, 2.0]), (1.0, 2.0));
    }

    #[test]
    fn a_turn_is_as_long_as_the_clock_needs() {
        assert_eq!(fitting(Duration::from_micros(10), 5), 500);
        assert_eq!(fitting(Duration::from_secs(1), 5), 1);
        assert_eq!(fitting(Duration::ZERO, 5), 5_000);
    }
}
