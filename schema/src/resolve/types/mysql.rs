//! MySQL's and MariaDB's types, spelled as MariaDB's `SHOW COLUMNS` does.

use crate::ast::{TypeArgument, TypeName};
use crate::column_type::{ColumnType, DecimalSize, LobSize};

use super::{Known, arguments, fraction, number};

/// A type of the server.
pub(super) fn known(written: &TypeName) -> Known {
    integer(written)
        .or_else(|| real(written))
        .or_else(|| text(written))
        .or_else(|| bytes(written))
        .or_else(|| moment(written))
        .unwrap_or_else(|| other(written))
}

fn unsigned(written: &TypeName) -> bool {
    written.suffix.contains("unsigned") || written.suffix.contains("zerofill")
}

/// ` unsigned zerofill`, as far as it applies.
fn sign(written: &TypeName) -> &'static str {
    match (unsigned(written), written.suffix.contains("zerofill")) {
        (_, true) => " unsigned zerofill",
        (true, false) => " unsigned",
        (false, false) => "",
    }
}

fn integer(written: &TypeName) -> Option<Known> {
    let (name, widths, signed, without) = match written.name.as_str() {
        "bool" | "boolean" => return Some(Known::Type(ColumnType::Bool, "tinyint(1)".to_owned())),
        "serial" => {
            return Some(Known::Type(
                ColumnType::U64,
                "bigint(20) unsigned".to_owned(),
            ));
        }
        "tinyint" | "int1" => ("tinyint", (4, 3), ColumnType::I8, ColumnType::U8),
        "smallint" | "int2" => ("smallint", (6, 5), ColumnType::I16, ColumnType::U16),
        "mediumint" | "int3" | "middleint" => {
            ("mediumint", (9, 8), ColumnType::I24, ColumnType::U24)
        }
        "int" | "integer" | "int4" => ("int", (11, 10), ColumnType::I32, ColumnType::U32),
        "bigint" | "int8" => ("bigint", (20, 20), ColumnType::I64, ColumnType::U64),
        _ => return None,
    };
    let unsigned = unsigned(written);
    let width = number(written, 0).unwrap_or(if unsigned { widths.1 } else { widths.0 });
    let sql = format!("{name}({width}){}", sign(written));
    let boolean = name == "tinyint" && width == 1 && !unsigned;
    let column_type = if boolean {
        ColumnType::Bool
    } else if unsigned {
        without
    } else {
        signed
    };
    Some(Known::Type(column_type, sql))
}

fn real(written: &TypeName) -> Option<Known> {
    let sign = sign(written);
    Some(match written.name.as_str() {
        "decimal" | "numeric" | "dec" | "fixed" => {
            let precision = number(written, 0).unwrap_or(10);
            let scale = number(written, 1).unwrap_or(0);
            let size = DecimalSize { precision, scale };
            Known::Type(
                ColumnType::Decimal(Some(size)),
                format!("decimal({precision},{scale}){sign}"),
            )
        }
        "float" | "float4" if written.arguments.len() != 1 => Known::Type(
            ColumnType::F32,
            format!("float{}{sign}", arguments(written)),
        ),
        "float" if number(written, 0).is_some_and(|bits| bits <= 24) => {
            Known::Type(ColumnType::F32, format!("float{sign}"))
        }
        "float" | "float4" => Known::Type(ColumnType::F64, format!("double{sign}")),
        "double" | "double precision" | "real" | "float8" => Known::Type(
            ColumnType::F64,
            format!("double{}{sign}", arguments(written)),
        ),
        _ => return None,
    })
}

fn text(written: &TypeName) -> Option<Known> {
    let lob = |size: LobSize, sql: &str| Some(Known::Type(ColumnType::Text(size), sql.to_owned()));
    match written.name.as_str() {
        "char" | "character" | "nchar" | "national char" | "national character" => {
            let length = number(written, 0).unwrap_or(1);
            Some(Known::Type(
                ColumnType::Char(length),
                format!("char({length})"),
            ))
        }
        "varchar"
        | "nvarchar"
        | "varcharacter"
        | "char varying"
        | "character varying"
        | "national varchar"
        | "national char varying"
        | "national character varying"
        | "nchar varchar"
        | "nchar varying" => {
            let Some(length) = number(written, 0) else {
                return Some(Known::Missing(written.name.clone(), "varchar(255)"));
            };
            Some(Known::Type(
                ColumnType::VarChar(Some(length)),
                format!("varchar({length})"),
            ))
        }
        "text" if number(written, 0).is_some() => {
            let (size, sql) = sized(number(written, 0).unwrap_or(0), TEXTS);
            lob(size, sql)
        }
        "tinytext" => lob(LobSize::Tiny, "tinytext"),
        "text" => lob(LobSize::Small, "text"),
        "mediumtext" | "long" | "long varchar" | "long char" => lob(LobSize::Medium, "mediumtext"),
        "longtext" => lob(LobSize::Long, "longtext"),
        _ => None,
    }
}

