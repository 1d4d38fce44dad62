//! PostgreSQL's built-in types, spelled as `format_type` does.

use crate::ast::{TypeArgument, TypeName};
use crate::column_type::{ColumnType, DecimalSize, LobSize};

use super::{Known, arguments, fraction, number};

/// A built-in type.
pub(super) fn known(written: &TypeName) -> Known {
    if written.schema.is_some() {
        return Known::Unsupported(user_type(written));
    }
    let plain = |column_type: ColumnType, sql: &str| Known::Type(column_type, sql.to_owned());
    match written.name.as_str() {
        "char" if written.written.starts_with('"') => plain(ColumnType::Char(1), "\"char\""),
        "smallint" | "int2" | "smallserial" | "serial2" => plain(ColumnType::I16, "smallint"),
        "integer" | "int" | "int4" | "serial" | "serial4" => plain(ColumnType::I32, "integer"),
        "bigint" | "int8" | "bigserial" | "serial8" => plain(ColumnType::I64, "bigint"),
        "boolean" | "bool" => plain(ColumnType::Bool, "boolean"),
        "real" | "float4" => plain(ColumnType::F32, "real"),
        "float" if number(written, 0).is_some_and(|bits| bits <= 24) => {
            plain(ColumnType::F32, "real")
        }
        "double precision" | "float8" | "float" => plain(ColumnType::F64, "double precision"),
        "numeric" | "decimal" | "dec" => decimal(written),
        "text" => plain(ColumnType::Text(LobSize::Unbounded), "text"),
        "name" => plain(ColumnType::VarChar(Some(63)), "name"),
        "bytea" => plain(ColumnType::Blob(LobSize::Unbounded), "bytea"),
        "date" => plain(ColumnType::Date, "date"),
        "interval" => Known::Type(
            ColumnType::Interval,
            format!("interval{}", arguments(written)),
        ),
        name if name.starts_with("interval ") => Known::Type(
            ColumnType::Interval,
            format!("{name}{}", arguments(written)),
        ),
        "uuid" => plain(ColumnType::Uuid, "uuid"),
        "json" => plain(ColumnType::Json { binary: false }, "json"),
        "jsonb" => plain(ColumnType::Json { binary: true }, "jsonb"),
        "character varying"
        | "varchar"
        | "char varying"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => Known::Type(
            ColumnType::VarChar(number(written, 0)),
            format!("character varying{}", arguments(written)),
        ),
        "bpchar" if written.arguments.is_empty() => plain(ColumnType::VarChar(None), "bpchar"),
        "character" | "char" | "nchar" | "national character" | "national char" | "bpchar" => {
            let length = number(written, 0).unwrap_or(1);
            Known::Type(ColumnType::Char(length), format!("character({length})"))
        }
        "time" if written.suffix != "with time zone" => Known::Type(
            ColumnType::Time(fraction(written, 6)),
            zoned(written, "without"),
        ),
        "timestamp" if written.suffix == "with time zone" => Known::Type(
            ColumnType::Timestamp(fraction(written, 6)),
            zoned(written, "with"),
        ),
        "timestamp" => Known::Type(
            ColumnType::DateTime(fraction(written, 6)),
            zoned(written, "without"),
        ),
        "timetz" => Known::Unsupported(format!("time{} with time zone", arguments(written))),
        "bit" => Known::Unsupported(format!("bit({})", number(written, 0).unwrap_or(1))),
        "varbit" => Known::Unsupported(format!("bit varying{}", arguments(written))),
        "timestamptz" => Known::Type(
            ColumnType::Timestamp(fraction(written, 6)),
            format!("timestamp{} with time zone", arguments(written)),
        ),
        name => elsewhere(name).map_or_else(
            || Known::Unsupported(user_type(written)),
            |near| Known::Missing(user_type(written), near),
        ),
    }
}

/// Types of other databases, with what PostgreSQL has instead.
fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "tinyint" | "int1" => "smallint",
        "mediumint" | "int3" => "integer",
        "datetime" | "datetime2" | "smalldatetime" => "timestamp",
        "nvarchar" | "varchar2" | "nvarchar2" => "varchar",
        "tinytext" | "mediumtext" | "longtext" | "clob" | "ntext" | "string" => "text",
        "blob" | "tinyblob" | "mediumblob" | "longblob" | "binary" | "varbinary" | "image" => {
            "bytea"
        }
        "double" => "double precision",
        "number" => "numeric",
        "enum" => "CREATE TYPE … AS ENUM",
        "set" => "text[]",
        "year" => "smallint",
        "guid" | "uniqueidentifier" => "uuid",
        _ => return None,
    })
}

fn zoned(written: &TypeName, with: &str) -> String {
    format!("{}{} {with} time zone", written.name, arguments(written))
}

fn decimal(written: &TypeName) -> Known {
    let Some(precision) = number(written, 0) else {
        return Known::Type(ColumnType::Decimal(None), "numeric".to_owned());
    };
    if let Some(TypeArgument::Number(scale)) = written.arguments.get(1)
        && scale.starts_with('-')
    {
        // Rounded before the point, which no other database knows: a number like any other.
        let sql_type = format!("numeric({precision},{scale})");
        return Known::Type(ColumnType::Decimal(None), sql_type);
    }
    let scale = number(written, 1).unwrap_or(0);
    Known::Type(
        ColumnType::Decimal(Some(DecimalSize { precision, scale })),
        format!("numeric({precision},{scale})"),
    )
}

/// A type of the user or of an extension: quoted where it needs to be.
pub(super) fn user_type(written: &TypeName) -> String {
    let schema = written
        .schema
        .as_ref()
        .map(|schema| format!("{}.", quoted(schema)))
        .unwrap_or_default();
    let suffix = if written.suffix.is_empty() {
        String::new()
    } else {
        format!(" {}", written.suffix)
    };
    let name = if written.name.contains(' ') && !written.written.contains('"') {
        written.name.clone()
    } else {
        quoted(&written.name)
    };
    format!("{schema}{name}{}{suffix}", arguments(written))
}

fn quoted(name: &str) -> String {
    let plain = name
        .starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '_' || !sign.is_ascii())
        && name.chars().all(|sign| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_' || !sign.is_ascii()
        });
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
