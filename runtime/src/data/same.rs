//! Whether rows of two databases are the same to the table of one of them.

use std::borrow::Cow;

use super::record::json;
use super::table::{DataColumn, ValueType};
use crate::value::equal::{is_same_json, is_same_value};
use crate::value::recorded::{split, with_digits, written};

/// Returns whether both are the same row, as a table with these columns keeps it.
pub(super) fn is_same(columns: &[DataColumn], one: &[u8], other: &[u8]) -> bool {
    let both = || split(one).zip(split(other)).zip(columns);
    one == other || both().all(|((one, other), column)| is_same_to(column, one, other))
}

fn is_same_to(column: &DataColumn, one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (kept(column, one), kept(column, other));
    let (one, other) = (one.as_ref(), other.as_ref());
    is_same_value(one, other)
        || is_same_own(column, one, other)
        // Engines may have a column in types that have one text.
        || (one.first() != other.first() && is_same_json(&json(one), &json(other)))
}

/// A value with the digits of its second that the column keeps.
fn kept<'v>(column: &DataColumn, value: &'v [u8]) -> Cow<'v, [u8]> {
    match column.fraction {
        Some(digits) => with_digits(value, digits),
        None => value.into(),
    }
}

/// The same for times that one database alone holds.
fn is_same_own(column: &DataColumn, one: &[u8], other: &[u8]) -> bool {
    let (Some(one), Some(other), Some(digits)) = (written(one), written(other), column.fraction)
    else {
        return false;
    };
    let is_time = matches!(
        column.value,
        ValueType::Time | ValueType::DateTime | ValueType::Timestamp
    );
    is_time && cut(one, digits as usize) == cut(other, digits as usize)
}

/// The text of a time with this number of digits of its second.
fn cut(text: &str, digits: usize) -> String {
    let (whole, after) = text.split_once('.').unwrap_or((text, ""));
    let rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let fraction = &after[..after.len() - rest.len()];
    let fraction = fraction.get(..digits).unwrap_or(fraction);
    format!("{whole}.{}{rest}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::ParamWriter;
    use crate::value::recorded::RecordedValues;

    fn row(write: impl Fn(&mut ParamWriter<'_>)) -> Vec<u8> {
        let mut values = RecordedValues::new();
        let mut params = ParamWriter::recording(&mut values);
        params.i64(1);
        write(&mut params);
        params.finish_recording().expect("they are recorded");
        values.bytes().to_vec()
    }

    #[test]
    fn times_are_compared_in_the_digits_of_the_column() {
        let mut column = DataColumn::new("at", ValueType::Timestamp);
        column.fraction = Some(3);
        let columns = [DataColumn::new("id", ValueType::Integer), column];
        let moment = |micros: i64| row(move |params| params.timestamp(micros));
        for (one, other) in [(123_456, 123_000), (400, 0), (-1, -1_000), (7, 7)] {
            assert!(
                is_same(&columns, &moment(one), &moment(other)),
                "{one} {other}"
            );
        }
        for (one, other) in [(123_000, 124_000), (1_000, 0), (-1, 0)] {
            assert!(
                !is_same(&columns, &moment(one), &moment(other)),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn values_of_other_types_are_compared_by_their_texts() {
        let columns = ["id", "value"].map(|name| DataColumn::new(name, ValueType::Text));
        let uuid = row(|params| params.uuid(&[7; 16]));
        let text_row = |text: &'static str| row(move |params| params.text(text));
        assert!(is_same(
            &columns,
            &uuid,
            &text_row("07070707-0707-0707-0707-070707070707")
        ));
        assert!(!is_same(&columns, &uuid, &text_row("07070707")));
        let (single, double) = (row(|params| params.f32(0.1)), row(|params| params.f64(0.1)));
        assert!(is_same(&columns, &single, &double));
        let (number, unsigned) = (row(|params| params.i64(7)), row(|params| params.u64(7)));
        assert!(is_same(&columns, &number, &unsigned));
        assert!(!is_same(&columns, &number, &text_row("7")));
    }

    #[test]
    fn times_past_a_day_are_compared_in_the_digits_of_the_column() {
        assert_eq!(cut("838:59:59.123456", 3), cut("838:59:59.1230", 6));
        assert_eq!(cut("-12:00:00.0004", 3), cut("-12:00:00", 3));
        assert_ne!(cut("24:00:00.5 BC", 1), cut("24:00:00.6 BC", 1));
    }
}
