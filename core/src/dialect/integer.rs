//! Integers that a database computes: what goes beyond their type is refused.

use super::Dialect;

/// The type of a computed integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum IntegerKind {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// 8 bits, never negative.
    U8,
    /// 16 bits, never negative.
    U16,
    /// 32 bits, never negative.
    U32,
    /// 64 bits, never negative.
    U64,
}

impl IntegerKind {
    const ALL: [Self; 8] = [
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
    ];

    /// The type of this number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// No value is further from zero than this power of two.
    pub const fn bits(self) -> u8 {
        match self {
            Self::I8 => 7,
            Self::I16 => 15,
            Self::I32 => 31,
            Self::I64 => 63,
            Self::U8 => 8,
            Self::U16 => 16,
            Self::U32 => 32,
            Self::U64 => 64,
        }
    }
}

impl Dialect {
    /// The text before and after an expression that a column of this type is set to, so that a value beyond the type is an
    /// error. Empty where columns see to that themselves.
    pub const fn stored_integer(self, kind: IntegerKind) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => super::sqlite::stored_integer(kind),
            Self::Postgres | Self::Mysql => ("", ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_numbers() {
        for (number, kind) in IntegerKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(IntegerKind::of_number(number as u8), Some(kind));
        }
    }
}
