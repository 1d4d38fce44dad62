//! MySQL's and MariaDB's types, spelled as MariaDB's `SHOW COLUMNS` does.

use crate::lists::IntoVec as _;
use std::sync::LazyLock;

use crate::ast::{TypeArgument, TypeName};
use crate::column_type::{ColumnType, DecimalSize, LobSize};

use super::table::{ByName, Entry, by_name};
use super::{TypeLookup, Types, arguments, fraction, nearest, number};

pub(super) static FACTS: Types = Types {
    entries: TYPES,
    look_up,
    are_made_by_schemas: false,
    // `NATIONAL` types have another character set.
    are_declared_as_written: true,
    arguments: Some(arguments::MYSQL),
    text_of_length: |length| format!("varchar({length})"),
    bytes_of_length: |length| Some(format!("varbinary({length})")),
    floats_have_digits: true,
};

static BY_NAME: LazyLock<ByName> = LazyLock::new(|| by_name(TYPES));

/// A type of the server.
pub(super) fn look_up(written: &TypeName) -> TypeLookup {
    match BY_NAME.get(written.name.as_str()) {
        Some(entry) => (entry.rule)(written),
        None => TypeLookup::Missing(spelled(written), elsewhere(&written.name)),
    }
}

fn spelled(written: &TypeName) -> String {
    format!("{}{}", written.name, arguments(written))
}

