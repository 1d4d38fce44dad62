//! Floats that a column rounds: MySQL's and MariaDB's `FLOAT(M,D)` and `DOUBLE(M,D)` keep D digits after the point and round
//! the rest away without a word.

/// Whether the value has no more digits after the point. The servers keep it then, but for the last bit of some below zero:
/// `Field_real::truncate`, in MariaDB `truncate_double`, reckons from the whole number below, and makes -0.29000000000000004 of -0.29
/// (tried on MariaDB 10.11).
pub(crate) fn keeps(value: f64, digits: u32) -> bool {
    !value.is_finite() || rounded(value, digits) == value
}

/// The same of 32 bits: it is rounded in 64, and put into 32 again.
pub(crate) fn keeps_single(value: f32, digits: u32) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "as the server does it")]
    let stored = |value| rounded(value, digits) as f32;
    !value.is_finite() || stored(f64::from(value)) == value
}

/// The whole part is taken away first, as a large number times the scale could not be distinguished from its
/// neighbours.
fn rounded(value: f64, digits: u32) -> f64 {
    let Ok(scale) = format!("1e{digits}").parse::<f64>() else {
        return value;
    };
    let whole = value.trunc();
    whole + ((value - whole) * scale).round_ties_even() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_more_digits_is_told() {
        for (value, digits) in [
            (0.0, 0),
            (-3.0, 0),
            (1.1, 1),
            (0.29, 2),
            (-0.25, 2),
            (-0.29, 2),
            (-0.127_758, 6),
            (-12_345.67, 2),
            (12_345.67, 2),
            (99_999.99, 2),
            (1e15, 2),
            (0.125, 3),
            (f64::MAX, 2),
            (f64::NAN, 2),
        ] {
            assert!(keeps(value, digits), "{value} in {digits}");
        }
        for (value, digits) in [
            (0.5, 0),
            (1.005, 2),
            (-1.005, 2),
            (1.0 / 3.0, 6),
            (0.1 + 0.2, 1),
            (f64::MIN_POSITIVE, 4),
        ] {
            assert!(!keeps(value, digits), "{value} in {digits}");
        }
        for (value, digits) in [(1.1_f32, 1), (-0.29, 2), (1_234.5, 1), (16_777_216.0, 2)] {
            assert!(keeps_single(value, digits), "{value} in {digits}");
        }
        for (value, digits) in [(1.125_f32, 2), (1.0 / 3.0, 4)] {
            assert!(!keeps_single(value, digits), "{value} in {digits}");
        }
    }
}
