//! The Rust types of columns as generated code names them, with the traits of their values. The runtime reads and
//! writes them; nothing here depends on it.

/// A Rust type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RustType {
    /// In generated code, which needs no crate but `bindery`.
    pub path: &'static str,
    /// Traits of its values.
    pub traits: Traits,
    /// The feature of the runtime that has it; none where the runtime always does.
    pub feature: Option<TypeFeature>,
}

/// The traits that generated code may derive for a type that holds such a value, and how it takes one as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traits {
    /// It is `Copy`.
    pub copy: bool,
    /// It is `Eq`: no float is in it.
    pub eq: bool,
    /// It is `Ord`.
    pub ord: bool,
    /// It is `Hash`.
    pub hash: bool,
    /// How it is taken as an argument.
    pub argument: Argument,
}

/// How a value is taken as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Argument {
    /// The value itself is given.
    Value,
    /// `&str`, or `impl Into<String>` where it is kept.
    Text,
    /// `&[T]`, of a `Vec<T>`.
    Slice,
    /// A reference to the value is given.
    Reference,
}

/// A feature of the runtime that a column type needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeFeature {
    /// Dates and times.
    Chrono,
    /// 128-bit identifiers.
    Uuid,
    /// JSON documents.
    Json,
    /// Exact decimals.
    Bigdecimal,
}

impl TypeFeature {
    /// Its name in `Cargo.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chrono => "chrono",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Bigdecimal => "bigdecimal",
        }
    }
}

impl Traits {
    /// A type of the user's with no known traits.
    pub const UNKNOWN: Self = Self {
        copy: false,
        eq: false,
        ord: false,
        hash: false,
        argument: Argument::Reference,
    };

