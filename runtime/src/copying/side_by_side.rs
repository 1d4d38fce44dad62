//! Two tables side by side, by the recorded keys of their rows.

use std::cmp::Ordering;

use crate::value::RowReader;
use crate::value::recorded::{split, value_kind};
use bindery_core::dialect::ValueKind;

/// Two tables in the order of their keys.
#[derive(Debug, Default)]
pub struct SideBySide {
    source: Side,
    target: Side,
}

/// The keys of one of them.
#[derive(Debug, Default)]
struct Side {
    /// The last one that was looked at.
    looked_at: Option<Vec<u8>>,
    /// It is that of the next row.
    is_next: bool,
}

/// Why rows cannot be compared by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unordered {
    /// The source has its keys in another order than that of their values.
    Source,
    /// The target has.
    Target,
    /// The keys are of types that databases have in no one order.
    Kinds,
}

impl SideBySide {
    /// The order of the next rows by their keys: `Less` where the target does not have that of the source, `Greater` where the source does
    /// not have that of the target; `None` at the end of both. The lesser row is passed, or both where they are equal.
    ///
    /// The keys that are looked at have to ascend. Where a row is taken for missing on one side and for surplus on the other, as the tables
    /// are not in the order of their keys, the later one of the two comes after one with a greater key.
    ///
    /// # Errors
    /// The keys do not ascend, or are of different types.
    pub fn next(
        &mut self,
        source: Option<&[u8]>,
        target: Option<&[u8]>,
    ) -> Result<Option<Ordering>, Unordered> {
        let order = match (source, target) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => compare(one, other).ok_or(Unordered::Kinds)?,
        };
        if !self.source.look_at(source) {
            return Err(Unordered::Source);
        }
        if !self.target.look_at(target) {
            return Err(Unordered::Target);
        }
        self.source.is_next &= order == Ordering::Greater;
        self.target.is_next &= order == Ordering::Less;
        Ok(Some(order))
    }

    /// Passes the next rows, which are the same: their keys need not be looked at.
    #[cfg(feature = "data")]
    pub fn pass_same(&mut self) {
        self.source.is_next = false;
        self.target.is_next = false;
    }
}

impl Side {
    /// Returns whether the key is greater than the one before.
    fn look_at(&mut self, key: Option<&[u8]>) -> bool {
        let Some(key) = key.filter(|_| !std::mem::replace(&mut self.is_next, true)) else {
            return true;
        };
        let before = self.looked_at.replace(key.to_vec());
        before.is_none_or(|before| compare(&before, key) == Some(Ordering::Less))
    }
}

/// The order of two recorded keys by their values; `None` for values without one that every database has.
pub(crate) fn compare(one: &[u8], other: &[u8]) -> Option<Ordering> {
    for (one, other) in split(one).zip(split(other)) {
        match compare_values(one, other)? {
            Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(Ordering::Equal)
}

fn compare_values(one: &[u8], other: &[u8]) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    let kinds = (value_kind(one), value_kind(other));
    let (mut one, mut other) = (RowReader::of_recorded(one), RowReader::of_recorded(other));
    match kinds {
        (ValueKind::Integer | ValueKind::Unsigned, ValueKind::Integer | ValueKind::Unsigned) => {
            Some(integer(one)?.cmp(&integer(other)?))
        }
        (
            ValueKind::DateTime | ValueKind::Timestamp,
            ValueKind::DateTime | ValueKind::Timestamp,
        ) => Some(one.datetime().ok()?.cmp(&other.datetime().ok()?)),
        (of_one, of_other) if of_one != of_other => None,
        (ValueKind::Boolean, _) => Some(one.bool().ok()?.cmp(&other.bool().ok()?)),
        (ValueKind::Text, _) => Some(one.text().ok()?.cmp(other.text().ok()?)),
        (ValueKind::Bytes, _) => Some(one.bytes().ok()?.cmp(other.bytes().ok()?)),
        (ValueKind::Uuid, _) => Some(one.uuid().ok()?.cmp(&other.uuid().ok()?)),
        (ValueKind::Date, _) => Some(one.date().ok()?.cmp(&other.date().ok()?)),
        (ValueKind::Time, _) => Some(one.time().ok()?.cmp(&other.time().ok()?)),
        _ => None,
    }
}

/// An integer of either kind.
fn integer(mut value: RowReader<'_>) -> Option<i128> {
    let signed = value.integer_at(0).map(i128::from);
    signed.or_else(|| value.u64().ok().map(i128::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::ParamWriter;
    use crate::value::recorded::RecordedValues;

    fn key(write: impl Fn(&mut ParamWriter<'_>)) -> Vec<u8> {
        let mut values = RecordedValues::new();
        write(&mut ParamWriter::recording(&mut values));
        values.bytes().to_vec()
    }

    fn numbers(numbers: &[i64]) -> Vec<Vec<u8>> {
        let keys = numbers.iter();
        keys.map(|&number| key(|params| params.i64(number)))
            .collect()
    }

    /// The steps of two tables with these keys, up to the first that is not possible.
    fn steps(source: &[i64], target: &[i64]) -> Result<String, Unordered> {
        let (source, target) = (numbers(source), numbers(target));
        let (mut both, mut steps) = (SideBySide::default(), String::new());
        let (mut here, mut there) = (source.iter().peekable(), target.iter().peekable());
        while let Some(order) = both.next(
            here.peek().map(|key| key.as_slice()),
            there.peek().map(|key| key.as_slice()),
        )? {
            steps.push(match order {
                Ordering::Less => '<',
                Ordering::Equal => '=',
                Ordering::Greater => '>',
            });
            if order != Ordering::Greater {
                here.next();
            }
            if order != Ordering::Less {
                there.next();
            }
        }
        Ok(steps)
    }

    #[test]
    fn rows_are_met_in_the_order_of_their_keys() {
        assert_eq!(steps(&[1, 2, 4, 7], &[2, 3, 4]).as_deref(), Ok("<=>=<"));
        assert_eq!(steps(&[], &[1, 2]).as_deref(), Ok(">>"));
    }

    #[test]
    fn a_row_is_not_missing_here_and_surplus_there() {
        assert_eq!(steps(&[1, 2, 3], &[2, 3, 1]), Err(Unordered::Target));
        assert_eq!(steps(&[1, 3, 2], &[2, 1, 3]), Err(Unordered::Target));
        assert_eq!(steps(&[3, 1, 2], &[1, 2, 3]), Err(Unordered::Source));
        assert_eq!(steps(&[1, 1], &[2]), Err(Unordered::Source));
    }

    #[test]
    fn integers_have_one_order_whatever_their_width() {
        let (negative, small, large) = (
            key(|params| params.i64(-1)),
            key(|params| params.u64(7)),
            key(|params| params.u64(u64::MAX)),
        );
        assert_eq!(compare(&negative, &large), Some(Ordering::Less));
        assert_eq!(compare(&large, &small), Some(Ordering::Greater));
        assert_eq!(
            compare(&small, &key(|params| params.i64(7))),
            Some(Ordering::Equal)
        );
        assert_eq!(compare(&small, &key(|params| params.text("7"))), None);
    }
}
