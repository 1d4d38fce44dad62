//! The Rust type of a column, by what it holds.

use bindery_schema::column_type::ColumnType;

/// What can be said of a type's traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    pub(crate) copy: bool,
    pub(crate) eq: bool,
    pub(crate) ord: bool,
    pub(crate) hash: bool,
    /// How it is taken as an argument.
    pub(crate) argument: Argument,
}

/// How a value is taken as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Argument {
    /// By value.
    Value,
    /// `&str`, or `impl Into<String>` where it is kept.
    Text,
    /// `&[T]`, of a `Vec<T>`.
    Slice,
    /// By reference.
    Reference,
}

impl Facts {
    /// A type of the user's, of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        copy: false,
        eq: false,
        ord: false,
        hash: false,
        argument: Argument::Reference,
    };

    const NUMBER: Self = Self {
        copy: true,
        eq: true,
        ord: true,
        hash: true,
        argument: Argument::Value,
    };

    const FLOAT: Self = Self {
        eq: false,
        ord: false,
        hash: false,
        ..Self::NUMBER
    };

    /// Without an order: a month has no number of days.
    const SPAN: Self = Self {
        ord: false,
        ..Self::NUMBER
    };

    const OWNED: Self = Self {
        copy: false,
        argument: Argument::Reference,
        ..Self::NUMBER
    };

    const TEXT: Self = Self {
        argument: Argument::Text,
        ..Self::OWNED
    };

    const BYTES: Self = Self {
        argument: Argument::Slice,
        ..Self::OWNED
    };

    /// Compared for equality only.
    const TREE: Self = Self {
        ord: false,
        hash: false,
        ..Self::OWNED
    };
}

/// The type and its traits. `root` goes before the module `enums`.
pub(crate) fn of(column_type: &ColumnType, root: &str, enums: &[String]) -> (String, Facts) {
    let (path, facts) = match column_type {
        ColumnType::Bool => ("bool", Facts::NUMBER),
        ColumnType::I8 => ("i8", Facts::NUMBER),
        ColumnType::I16 => ("i16", Facts::NUMBER),
        ColumnType::I24 | ColumnType::I32 => ("i32", Facts::NUMBER),
        ColumnType::I64 => ("i64", Facts::NUMBER),
        ColumnType::U8 => ("u8", Facts::NUMBER),
        ColumnType::U16 | ColumnType::Year => ("u16", Facts::NUMBER),
        ColumnType::U24 | ColumnType::U32 => ("u32", Facts::NUMBER),
        ColumnType::U64 | ColumnType::Bit(_) => ("u64", Facts::NUMBER),
        ColumnType::F32 => ("f32", Facts::FLOAT),
        ColumnType::F64 => ("f64", Facts::FLOAT),
        ColumnType::Decimal(_) => ("::bindery::types::BigDecimal", Facts::OWNED),
        ColumnType::Char(_) | ColumnType::VarChar(_) | ColumnType::Text(_) => {
            ("::std::string::String", Facts::TEXT)
        }
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_) => {
            ("::std::vec::Vec<u8>", Facts::BYTES)
        }
        ColumnType::Date => ("::bindery::types::NaiveDate", Facts::NUMBER),
        ColumnType::Time(_) => ("::bindery::types::NaiveTime", Facts::NUMBER),
        ColumnType::DateTime(_) => ("::bindery::types::NaiveDateTime", Facts::NUMBER),
        ColumnType::Timestamp(_) => (
            "::bindery::types::DateTime<::bindery::types::Utc>",
            Facts::NUMBER,
        ),
        ColumnType::Interval => ("::bindery::types::Interval", Facts::SPAN),
        ColumnType::Uuid => ("::bindery::types::Uuid", Facts::NUMBER),
        ColumnType::Json { .. } => ("::bindery::types::JsonValue", Facts::TREE),
        ColumnType::Set(_) => ("::bindery::types::StringSet", Facts::OWNED),
        ColumnType::Enum(id) => {
            let name = &enums[id.0 as usize];
            return (format!("{root}enums::{name}"), Facts::NUMBER);
        }
        ColumnType::Array(element) => {
            let (element, facts) = of(element, root, enums);
            let facts = Facts {
                copy: false,
                argument: Argument::Slice,
                ..facts
            };
            return (format!("::std::vec::Vec<{element}>"), facts);
        }
    };
    (path.to_owned(), facts)
}

/// A feature of the runtime that a column type needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TypeFeature {
    Chrono,
    Uuid,
    Json,
    Bigdecimal,
}

impl TypeFeature {
    /// Its name in `Cargo.toml`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chrono => "chrono",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Bigdecimal => "bigdecimal",
        }
    }

    /// What a column type needs.
    pub(crate) fn of(column_type: &ColumnType) -> Option<Self> {
        match column_type {
            ColumnType::Date
            | ColumnType::Time(_)
            | ColumnType::DateTime(_)
            | ColumnType::Timestamp(_) => Some(Self::Chrono),
            ColumnType::Uuid => Some(Self::Uuid),
            ColumnType::Json { .. } => Some(Self::Json),
            ColumnType::Decimal(_) => Some(Self::Bigdecimal),
            ColumnType::Array(element) => Self::of(element),
            ColumnType::Bool
            | ColumnType::I8
            | ColumnType::I16
            | ColumnType::I24
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U32
            | ColumnType::U64
            | ColumnType::F32
            | ColumnType::F64
            | ColumnType::Char(_)
            | ColumnType::VarChar(_)
            | ColumnType::Text(_)
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Blob(_)
            | ColumnType::Year
            | ColumnType::Interval
            | ColumnType::Enum(_)
            | ColumnType::Set(_)
            | ColumnType::Bit(_) => None,
        }
    }
}
