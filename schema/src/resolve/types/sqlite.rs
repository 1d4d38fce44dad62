//! SQLite's declared types: free text. Names that say what is meant are taken at their word, the rest by affinity.

use crate::ast::TypeName;
use crate::column_type::{ColumnType, DecimalSize, LobSize};

use super::{Known, number};

/// What a declared type says.
pub(super) fn known(written: &TypeName) -> Known {
    let sql = spelled(written);
    let by_name = whole_number(written)
        .or_else(|| text(written))
        .or_else(|| other(written));
    match by_name.or_else(|| by_affinity(&written.written.to_uppercase())) {
        Some(column_type) => Known::Type(column_type, sql),
        None => Known::Unsupported(sql),
    }
}

/// As `PRAGMA table_info` has it: the standard names in capitals, any other as written.
fn spelled(written: &TypeName) -> String {
    const STANDARD: [&str; 6] = ["any", "blob", "int", "integer", "real", "text"];
    let standard = STANDARD.contains(&written.written.to_lowercase().as_str());
    if standard {
        written.written.to_uppercase()
    } else {
        written.written.clone()
    }
}

/// The name without a trailing `unsigned`, which SQLite reads as one more word.
fn whole_number(written: &TypeName) -> Option<ColumnType> {
    let unsigned = written.name.split(' ').any(|word| word == "unsigned")
        || written.written.to_lowercase().ends_with("unsigned");
    let name = written.name.replace("unsigned", "").replace("signed", "");
    let (signed, without) = match name.trim() {
        "tinyint" if number(written, 0) == Some(1) => return Some(ColumnType::Bool),
        "boolean" | "bool" => return Some(ColumnType::Bool),
        "tinyint" | "int1" => (ColumnType::I8, ColumnType::U8),
        "smallint" | "int2" => (ColumnType::I16, ColumnType::U16),
        "mediumint" => (ColumnType::I24, ColumnType::U24),
        "int" | "integer" => (ColumnType::I64, ColumnType::U32),
        "bigint" | "big int" | "int8" | "serial" | "bigserial" | "long integer" | "long" => {
            (ColumnType::I64, ColumnType::U64)
        }
        _ => return None,
    };
    Some(if unsigned { without } else { signed })
}

fn text(written: &TypeName) -> Option<ColumnType> {
    Some(match written.name.as_str() {
        "char" | "character" | "nchar" | "native character" => match number(written, 0) {
            Some(length) => ColumnType::Char(length),
            None => ColumnType::Text(LobSize::Unbounded),
        },
        "varchar" | "nvarchar" | "character varying" | "varying character" | "char varying"
        | "varchar2" => match number(written, 0) {
            Some(length) => ColumnType::VarChar(Some(length)),
            None => ColumnType::Text(LobSize::Unbounded),
        },
        "binary" => {
            number(written, 0).map_or(ColumnType::Blob(LobSize::Unbounded), ColumnType::Binary)
        }
        "varbinary" => {
            number(written, 0).map_or(ColumnType::Blob(LobSize::Unbounded), ColumnType::VarBinary)
        }
        "bytea" => ColumnType::Blob(LobSize::Unbounded),
        _ => return None,
    })
}

fn other(written: &TypeName) -> Option<ColumnType> {
    let whole = written.written.to_lowercase();
    Some(match written.name.as_str() {
        // Two spellings of ours, whose TEXT affinity keeps every digit.
        "decimal" | "decimal_text" | "numeric" | "dec" | "number" => {
            let size = number(written, 0).map(|precision| DecimalSize {
                precision,
                scale: number(written, 1).unwrap_or(0),
            });
            ColumnType::Decimal(size)
        }
        "real" | "float" | "double" | "double precision" | "float4" | "float8" => ColumnType::F64,
        "date" => ColumnType::Date,
        "time" => ColumnType::Time(6),
        "timestamptz" => ColumnType::Timestamp(6),
        _ if whole.starts_with("timestamp") && whole.ends_with("with time zone") => {
            ColumnType::Timestamp(6)
        }
        "datetime" | "timestamp" | "timestamp without time zone" => ColumnType::DateTime(6),
        "uuid" | "guid" => ColumnType::Uuid,
        "json" | "json_text" => ColumnType::Json { binary: false },
        "jsonb" => ColumnType::Json { binary: true },
        "year" => ColumnType::Year,
        _ => return None,
    })
}

/// Section 3.1 of SQLite's "Datatypes"; numeric affinity alone does not say what is meant.
fn by_affinity(written: &str) -> Option<ColumnType> {
    let holds = |words: &[&str]| words.iter().any(|word| written.contains(word));
    if holds(&["INT"]) {
        Some(ColumnType::I64)
    } else if holds(&["CHAR", "CLOB", "TEXT"]) {
        Some(ColumnType::Text(LobSize::Unbounded))
    } else if holds(&["BLOB"]) || written.is_empty() {
        Some(ColumnType::Blob(LobSize::Unbounded))
    } else if holds(&["REAL", "FLOA", "DOUB"]) {
        Some(ColumnType::F64)
    } else {
        None
    }
}
