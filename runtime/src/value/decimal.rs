//! Decimals as text: `-12.340`. What drivers have in common about them.

/// A decimal taken apart; it borrows the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecimalParts<'a> {
    pub(crate) negative: bool,
    /// Digits before the point, without leading zeros; may be empty.
    pub(crate) whole: &'a str,
    /// Digits after the point, with trailing zeros; may be empty.
    pub(crate) fraction: &'a str,
}

/// Takes apart `[-+]digits[.digits]`; `None` for everything else, exponents too.
pub(crate) fn parse(text: &str) -> Option<DecimalParts<'_>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let valid = [whole, fraction]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    (valid && !(whole.is_empty() && fraction.is_empty())).then(|| DecimalParts {
        negative,
        whole: whole.trim_start_matches('0'),
        fraction,
    })
}

/// Returns how many digits after the point matter; `None` where the text is not a decimal.
pub(crate) fn scale(text: &str) -> Option<u32> {
    let digits = parse(text)?.fraction.trim_end_matches('0').len();
    u32::try_from(digits).ok()
}

/// Returns how many digits matter in all: from the first that is not zero to the last. Numbers beyond a float's range
/// have as many as can be.
pub(crate) fn digits(text: &str) -> u32 {
    const LONGEST: usize = 300;
    let Some(parts) = parse(text) else { return 0 };
    if parts.whole.len() > LONGEST || parts.fraction.len() > LONGEST {
        return u32::MAX;
    }
    let all = [parts.whole, parts.fraction].concat();
    u32::try_from(all.trim_matches('0').len()).unwrap_or(u32::MAX)
}

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql", test))]
pub(crate) fn is_valid(text: &str) -> bool {
    parse(text).is_some()
}

#[cfg(any(feature = "postgres", feature = "mysql", test))]
/// The whole number a decimal without a fraction stands for.
pub(crate) fn to_integer(text: &str) -> Option<i128> {
    let parts = parse(text)?;
    if parts.fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let magnitude: i128 = match parts.whole {
        "" => 0,
        whole => whole.parse().ok()?,
    };
    Some(if parts.negative {
        -magnitude
    } else {
        magnitude
    })
}

/// The same number without the zeros that servers fill decimals up with.
pub(crate) fn without_trailing_zeros(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_taken() {
        for text in [
            "0",
            "-0",
            "+1.50",
            ".5",
            "5.",
            "123456789012345678901234567890.1",
        ] {
            assert!(is_valid(text), "{text}");
        }
        for text in ["", "-", ".", "1e3", "NaN", "1.2.3", " 1", "0x1", "--1", "١"] {
            assert!(!is_valid(text), "{text}");
        }
    }

    #[test]
    fn digits_are_counted_from_the_first_to_the_last() {
        for (text, count) in [
            ("0", 0),
            ("100000000000000000000", 1),
            ("0.0001", 1),
            ("-123456789012.3450", 15),
            ("10.01", 4),
        ] {
            assert_eq!(digits(text), count, "{text}");
        }
        assert_eq!(digits(&format!("0.{}1", "0".repeat(400))), u32::MAX);
    }

    #[test]
    fn whole_decimals_are_integers() {
        assert_eq!(to_integer("-0012.00"), Some(-12));
        assert_eq!(to_integer("18446744073709551615"), Some(u64::MAX.into()));
        assert_eq!(to_integer("1.5"), None);
        assert_eq!(to_integer(&"9".repeat(60)), None);
    }
}
