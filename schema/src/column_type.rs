//! The types a column can have, independent of any dialect's spelling.

use crate::rust_type::{self, RustType};

/// The number of an enum type in its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub u32);

/// The type of a column's values. Its declaration in SQL is the dialect's matter; its Rust type is defined here.
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
    /// PostgreSQL array; the element is never an array (PostgreSQL does not distinguish dimensions).
    Array(Box<ColumnType>),
}

impl ColumnType {
    /// Returns whether values of both types are of one type in Rust.
    pub fn is_same_in_rust(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(one), Self::Array(two)) => one.is_same_in_rust(two),
            (Self::Enum(one), Self::Enum(two)) => one == two,
            (one, two) => one.facts().rust.path == two.facts().rust.path,
        }
    }

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

    /// Returns how many digits after the point the column keeps, of a decimal or of seconds, where that is fewer than
    /// its values in Rust can have.
    pub fn fraction_digits(&self) -> Option<u32> {
        if let Self::Array(element) = self {
            return element.fraction_digits();
        }
        let decimal = self.class() == TypeClass::Decimal;
        self.digits().filter(|digits| decimal || *digits < 6)
    }

    /// Returns how many digits after the point a value may have, of a decimal or of seconds.
    pub fn digits(&self) -> Option<u32> {
        if let Self::Decimal(size) = self {
            return size.map(|size| size.scale);
        }
        if let Self::Time(digits) | Self::DateTime(digits) | Self::Timestamp(digits) = self {
            return Some(u32::from(*digits));
        }
        None
    }

    /// Returns the facts about the type: one row for each.
    pub fn facts(&self) -> TypeFacts {
        match self {
            Self::Bool => row("bool", TypeClass::Boolean, "bool", rust_type::BOOL),
            Self::I8 => integer("i8", true, 8, rust_type::I8),
            Self::I16 => integer("i16", true, 16, rust_type::I16),
            Self::I24 => integer("i24", true, 24, rust_type::I32),
            Self::I32 => integer("i32", true, 32, rust_type::I32),
            Self::I64 => integer("i64", true, 64, rust_type::I64),
            Self::U8 => integer("u8", false, 8, rust_type::U8),
            Self::U16 => integer("u16", false, 16, rust_type::U16),
            Self::U24 => integer("u24", false, 24, rust_type::U32),
            Self::U32 => integer("u32", false, 32, rust_type::U32),
            Self::U64 => integer("u64", false, 64, rust_type::U64),
            Self::F32 => row("f32", TypeClass::Float { bits: 32 }, "f32", rust_type::F32),
            Self::F64 => row("f64", TypeClass::Float { bits: 64 }, "f64", rust_type::F64),
            Self::Decimal(_) => row("decimal", TypeClass::Decimal, "decimal", rust_type::DECIMAL),
            Self::Char(_) => row("char", TypeClass::Text, "text", rust_type::STRING),
            Self::VarChar(_) => row("varchar", TypeClass::Text, "text", rust_type::STRING),
            Self::Text(_) => row("text", TypeClass::Text, "text", rust_type::STRING),
            Self::Binary(_) => row("binary", TypeClass::Bytes, "bytes", rust_type::BYTES),
            Self::VarBinary(_) => row("varbinary", TypeClass::Bytes, "bytes", rust_type::BYTES),
            Self::Blob(_) => row("blob", TypeClass::Bytes, "bytes", rust_type::BYTES),
            Self::Date => row("date", TypeClass::Date, "date", rust_type::DATE),
            Self::Time(_) => row("time", TypeClass::Time, "time", rust_type::TIME),
            Self::DateTime(_) => row(
                "datetime",
                TypeClass::DateTime,
                "datetime",
                rust_type::DATE_TIME,
            ),
            Self::Timestamp(_) => row(
                "timestamp",
                TypeClass::Timestamp,
                "timestamp",
                rust_type::TIMESTAMP,
            ),
            Self::Year => row("year", TypeClass::Year, "integer", rust_type::U16),
            Self::Interval => row(
                "interval",
                TypeClass::Interval,
                "interval",
                rust_type::INTERVAL,
            ),
            Self::Uuid => row("uuid", TypeClass::Uuid, "uuid", rust_type::UUID),
            Self::Json { .. } => row("json", TypeClass::Json, "json", rust_type::JSON),
            Self::Enum(_) => row("enum", TypeClass::Enum, "text", rust_type::ENUM),
            Self::Set(_) => row("set", TypeClass::Set, "text", rust_type::STRING_SET),
            Self::Bit(_) => row("bit", TypeClass::Bit, "integer", rust_type::U64),
            Self::Any => row("any", TypeClass::Any, UNKNOWN_KIND, rust_type::ANY_VALUE),
            Self::Array(_) => row("array", TypeClass::Array, "array", rust_type::VEC),
        }
    }

    /// Returns the class of its values.
    pub fn class(&self) -> TypeClass {
        self.facts().class
    }

    /// Returns the number of characters, bytes or bits that it is declared with.
    pub fn length(&self) -> Option<u32> {
        if let Self::Char(length) | Self::Binary(length) | Self::VarBinary(length) = self {
            return Some(*length);
        }
        if let Self::Bit(bits) = self {
            return Some(u32::from(*bits));
        }
        if let Self::VarChar(length) = self {
            *length
        } else {
            None
        }
    }

    /// Returns whether it is a whole number that a database can generate.
    pub fn is_integer(&self) -> bool {
        self.class().integer().is_some()
    }
}

