//! A place among the recorded changes of a table, which knows the database that it is of.

use std::fmt;
use std::str::FromStr;

/// A place among the changes of a table, after which a reader goes on. It is kept as text.
///
/// ```
/// use bindery::sync::ChangePosition;
///
/// let position: ChangePosition = "12.345.7f".parse().unwrap();
/// assert_eq!(position.to_string(), "12.345.7f");
/// assert!("12".parse::<ChangePosition>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangePosition {
    /// The round in which the change was put in order: 0 before all of them.
    pub(super) round: i64,
    /// The change itself.
    pub(super) id: i64,
    /// A number by chance that the round has in this database alone.
    pub(super) mark: i64,
}

impl ChangePosition {
    /// Its place in the order of the changes of one database.
    #[doc(hidden)]
    pub fn order(self) -> (i64, i64) {
        (self.round, self.id)
    }
}

impl ChangePosition {
    /// A position that no database knows: its mark has 63 bits, those of databases have 62.
    #[doc(hidden)]
    pub const LOST: Self = Self {
        round: 0,
        id: 0,
        mark: i64::MAX,
    };
}

impl fmt::Display for ChangePosition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}.{:x}", self.round, self.id, self.mark)
    }
}

/// The text is not that of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPosition;

impl fmt::Display for NoPosition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a position among recorded changes")
    }
}

impl std::error::Error for NoPosition {}

impl FromStr for ChangePosition {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let mut parts = text.split('.');
        let mut next = |radix| {
            let part = parts.next()?;
            i64::from_str_radix(part, radix).ok()
        };
        let found = next(10).zip(next(10)).zip(next(16));
        match (found, parts.next()) {
            (Some(((round, id), mark)), None) => Ok(Self { round, id, mark }),
            _ => Err(NoPosition),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ChangePosition;

    #[test]
    fn a_lost_position_is_read_as_it_was_written() {
        let written = ChangePosition::LOST.to_string();
        assert_eq!(written.parse(), Ok(ChangePosition::LOST));
    }
}