fn bytes(written: &TypeName) -> Option<Known> {
    let lob = |size: LobSize, sql: &str| Some(Known::Type(ColumnType::Blob(size), sql.to_owned()));
    match written.name.as_str() {
        "binary" | "char byte" => {
            let length = number(written, 0).unwrap_or(1);
            Some(Known::Type(
                ColumnType::Binary(length),
                format!("binary({length})"),
            ))
        }
        "varbinary" => {
            let length = number(written, 0).unwrap_or(1);
            Some(Known::Type(
                ColumnType::VarBinary(length),
                format!("varbinary({length})"),
            ))
        }
        "blob" if number(written, 0).is_some() => {
            let (size, sql) = sized(number(written, 0).unwrap_or(0), BLOBS);
            lob(size, sql)
        }
        "tinyblob" => lob(LobSize::Tiny, "tinyblob"),
        "blob" => lob(LobSize::Small, "blob"),
        "mediumblob" | "long varbinary" => lob(LobSize::Medium, "mediumblob"),
        "longblob" => lob(LobSize::Long, "longblob"),
        _ => None,
    }
}

fn moment(written: &TypeName) -> Option<Known> {
    let digits = fraction(written, 0);
    let sql = if digits == 0 {
        written.name.clone()
    } else {
        format!("{}({digits})", written.name)
    };
    Some(match written.name.as_str() {
        "date" => Known::Type(ColumnType::Date, sql),
        "time" => Known::Type(ColumnType::Time(digits), sql),
        "datetime" => Known::Type(ColumnType::DateTime(digits), sql),
        "timestamp" => Known::Type(ColumnType::Timestamp(digits), sql),
        "year" => Known::Type(ColumnType::Year, "year(4)".to_owned()),
        _ => return None,
    })
}

fn other(written: &TypeName) -> Known {
    let values = || -> Vec<String> {
        let value = |argument: &TypeArgument| match argument {
            TypeArgument::Text(text) | TypeArgument::Word(text) | TypeArgument::Number(text) => {
                text.trim_end().to_owned()
            }
        };
        written.arguments.iter().map(value).collect()
    };
    let sql = format!("{}{}", written.name, arguments(written));
    match written.name.as_str() {
        "enum" => Known::Values(values(), sql),
        "set" => Known::Type(ColumnType::Set(values()), sql),
        "json" => Known::Type(ColumnType::Json { binary: false }, "longtext".to_owned()),
        "bit" => {
            let bits = number(written, 0).unwrap_or(1).clamp(1, 64);
            Known::Type(ColumnType::Bit(bits as u8), format!("bit({bits})"))
        }
        "uuid" => Known::Type(ColumnType::Uuid, "uuid".to_owned()),
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
        | "multipolygon" | "geometrycollection" | "geomcollection" | "inet4" | "inet6"
        | "vector" | "xmltype" => Known::Unsupported(sql),
        name => Known::Missing(sql, elsewhere(name)),
    }
}

const TEXTS: [&str; 4] = ["tinytext", "text", "mediumtext", "longtext"];
const BLOBS: [&str; 4] = ["tinyblob", "blob", "mediumblob", "longblob"];

/// The smallest of the four that holds so many bytes: `TEXT(100)` is a TINYTEXT.
fn sized(length: u32, names: [&'static str; 4]) -> (LobSize, &'static str) {
    match length {
        0 => (LobSize::Small, names[1]),
        1..=255 => (LobSize::Tiny, names[0]),
        256..=65_535 => (LobSize::Small, names[1]),
        65_536..=16_777_215 => (LobSize::Medium, names[2]),
        _ => (LobSize::Long, names[3]),
    }
}

/// What MySQL has instead of a type of another database.
fn elsewhere(name: &str) -> &'static str {
    match name {
        "timestamptz" => "timestamp",
        "bytea" | "image" => "blob",
        "jsonb" => "json",
        "smallserial" | "bigserial" | "serial4" | "serial8" => "bigint auto_increment",
        "number" => "decimal",
        "money" => "decimal(19,4)",
        "inet" | "cidr" => "inet6",
        "interval" => "bigint",
        "clob" | "ntext" => "longtext",
        _ => "text",
    }
}