fn plain(column_type: ColumnType, sql: &str) -> TypeLookup {
    TypeLookup::Type(column_type, sql.to_owned())
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

const NUMBERS: &[Entry] = &[
    Entry {
        names: &["bool", "boolean"],
        rule: |_| plain(ColumnType::Bool, "tinyint(1)"),
        examples: &["bool"],
        note: "0 and 1; any other number is a `Decode` error",
    },
    Entry {
        names: &["tinyint", "int1"],
        rule: |written| match integer(written, "tinyint", (4, 3), (ColumnType::I8, ColumnType::U8))
        {
            TypeLookup::Type(ColumnType::I8, sql) if sql == "tinyint(1)" => {
                TypeLookup::Type(ColumnType::Bool, sql)
            }
            other => other,
        },
        examples: &["tinyint", "tinyint unsigned", "tinyint(1)"],
        note: "`tinyint(1)` is a boolean; for small numbers write `tinyint`, or `@type i8`",
    },
    Entry {
        names: &["smallint", "int2"],
        rule: |written| {
            integer(
                written,
                "smallint",
                (6, 5),
                (ColumnType::I16, ColumnType::U16),
            )
        },
        examples: &["smallint", "smallint unsigned"],
        note: "",
    },
    Entry {
        names: &["mediumint", "int3", "middleint"],
        rule: |written| {
            integer(
                written,
                "mediumint",
                (9, 8),
                (ColumnType::I24, ColumnType::U24),
            )
        },
        examples: &["mediumint", "mediumint unsigned"],
        note: "",
    },
    Entry {
        names: &["int", "integer", "int4"],
        rule: |written| integer(written, "int", (11, 10), (ColumnType::I32, ColumnType::U32)),
        examples: &["int", "int unsigned"],
        note: "",
    },
    Entry {
        names: &["bigint", "int8"],
        rule: |written| {
            integer(
                written,
                "bigint",
                (20, 20),
                (ColumnType::I64, ColumnType::U64),
            )
        },
        examples: &["bigint", "bigint unsigned"],
        note: "",
    },
    Entry {
        names: &["serial"],
        rule: |_| plain(ColumnType::U64, "bigint(20) unsigned"),
        examples: &["serial"],
        note: "",
    },
    Entry {
        names: &["bit"],
        rule: |written| {
            let bits = number(written, 0).unwrap_or(1);
            let kept = u8::try_from(bits.max(1)).unwrap_or(u8::MAX);
            TypeLookup::Type(ColumnType::Bit(kept), format!("bit({bits})"))
        },
        examples: &["bit(8)"],
        note: "`bool` reads a `bit(1)` too, by `@type` or `[types]`",
    },
    Entry {
        names: &["decimal", "numeric", "dec", "fixed"],
        rule: |written| {
            let precision = number(written, 0).filter(|said| *said > 0).unwrap_or(10);
            let scale = number(written, 1).unwrap_or(0);
            let size = DecimalSize { precision, scale };
            let sql = format!("decimal({precision},{scale}){}", sign(written));
            TypeLookup::Type(ColumnType::Decimal(Some(size)), sql)
        },
        examples: &["decimal(12,2)"],
        note: "",
    },
    Entry {
        names: &["float", "float4"],
        rule: |written| {
            let sign = sign(written);
            match (written.arguments.len(), number(written, 0)) {
                (1, Some(bits)) if bits <= 24 => {
                    TypeLookup::Type(ColumnType::F32, format!("float{sign}"))
                }
                (1, _) => TypeLookup::Type(ColumnType::F64, format!("double{sign}")),
                _ => TypeLookup::Type(
                    ColumnType::F32,
                    format!("float{}{sign}", arguments(written)),
                ),
            }
        },
        examples: &["float", "float(53)"],
        note: "NaN and the infinities are refused before they are sent",
    },
    Entry {
        names: &["double", "double precision", "real", "float8"],
        rule: |written| {
            let sql = format!("double{}{}", arguments(written), sign(written));
            TypeLookup::Type(ColumnType::F64, sql)
        },
        examples: &["double"],
        note: "NaN and the infinities are refused before they are sent",
    },
];

const TEXTS: &[Entry] = &[
    Entry {
        names: &[
            "char",
            "character",
            "nchar",
            "national char",
            "national character",
        ],
        rule: |written| {
            let length = number(written, 0).unwrap_or(1);
            TypeLookup::Type(ColumnType::Char(length), format!("char({length})"))
        },
        examples: &["char(8)"],
        note: "blanks at the end are none of the value's",
    },
    Entry {
        names: &[
            "varchar",
            "nvarchar",
            "varcharacter",
            "char varying",
            "character varying",
            "national varchar",
            "national char varying",
            "national character varying",
            "nchar varchar",
            "nchar varying",
        ],
        rule: |written| match number(written, 0) {
            Some(length) => TypeLookup::Type(
                ColumnType::VarChar(Some(length)),
                format!("varchar({length})"),
            ),
            None => TypeLookup::Missing(written.name.clone(), "varchar(255)"),
        },
        examples: &["varchar(40)"],
        note: "",
    },
    Entry {
        names: &["tinytext"],
        rule: |_| plain(ColumnType::Text(LobSize::Tiny), "tinytext"),
        examples: &["tinytext"],
        note: "up to 255 bytes",
    },
    Entry {
        names: &["text"],
        rule: |written| {
            let (size, sql) = sized(number(written, 0), TEXT_NAMES);
            plain(ColumnType::Text(size), sql)
        },
        examples: &["text"],
        note: "up to 65,535 bytes; `TEXT(n)` is the smallest of the four that holds `n` characters of its character set",
    },
    Entry {
        names: &["mediumtext", "long", "long varchar", "long char"],
        rule: |_| plain(ColumnType::Text(LobSize::Medium), "mediumtext"),
        examples: &["mediumtext"],
        note: "up to 16 MiB",
    },
    Entry {
        names: &["longtext"],
        rule: |_| plain(ColumnType::Text(LobSize::Long), "longtext"),
        examples: &["longtext"],
        note: "up to 4 GiB",
    },
    Entry {
        names: &["binary", "char byte"],
        rule: |written| {
            let length = number(written, 0).unwrap_or(1);
            TypeLookup::Type(ColumnType::Binary(length), format!("binary({length})"))
        },
        examples: &["binary(16)"],
        note: "filled up with zeros by the server; `uuid::Uuid` by `@type` or `[types]` where it holds one",
    },
    Entry {
        names: &["varbinary"],
        rule: |written| {
            let length = number(written, 0).unwrap_or(1);
            TypeLookup::Type(
                ColumnType::VarBinary(length),
                format!("varbinary({length})"),
            )
        },
        examples: &["varbinary(40)"],
        note: "",
    },
    Entry {
        names: &["tinyblob"],
        rule: |_| plain(ColumnType::Blob(LobSize::Tiny), "tinyblob"),
        examples: &["tinyblob"],
        note: "up to 255 bytes",
    },
    Entry {
        names: &["blob"],
        rule: |written| {
            let (size, sql) = sized(number(written, 0), BLOB_NAMES);
            plain(ColumnType::Blob(size), sql)
        },
        examples: &["blob"],
        note: "up to 65,535 bytes; `BLOB(n)` is the smallest of the four that holds `n`",
    },
    Entry {
        names: &["mediumblob", "long varbinary"],
        rule: |_| plain(ColumnType::Blob(LobSize::Medium), "mediumblob"),
        examples: &["mediumblob"],
        note: "up to 16 MiB",
    },
    Entry {
        names: &["longblob"],
        rule: |_| plain(ColumnType::Blob(LobSize::Long), "longblob"),
        examples: &["longblob"],
        note: "up to 4 GiB",
    },
];

const MOMENTS: &[Entry] = &[
    Entry {
        names: &["date"],
        rule: |_| plain(ColumnType::Date, "date"),
        examples: &["date"],
        note: ZERO_DATE,
    },
    Entry {
        names: &["time"],
        rule: |written| moment(written, ColumnType::Time),
        examples: &["time", "time(6)"],
        note: "a span of more than a day, or below 0, is a `Decode` error",
    },
    Entry {
        names: &["datetime"],
        rule: |written| moment(written, ColumnType::DateTime),
        examples: &["datetime", "datetime(6)"],
        note: ZERO_DATE,
    },
    Entry {
        names: &["timestamp"],
        rule: |written| moment(written, ColumnType::Timestamp),
        examples: &["timestamp", "timestamp(6)"],
        note: ZERO_DATE,
    },
    Entry {
        names: &["year"],
        rule: |_| plain(ColumnType::Year, "year(4)"),
        examples: &["year"],
        note: "0 and 1901 to 2155; others are refused before they are sent",
    },
];

const ZERO_DATE: &str = "`0000-00-00` and days 0 are a `Decode` error that names engine, model and column; \
                         `bindery::types::ZeroOr<…>` reads and writes them, and is the type where the default is \
                         a date of zeros";

const OTHERS: &[Entry] = &[
    Entry {
        names: &["enum"],
        rule: |written| TypeLookup::Values(argument_values(written), spelled(written)),
        examples: &["enum('a','b')"],
        note: "an enum of the column",
    },
    Entry {
        names: &["set"],
        rule: |written| {
            TypeLookup::Type(ColumnType::Set(argument_values(written)), spelled(written))
        },
        examples: &["set('a','b')"],
        note: "",
    },
    Entry {
        names: &["json"],
        rule: |_| plain(ColumnType::Json { binary: false }, "longtext"),
        examples: &["json"],
        note: "",
    },
    Entry {
        names: &["uuid"],
        rule: |_| plain(ColumnType::Uuid, "uuid"),
        examples: &["uuid"],
        note: "MariaDB; an engine of MySQL gets a `char(36)`",
    },
    Entry {
        names: &["inet4"],
        rule: |written| TypeLookup::Text(spelled(written), Some("::core::net::Ipv4Addr")),
        examples: &["inet4"],
        note: "MariaDB; an engine of MySQL gets a `varchar(15)`",
    },
    Entry {
        names: &["inet6"],
        rule: |written| TypeLookup::Text(spelled(written), Some("::core::net::Ipv6Addr")),
        examples: &["inet6"],
        note: "MariaDB; an engine of MySQL gets a `varchar(45)`",
    },
    Entry {
        names: &["xmltype"],
        rule: |written| TypeLookup::Text(spelled(written), None),
        examples: &["xmltype"],
        note: "MariaDB; an engine of MySQL gets a `longtext`",
    },
    Entry {
        names: &["vector"],
        rule: |written| TypeLookup::Type(ColumnType::Blob(LobSize::Long), spelled(written)),
        examples: &["vector(3)"],
        note: "floats of 32 bits, the lowest byte first; `bindery::types::Vector` by `@type` or `[types]`",
    },
    Entry {
        names: &[
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection",
        ],
        rule: |written| TypeLookup::Type(ColumnType::Blob(LobSize::Long), spelled(written)),
        examples: &["geometry"],
        note: "as the server keeps it: the SRID in 4 bytes, the lowest first, then WKB",
    },
];

/// All types, in the order of the page.
pub(super) const TYPES: &[&[Entry]] = &[NUMBERS, TEXTS, MOMENTS, OTHERS];

const TEXT_NAMES: [&str; 4] = ["tinytext", "text", "mediumtext", "longtext"];
const BLOB_NAMES: [&str; 4] = ["tinyblob", "blob", "mediumblob", "longblob"];

/// `TEXT(100)` is a TINYTEXT.
fn sized(length: Option<u32>, names: [&'static str; 4]) -> (LobSize, &'static str) {
    let size = LobSize::holding(length.unwrap_or(0));
    let [tiny, small, medium, long] = names;
    let name = match size {
        LobSize::Tiny => tiny,
        LobSize::Small | LobSize::Unbounded => small,
        LobSize::Medium => medium,
        LobSize::Long => long,
    };
    (size, name)
}

/// `widths` and `types`: signed, unsigned.
fn integer(
    written: &TypeName,
    name: &str,
    widths: (u32, u32),
    types: (ColumnType, ColumnType),
) -> TypeLookup {
    let (width, column_type) = if unsigned(written) {
        (widths.1, types.1)
    } else {
        (widths.0, types.0)
    };
    // A width of nothing is none.
    let width = number(written, 0).filter(|said| *said > 0).unwrap_or(width);
    TypeLookup::Type(column_type, format!("{name}({width}){}", sign(written)))
}

fn moment(written: &TypeName, of: fn(u8) -> ColumnType) -> TypeLookup {
    let digits = fraction(written, 0);
    let sql = if digits == 0 {
        written.name.clone()
    } else {
        format!("{}({digits})", written.name)
    };
    TypeLookup::Type(of(digits), sql)
}

fn argument_values(written: &TypeName) -> Vec<String> {
    let value = |argument: &TypeArgument| match argument {
        TypeArgument::Text(text) | TypeArgument::Word(text) | TypeArgument::Number(text) => {
            text.trim_end().to_owned()
        }
    };
    written.arguments.iter().map(value).into_vec()
}

/// Returns MySQL's counterpart of a type of another database.
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
        _ => nearest(name, TYPES).unwrap_or("text"),
    }
}
