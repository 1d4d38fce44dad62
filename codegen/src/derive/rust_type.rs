//! Rust types that a derive knows how to store, and the SQL type each one has where the struct names none.

use bindery_schema::column_type::{ColumnType, LobSize};
use bindery_schema::dialect::Dialect;

use super::description::RustType;

/// A Rust type that columns have by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BuiltInType {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Text,
    Bytes,
    Date,
    Time,
    DateTime,
    Timestamp,
    Uuid,
    Decimal,
    Json,
}

impl BuiltInType {
    const ALL: [Self; 20] = [
        Self::Bool,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::F32,
        Self::F64,
        Self::Text,
        Self::Bytes,
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Timestamp,
        Self::Uuid,
        Self::Decimal,
        Self::Json,
    ];

    /// The type, if it is one of these. Paths are known by their last segment, as a macro cannot see what is imported.
    pub(super) fn from_rust(rust_type: &RustType) -> Option<Self> {
        let argument = |name| matches!(rust_type.arguments.as_slice(), [only] if only.name.as_deref() == Some(name));
        match (rust_type.name.as_deref()?, rust_type.arguments.len()) {
            ("Vec", 1) if argument("u8") => Some(Self::Bytes),
            ("DateTime", 1) if argument("Utc") => Some(Self::Timestamp),
            (name, 0) => Self::named(name),
            _ => None,
        }
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "i8" => Self::I8,
            "i16" => Self::I16,
            "i32" => Self::I32,
            "i64" => Self::I64,
            "u8" => Self::U8,
            "u16" => Self::U16,
            "u32" => Self::U32,
            "u64" => Self::U64,
            "f32" => Self::F32,
            "f64" => Self::F64,
            "String" => Self::Text,
            "NaiveDate" => Self::Date,
            "NaiveTime" => Self::Time,
            "NaiveDateTime" => Self::DateTime,
            "Uuid" => Self::Uuid,
            "BigDecimal" => Self::Decimal,
            "Value" | "JsonValue" => Self::Json,
            _ => return None,
        })
    }

    /// The type a field has for a column of this type; `None` where it is none of these.
    pub(super) fn of_column(column_type: &ColumnType) -> Option<Self> {
        let path = column_type.facts().rust.path;
        Self::ALL
            .into_iter()
            .find(|known| known.held().facts().rust.path == path)
    }

    /// Whether a value of the type is also kept in a column of this type: a UUID in its 16 bytes or 36 characters.
    pub(super) fn is_kept_as(self, column_type: &ColumnType) -> bool {
        let held = Self::of_column(column_type);
        self == Self::Uuid && matches!(held, Some(Self::Text | Self::Bytes))
    }

    /// Returns the type of a column of this Rust type where the struct names no SQL type; `None` for a decimal, which
    /// needs its digits.
    pub(super) fn column_type(self) -> Option<ColumnType> {
        Some(self.held()).filter(|held| *held != ColumnType::Decimal(None))
    }

    fn held(self) -> ColumnType {
        match self {
            Self::Bool => ColumnType::Bool,
            Self::I8 => ColumnType::I8,
            Self::I16 => ColumnType::I16,
            Self::I32 => ColumnType::I32,
            Self::I64 => ColumnType::I64,
            Self::U8 => ColumnType::U8,
            Self::U16 => ColumnType::U16,
            Self::U32 => ColumnType::U32,
            Self::U64 => ColumnType::U64,
            Self::F32 => ColumnType::F32,
            Self::F64 => ColumnType::F64,
            Self::Text => ColumnType::Text(LobSize::Unbounded),
            Self::Bytes => ColumnType::Blob(LobSize::Unbounded),
            Self::Date => ColumnType::Date,
            Self::Time => ColumnType::Time(6),
            Self::DateTime => ColumnType::DateTime(6),
            Self::Timestamp => ColumnType::Timestamp(6),
            Self::Uuid => ColumnType::Uuid,
            Self::Json => ColumnType::Json { binary: true },
            Self::Decimal => ColumnType::Decimal(None),
        }
    }

    /// Returns how it is declared where the struct is written down. A dialect that has no such type gets one that is
    /// wide enough: what the column holds is [`column_type`](Self::column_type).
    pub(super) const fn sql_type(self, dialect: Dialect) -> &'static str {
        let [sqlite, postgres, mysql] = self.sql_types();
        match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
            Dialect::Mysql => mysql,
        }
    }

    /// For SQLite, PostgreSQL and MySQL.
    const fn sql_types(self) -> [&'static str; 3] {
        match self {
            Self::Bool => ["BOOLEAN", "BOOLEAN", "BOOLEAN"],
            Self::I8 => ["TINYINT", "SMALLINT", "TINYINT"],
            Self::I16 => ["SMALLINT", "SMALLINT", "SMALLINT"],
            Self::I32 => ["INT", "INTEGER", "INT"],
            Self::I64 => ["BIGINT", "BIGINT", "BIGINT"],
            Self::U8 => ["TINYINT UNSIGNED", "SMALLINT", "TINYINT UNSIGNED"],
            Self::U16 => ["SMALLINT UNSIGNED", "INTEGER", "SMALLINT UNSIGNED"],
            Self::U32 => ["INT UNSIGNED", "BIGINT", "INT UNSIGNED"],
            Self::U64 => ["BIGINT UNSIGNED", "NUMERIC(20)", "BIGINT UNSIGNED"],
            Self::F32 => ["REAL", "REAL", "FLOAT"],
            Self::F64 => ["DOUBLE", "DOUBLE PRECISION", "DOUBLE"],
            Self::Text => ["TEXT", "TEXT", "LONGTEXT"],
            Self::Bytes => ["BLOB", "BYTEA", "LONGBLOB"],
            Self::Date => ["DATE", "DATE", "DATE"],
            Self::Time => ["TIME", "TIME", "TIME(6)"],
            Self::DateTime => ["DATETIME", "TIMESTAMP", "DATETIME(6)"],
            Self::Timestamp => ["TIMESTAMPTZ", "TIMESTAMPTZ", "TIMESTAMP(6)"],
            Self::Uuid => ["UUID", "UUID", "UUID"],
            Self::Decimal => ["DECIMAL(12, 2)", "DECIMAL(12, 2)", "DECIMAL(12, 2)"],
            Self::Json => ["JSONB", "JSONB", "JSON"],
        }
    }

    /// The Rust type as messages show it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Text => "String",
            Self::Bytes => "Vec<u8>",
            Self::Date => "chrono::NaiveDate",
            Self::Time => "chrono::NaiveTime",
            Self::DateTime => "chrono::NaiveDateTime",
            Self::Timestamp => "chrono::DateTime<chrono::Utc>",
            Self::Uuid => "uuid::Uuid",
            Self::Decimal => "bigdecimal::BigDecimal",
            Self::Json => "serde_json::Value",
        }
    }
}