    /// Small values with an order.
    pub const NUMBER: Self = Self {
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

    const SLICE: Self = Self {
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

/// A type that every program has.
pub(crate) const fn always(path: &'static str, traits: Traits) -> RustType {
    let feature = None;
    RustType {
        path,
        traits,
        feature,
    }
}

/// A type of another crate.
pub(crate) const fn of_feature(
    path: &'static str,
    traits: Traits,
    feature: TypeFeature,
) -> RustType {
    let feature = Some(feature);
    RustType {
        path,
        traits,
        feature,
    }
}

/// Booleans.
pub const BOOL: RustType = always("bool", Traits::NUMBER);
/// Signed, 8 bits.
pub const I8: RustType = always("i8", Traits::NUMBER);
/// Signed, 16 bits.
pub const I16: RustType = always("i16", Traits::NUMBER);
/// Signed, 32 bits.
pub const I32: RustType = always("i32", Traits::NUMBER);
/// Signed, 64 bits.
pub const I64: RustType = always("i64", Traits::NUMBER);
/// Unsigned, 8 bits.
pub const U8: RustType = always("u8", Traits::NUMBER);
/// Unsigned, 16 bits.
pub const U16: RustType = always("u16", Traits::NUMBER);
/// Unsigned, 32 bits.
pub const U32: RustType = always("u32", Traits::NUMBER);
/// Unsigned, 64 bits.
pub const U64: RustType = always("u64", Traits::NUMBER);
/// IEEE 754, 32 bits.
pub const F32: RustType = always("f32", Traits::FLOAT);
/// IEEE 754, 64 bits.
pub const F64: RustType = always("f64", Traits::FLOAT);
/// Text.
pub const STRING: RustType = always("::std::string::String", Traits::TEXT);
/// Bytes.
pub const BYTES: RustType = always("::std::vec::Vec<u8>", Traits::SLICE);
/// Several values of one type, which follows it.
pub const VEC: RustType = always("::std::vec::Vec", Traits::SLICE);
/// The module of the generated enums, one of which follows it.
pub const ENUM: RustType = always("enums", Traits::NUMBER);
/// Several of named values.
pub const STRING_SET: RustType = always("::bindery::types::StringSet", Traits::OWNED);
/// Months, days and seconds.
pub const INTERVAL: RustType = always("::bindery::types::Interval", Traits::SPAN);
/// A value of any type of SQLite.
pub const ANY_VALUE: RustType = always("::bindery::types::AnyValue", Traits::UNKNOWN);
/// A network, or an address in it.
pub const IP_NET: RustType = always("::bindery::types::IpNet", Traits::NUMBER);
/// An address of either kind.
pub const IP_ADDR: RustType = always("::core::net::IpAddr", Traits::NUMBER);
/// An address of version 4.
pub const IPV4_ADDR: RustType = always("::core::net::Ipv4Addr", Traits::NUMBER);
/// An address of version 6.
pub const IPV6_ADDR: RustType = always("::core::net::Ipv6Addr", Traits::NUMBER);
/// 128-bit identifiers.
pub const UUID: RustType = of_feature("::bindery::types::Uuid", Traits::NUMBER, TypeFeature::Uuid);
/// Exact decimals.
pub const DECIMAL: RustType = of_feature(
    "::bindery::types::BigDecimal",
    Traits::OWNED,
    TypeFeature::Bigdecimal,
);
/// JSON documents.
pub const JSON: RustType = of_feature(
    "::bindery::types::JsonValue",
    Traits::TREE,
    TypeFeature::Json,
);
/// Calendar dates.
pub const DATE: RustType = of_feature(
    "::bindery::types::NaiveDate",
    Traits::NUMBER,
    TypeFeature::Chrono,
);
/// Times of day.
pub const TIME: RustType = of_feature(
    "::bindery::types::NaiveTime",
    Traits::NUMBER,
    TypeFeature::Chrono,
);
/// Dates and times without a zone.
pub const DATE_TIME: RustType = of_feature(
    "::bindery::types::NaiveDateTime",
    Traits::NUMBER,
    TypeFeature::Chrono,
);
/// Points in time.
pub const TIMESTAMP: RustType = of_feature(
    "::bindery::types::DateTime<::bindery::types::Utc>",
    Traits::NUMBER,
    TypeFeature::Chrono,
);

/// Types by the paths that programs write, without blanks and `::` at the beginning.
const WELL_KNOWN: &[(&str, RustType)] = &[
    ("bool", BOOL),
    ("i8", I8),
    ("i16", I16),
    ("i32", I32),
    ("i64", I64),
    ("u8", U8),
    ("u16", U16),
    ("u32", U32),
    ("u64", U64),
    ("f32", F32),
    ("f64", F64),
    ("String", STRING),
    ("std::string::String", STRING),
    ("Vec<u8>", BYTES),
    ("std::vec::Vec<u8>", BYTES),
    ("std::net::IpAddr", IP_ADDR),
    ("std::net::Ipv4Addr", IPV4_ADDR),
    ("std::net::Ipv6Addr", IPV6_ADDR),
    ("core::net::IpAddr", IP_ADDR),
    ("core::net::Ipv4Addr", IPV4_ADDR),
    ("core::net::Ipv6Addr", IPV6_ADDR),
    ("bindery::types::IpNet", IP_NET),
    ("bindery::types::StringSet", STRING_SET),
    ("bindery::types::Interval", INTERVAL),
    ("uuid::Uuid", UUID),
    ("bindery::types::Uuid", UUID),
    ("bigdecimal::BigDecimal", DECIMAL),
    ("bindery::types::BigDecimal", DECIMAL),
    ("serde_json::Value", JSON),
    ("bindery::types::JsonValue", JSON),
    ("chrono::NaiveDate", DATE),
    ("bindery::types::NaiveDate", DATE),
    ("chrono::NaiveTime", TIME),
    ("bindery::types::NaiveTime", TIME),
    ("chrono::NaiveDateTime", DATE_TIME),
    ("bindery::types::NaiveDateTime", DATE_TIME),
    ("chrono::DateTime<chrono::Utc>", TIMESTAMP),
    ("bindery::types::DateTime<bindery::types::Utc>", TIMESTAMP),
];

/// Returns the type that a program writes by this path, where it is one of these.
pub fn well_known(path: &str) -> Option<&'static RustType> {
    let path = path.replace(' ', "").replace("<::", "<");
    let path = path.strip_prefix("::").unwrap_or(&path);
    let known = WELL_KNOWN.iter().find(|(known, _)| *known == path);
    known.map(|(_, rust_type)| rust_type)
}
