//! The types a column can have, independent of any dialect's spelling.

use crate::model::EnumId;

/// What a column holds. How it is declared in SQL is the dialect's matter; which Rust type it has is said here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// true or false.
    Bool,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 24 bits (MySQL `MEDIUMINT`); `i32` in Rust, range checked by the database.
    I24,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 24 bits; `u32` in Rust.
    U24,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
    /// IEEE 754, 32 bits.
    F32,
    /// IEEE 754, 64 bits.
    F64,
    /// Exact decimal; `None` is PostgreSQL's unbounded `NUMERIC`.
    Decimal(Option<DecimalSize>),
    /// Text of a fixed number of characters, padded.
    Char(u32),
    /// Text up to a number of characters; `None` has no limit (PostgreSQL `varchar`).
    VarChar(Option<u32>),
    /// Long text. The limit is in bytes, as MySQL's four sizes have it.
    Text(LobSize),
    /// Bytes of a fixed number.
    Binary(u32),
    /// Bytes up to a number.
    VarBinary(u32),
    /// Long bytes.
    Blob(LobSize),
    /// Calendar date.
    Date,
    /// Time of day; digits of the fraction of a second, 0 to 6.
    Time(u8),
    /// Date and time without a zone.
    DateTime(u8),
    /// A point in time: stored with a zone or in UTC.
    Timestamp(u8),
    /// MySQL `YEAR`: 1901 to 2155 and 0; `u16` in Rust.
    Year,
    /// PostgreSQL `interval`: months, days, microseconds.
    Interval,
    /// 128-bit identifier.
    Uuid,
    /// JSON; `binary` is PostgreSQL's `jsonb`.
    Json {
        /// Stored parsed rather than as text.
        binary: bool,
    },
    /// One of named values.
    Enum(EnumId),
    /// MySQL `SET`: several of named values.
    Set(Vec<String>),
    /// MySQL `BIT(n)`, 1 to 64; `u64` in Rust.
    Bit(u8),
    /// SQLite's `ANY` and columns without a type: each value is an integer, a real, text or bytes.
    Any,
    /// PostgreSQL array; the element is never an array (PostgreSQL does not tell dimensions apart).
    Array(Box<ColumnType>),
}

impl ColumnType {
    /// The enum that the values, or the elements of an array, are of.
    pub fn enum_id(&self) -> Option<EnumId> {
        if let Self::Enum(id) = self {
            return Some(*id);
        }
        if let Self::Array(element) = self {
            return element.enum_id();
        }
        None
    }

    /// How many digits after the point the column keeps, of a decimal or of seconds, where that is fewer than its
    /// values in Rust can have.
    pub fn fraction_digits(&self) -> Option<u32> {
        match self {
            Self::Decimal(Some(size)) => Some(size.scale),
            Self::Time(digits) | Self::DateTime(digits) | Self::Timestamp(digits) => {
                Some(u32::from(*digits)).filter(|digits| *digits < 6)
            }
            Self::Array(element) => element.fraction_digits(),
            Self::Bool
            | Self::I8
            | Self::I16
            | Self::I24
            | Self::I32
            | Self::I64
            | Self::U8
            | Self::U16
            | Self::U24
            | Self::U32
            | Self::U64
            | Self::F32
            | Self::F64
            | Self::Decimal(None)
            | Self::Char(_)
            | Self::VarChar(_)
            | Self::Text(_)
            | Self::Binary(_)
            | Self::VarBinary(_)
            | Self::Blob(_)
            | Self::Date
            | Self::Year
            | Self::Interval
            | Self::Uuid
            | Self::Json { .. }
            | Self::Enum(_)
            | Self::Set(_)
            | Self::Any
            | Self::Bit(_) => None,
        }
    }
}

/// Digits of a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecimalSize {
    /// All digits.
    pub precision: u32,
    /// Digits after the point.
    pub scale: u32,
}

/// The limit of a long text or binary value, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LobSize {
    /// 255.
    Tiny,
    /// 65,535.
    Small,
    /// 16 MiB.
    Medium,
    /// 4 GiB.
    Long,
    /// Whatever the server takes (SQLite, PostgreSQL).
    Unbounded,
}

impl LobSize {
    /// What MySQL makes of `TEXT(n)` and `BLOB(n)`: the smallest of its four that holds so many bytes; of none, what it is
    /// without a number.
    pub fn holding(bytes: u32) -> Self {
        match bytes {
            0 => Self::Small,
            1..=255 => Self::Tiny,
            256..=65_535 => Self::Small,
            65_536..=16_777_215 => Self::Medium,
            _ => Self::Long,
        }
    }
}

impl ColumnType {
    /// A whole number that a database can count up?
    pub fn is_integer(&self) -> bool {
        match self {
            Self::I8
            | Self::I16
            | Self::I24
            | Self::I32
            | Self::I64
            | Self::U8
            | Self::U16
            | Self::U24
            | Self::U32
            | Self::U64 => true,
            Self::Bool
            | Self::F32
            | Self::F64
            | Self::Decimal(_)
            | Self::Char(_)
            | Self::VarChar(_)
            | Self::Text(_)
            | Self::Binary(_)
            | Self::VarBinary(_)
            | Self::Blob(_)
            | Self::Date
            | Self::Time(_)
            | Self::DateTime(_)
            | Self::Timestamp(_)
            | Self::Year
            | Self::Interval
            | Self::Uuid
            | Self::Json { .. }
            | Self::Enum(_)
            | Self::Set(_)
            | Self::Bit(_)
            | Self::Any
            | Self::Array(_) => false,
        }
    }
}