/// The facts about a type that hold in every database: its declaration is defined in each dialect's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeFacts {
    /// The word for it in the number by which a table is known; sizes are written after it.
    pub word: &'static str,
    /// Rules look at this, most of them at nothing else.
    pub class: TypeClass,
    /// The word by which a running program compares the database's own columns with the compiled ones.
    pub kind: &'static str,
    /// The type of a field.
    pub rust: RustType,
}

/// The kind of a type of which a running program knows nothing: one of the user's own, or several in one column.
pub const UNKNOWN_KIND: &str = "_";

const fn row(
    word: &'static str,
    class: TypeClass,
    kind: &'static str,
    rust: RustType,
) -> TypeFacts {
    TypeFacts {
        word,
        class,
        kind,
        rust,
    }
}

const fn integer(word: &'static str, signed: bool, bits: u8, rust: RustType) -> TypeFacts {
    let class = TypeClass::Integer(Integer { bits, signed });
    row(word, class, "integer", rust)
}

impl ColumnType {
    /// Returns whether a column of this type can have every value of one of the other type. Integers hold those of a smaller range,
    /// texts any text; other types only their own.
    pub fn holds(&self, other: &Self) -> bool {
        let range = |of: &Self| of.class().integer().map(Integer::range);
        match (range(self), range(other)) {
            (Some((least, most)), Some((from, to))) => least <= from && to <= most,
            (None, None) => {
                self.class() == TypeClass::Text && other.class() == TypeClass::Text
                    || std::mem::discriminant(self) == std::mem::discriminant(other)
            }
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// The class of a type's values, for rules that treat many types alike. A new type states its class in
/// [`ColumnType::facts`] and has the rules of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeClass {
    /// true or false.
    Boolean,
    /// Whole numbers.
    Integer(Integer),
    /// IEEE 754.
    Float {
        /// 32 or 64.
        bits: u8,
    },
    /// Exact decimals.
    Decimal,
    /// Text of any length.
    Text,
    /// Bytes of any number.
    Bytes,
    /// Calendar dates.
    Date,
    /// Times of day.
    Time,
    /// Dates and times without a zone.
    DateTime,
    /// Points in time.
    Timestamp,
    /// Years of MySQL.
    Year,
    /// Months, days and seconds.
    Interval,
    /// 128-bit identifiers.
    Uuid,
    /// JSON documents.
    Json,
    /// One of named values.
    Enum,
    /// Several of named values.
    Set,
    /// Bits of MySQL.
    Bit,
    /// Each value of a type of its own.
    Any,
    /// Several values of one type.
    Array,
}

/// A kind of whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Integer {
    /// 8 to 64.
    pub bits: u8,
    /// It may be less than zero.
    pub signed: bool,
}

impl Integer {
    /// The least and the largest value.
    ///
    /// ```
    /// use bindery_schema::column_type::Integer;
    /// assert_eq!(Integer { bits: 8, signed: true }.range(), (-128, 127));
    /// assert_eq!(Integer { bits: 24, signed: false }.range(), (0, 16_777_215));
    /// ```
    pub fn range(self) -> (i128, i128) {
        let half = 1_i128 << (self.bits - 1);
        if self.signed {
            (-half, half - 1)
        } else {
            (0, 2 * half - 1)
        }
    }
}

impl TypeClass {
    /// Returns which kind of whole number it is, where it is one.
    pub fn integer(self) -> Option<Integer> {
        if let Self::Integer(integer) = self {
            Some(integer)
        } else {
            None
        }
    }

    /// Returns whether the values are written as numbers.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer(_) | Self::Float { .. } | Self::Decimal | Self::Year | Self::Bit
        )
    }
}

/// Digits of a decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecimalSize {
    /// All digits, before and after the point.
    pub precision: u32,
    /// Digits after the point.
    pub scale: u32,
}

/// The limit of a long text or binary value, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LobSize {
    /// At most 255 bytes.
    Tiny,
    /// At most 65,535 bytes.
    Small,
    /// At most 16 MiB.
    Medium,
    /// At most 4 GiB.
    Long,
    /// Any length that the server takes (SQLite, PostgreSQL).
    Unbounded,
}

impl LobSize {
    /// Returns the type that MySQL gives `TEXT(n)` and `BLOB(n)`: the smallest of its four that holds that many bytes;
    /// for 0, the type without a number.
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
