//! PostgreSQL's ranges as texts, `[1,5)`, and several of them, `{[1,5),[8,9)}`.

use super::value::is_value_of;
use crate::typing::postgres::PgType;

/// Whether a text is a range of values of this type. Bounds in quotes are left to the server.
pub(super) fn is_range(text: &str, bound: PgType) -> bool {
    let text = text.trim();
    if text.eq_ignore_ascii_case("empty") {
        return true;
    }
    let inner = text
        .strip_prefix(['[', '('])
        .and_then(|rest| rest.strip_suffix([']', ')']));
    let Some(inner) = inner else {
        return false;
    };
    if inner.contains(['"', '\\']) {
        return true;
    }
    let Some((from, to)) = inner.split_once(',') else {
        return false;
    };
    let is_bound = |text: &str| text.is_empty() || is_value_of(text.trim(), bound);
    !to.contains(',') && is_bound(from) && is_bound(to) && !is_later(from, to)
}

/// Whether a text has ranges in braces.
pub(super) fn are_ranges(text: &str, bound: PgType) -> bool {
    let inner = text
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let Some(inner) = inner.map(str::trim) else {
        return false;
    };
    // One range alone: where several begin takes a reader.
    let is_one = inner.matches(['[', '(']).count() == 1;
    !is_one || is_range(inner, bound)
}

/// Whether the first of two constants is after the second: of numbers, and of dates in the form `2026-01-31`.
pub(super) fn is_later(from: &str, to: &str) -> bool {
    let (from, to) = (from.trim(), to.trim());
    if let (Ok(from), Ok(to)) = (from.parse::<f64>(), to.parse::<f64>()) {
        return from > to;
    }
    let is_moment = |text: &str| {
        let bytes = text.as_bytes();
        let has_date = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
        has_date
            && bytes
                .iter()
                .all(|one| one.is_ascii_digit() || b"-: .".contains(one))
    };
    is_moment(from) && is_moment(to) && from.len() == to.len() && from > to
}

#[cfg(test)]
mod tests {
    use super::{are_ranges, is_range};
    use crate::typing::postgres::PgType;

    #[test]
    fn ranges_have_two_bounds_in_their_order() {
        for text in [
            "[1,5)",
            "(,)",
            "empty",
            " [3,3] ",
            "[,7]",
            "(\"1\",5]",
            "[ 1 , 2 ]",
        ] {
            assert!(is_range(text, PgType::INT4), "{text}");
        }
        for text in [
            "", "[1,2", "1,2", "[5,1)", "[1]", "[a,b]", "[1,2,3]", "noon",
        ] {
            assert!(!is_range(text, PgType::INT4), "{text}");
        }
        assert!(is_range("[2026-01-01,2026-02-01)", PgType::DATE));
        assert!(!is_range("[2026-03-01,2026-02-01)", PgType::DATE));
        assert!(!is_range("[2026-02-30,2026-03-01)", PgType::DATE));
        assert!(are_ranges("{[1,2), [4,5)}", PgType::INT4));
        assert!(are_ranges("{}", PgType::INT4));
        assert!(!are_ranges("[1,2)", PgType::INT4));
        assert!(!are_ranges("{[2,1)}", PgType::INT4));
    }
}
