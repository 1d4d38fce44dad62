//! Whether rows of two databases, as JSON lines, are the same to the table of one of them.

use std::borrow::Cow;

use super::table::{DataColumn, ValueType};
use crate::value::decimal::without_trailing_zeros;
use crate::value::equal::{entries, is_same_json};

/// Returns whether both lines are the same row, as a table with these columns keeps it: times have the digits that the column has, and
/// what is finer is cut off where a value is written.
#[doc(hidden)]
pub fn is_same_row(columns: &[DataColumn], one: &str, other: &str) -> bool {
    if is_same_json(one, other) {
        return true;
    }
    let (Some(one), Some(other)) = (entries(one), entries(other)) else {
        return false;
    };
    let mut both = one.iter().zip(&other);
    one.len() == other.len()
        && both.all(|((name, one), (of_other, other))| {
            let column = columns.iter().find(|column| column.name == *name);
            let (one, other) = (kept(column, one.get()), kept(column, other.get()));
            name == of_other && (one == other || is_same_json(&one, &other))
        })
}

/// The text of a value with the digits of its second that the column keeps; of a number without the zeros that servers fill it up with.
fn kept<'t>(column: Option<&DataColumn>, text: &'t str) -> Cow<'t, str> {
    let digits = match column {
        Some(DataColumn {
            value: ValueType::Time | ValueType::DateTime | ValueType::Timestamp,
            fraction: Some(digits),
            ..
        }) => *digits as usize,
        Some(DataColumn {
            value: ValueType::Decimal,
            ..
        }) => return without_trailing_zeros(text.trim_end_matches('"')).into(),
        Some(_) | None => return text.into(),
    };
    let Some((before, after)) = text.split_once('.') else {
        return text.into();
    };
    let end = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let fraction = &after[..after.len() - end.len()];
    let fraction = fraction.get(..digits).unwrap_or(fraction);
    match fraction.trim_end_matches('0') {
        "" => format!("{before}{end}"),
        fraction => format!("{before}.{fraction}{end}"),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_in_the_digits_of_the_column() {
        let mut column = DataColumn::new("at", ValueType::Timestamp);
        column.fraction = Some(3);
        let columns = [column, DataColumn::new("id", ValueType::Integer)];
        let row = |at: &str| format!("{{\"id\":1,\"at\":\"2026-11-20T13:45:00{at}\"}}");
        for (one, other) in [
            (".123456Z", ".123Z"),
            (".0004Z", "Z"),
            (".120Z", ".12Z"),
            ("Z", "Z"),
        ] {
            assert!(
                is_same_row(&columns, &row(one), &row(other)),
                "{one} {other}"
            );
        }
        for (one, other) in [(".123Z", ".124Z"), (".001Z", "Z")] {
            assert!(
                !is_same_row(&columns, &row(one), &row(other)),
                "{one} {other}"
            );
        }
    }
}
