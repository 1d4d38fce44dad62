//! PostgreSQL's built-in types and those of its well-known extensions, spelled as `format_type` does.

use std::sync::LazyLock;

use crate::ast::{TypeArgument, TypeName};
use crate::column_type::{ColumnType, DecimalSize, LobSize};

use super::table::{ByName, Entry, by_name};
use super::{TypeLookup, Types, arguments, fraction, number};

pub(super) static FACTS: Types = Types {
    entries: TYPES,
    look_up,
    are_made_by_schemas: true,
    are_declared_as_written: false,
    arguments: Some(arguments::POSTGRES),
    text_of_length: |length| format!("character varying({length})"),
    bytes_of_length: |_| None,
    floats_have_digits: false,
};

static BY_NAME: LazyLock<ByName> = LazyLock::new(|| by_name(TYPES));

/// Looks up a declared type.
pub(super) fn look_up(written: &TypeName) -> TypeLookup {
    let name = if written.written.starts_with('"') && written.name == "char" {
        "\"char\""
    } else if written.name.starts_with("interval ") {
        "interval"
    } else {
        written.name.as_str()
    };
    let foreign = written.schema.is_some() && !of_an_extension(written);
    match BY_NAME.get(name).filter(|_| !foreign) {
        Some(entry) => (entry.rule)(written),
        None => match elsewhere(name).filter(|_| written.schema.is_none()) {
            Some(near) => TypeLookup::Missing(user_type(written), near),
            None => TypeLookup::Unsupported(user_type(written)),
        },
    }
}

/// Extensions are often kept in a schema of their own: `postgis.geometry`, `extensions.citext`.
fn of_an_extension(written: &TypeName) -> bool {
    EXTENSIONS
        .iter()
        .any(|entry| entry.names.contains(&written.name.as_str()))
}

fn plain(column_type: ColumnType, sql: &str) -> TypeLookup {
    TypeLookup::Type(column_type, sql.to_owned())
}

/// A type without one of Rust: its own text form.
fn text_form(written: &TypeName) -> TypeLookup {
    TypeLookup::Text(user_type(written), None)
}

const BUILT_IN: &[Entry] = &[
    Entry {
        names: &["smallint", "int2", "smallserial", "serial2"],
        rule: |_| plain(ColumnType::I16, "smallint"),
        examples: &["smallint"],
        note: "",
    },
    Entry {
        names: &["integer", "int", "int4", "serial", "serial4"],
        rule: |_| plain(ColumnType::I32, "integer"),
        examples: &["integer"],
        note: "",
    },
    Entry {
        names: &["bigint", "int8", "bigserial", "serial8"],
        rule: |_| plain(ColumnType::I64, "bigint"),
        examples: &["bigint"],
        note: "",
    },
    Entry {
        names: &["boolean", "bool"],
        rule: |_| plain(ColumnType::Bool, "boolean"),
        examples: &["boolean"],
        note: "",
    },
    Entry {
        names: &["real", "float4"],
        rule: |_| plain(ColumnType::F32, "real"),
        examples: &["real"],
        note: "",
    },
    Entry {
        names: &["double precision", "float8", "float"],
        rule: |written| match number(written, 0) {
            Some(bits) if bits <= 24 => plain(ColumnType::F32, "real"),
            Some(_) | None => plain(ColumnType::F64, "double precision"),
        },
        examples: &["double precision", "float(24)"],
        note: "NaN and the infinities are kept",
    },
    Entry {
        names: &["numeric", "decimal", "dec"],
        rule: decimal,
        examples: &["numeric(12,2)", "numeric"],
        note: "NaN and the infinities are a `Decode` error when they are read",
    },
    Entry {
        names: &["money"],
        rule: text_form,
        examples: &["money"],
        note: "as the server's `lc_monetary` writes it (`$1,234.50`); any amount it reads may be given",
    },
    Entry {
        names: &["text"],
        rule: |_| plain(ColumnType::Text(LobSize::Unbounded), "text"),
        examples: &["text"],
        note: "text with the character NUL is refused before it is sent",
    },
    Entry {
        names: &[
            "character varying",
            "varchar",
            "char varying",
            "national character varying",
            "national char varying",
            "nchar varying",
        ],
        rule: |written| {
            let sql = format!("character varying{}", arguments(written));
            TypeLookup::Type(ColumnType::VarChar(number(written, 0)), sql)
        },
        examples: &["varchar(40)", "varchar"],
        note: "",
    },
    Entry {
        names: &[
            "character",
            "char",
            "nchar",
            "national character",
            "national char",
            "bpchar",
        ],
        rule: character,
        examples: &["char(8)"],
        note: "blanks at the end are none of the value's",
    },
    Entry {
        names: &["\"char\""],
        rule: |_| plain(ColumnType::Char(1), "\"char\""),
        examples: &["\"char\""],
        note: "one byte",
    },
    Entry {
        names: &["name"],
        rule: |_| plain(ColumnType::VarChar(Some(63)), "name"),
        examples: &["name"],
        note: "",
    },
    Entry {
        names: &["xml"],
        rule: |_| plain(ColumnType::Text(LobSize::Unbounded), "xml"),
        examples: &["xml"],
        note: "",
    },
    Entry {
        names: &["bytea"],
        rule: |_| plain(ColumnType::Blob(LobSize::Unbounded), "bytea"),
        examples: &["bytea"],
        note: "",
    },
    Entry {
        names: &["bit"],
        rule: |written| TypeLookup::Text(format!("bit({})", number(written, 0).unwrap_or(1)), None),
        examples: &["bit(8)"],
        note: "digits: `10110001`",
    },
    Entry {
        names: &["bit varying", "varbit"],
        rule: |written| TypeLookup::Text(format!("bit varying{}", arguments(written)), None),
        examples: &["bit varying(8)"],
        note: "digits: `10110001`",
    },
    Entry {
        names: &["date"],
        rule: |_| plain(ColumnType::Date, "date"),
        examples: &["date"],
        note: "`infinity` is a `Decode` error",
    },
    Entry {
        names: &["time"],
        rule: |written| match zone(written) {
            Zone::Kept => TypeLookup::Text(zoned(written, "with"), None),
            Zone::None => TypeLookup::Type(
                ColumnType::Time(fraction(written, 6)),
                zoned(written, "without"),
            ),
        },
        examples: &["time", "time with time zone"],
        note: "`24:00` is a `Decode` error; with a zone as text: `04:05:06+02`",
    },
    Entry {
        names: &["timetz"],
        rule: |written| {
            TypeLookup::Text(format!("time{} with time zone", arguments(written)), None)
        },
        examples: &["timetz"],
        note: "`04:05:06+02`",
    },
    Entry {
        names: &["timestamp"],
        rule: |written| match zone(written) {
            Zone::Kept => TypeLookup::Type(
                ColumnType::Timestamp(fraction(written, 6)),
                zoned(written, "with"),
            ),
            Zone::None => TypeLookup::Type(
                ColumnType::DateTime(fraction(written, 6)),
                zoned(written, "without"),
            ),
        },
        examples: &["timestamp", "timestamp(3)", "timestamp with time zone"],
        note: "`infinity` is a `Decode` error",
    },
    Entry {
        names: &["timestamptz"],
        rule: |written| {
            let sql = format!("timestamp{} with time zone", arguments(written));
            TypeLookup::Type(ColumnType::Timestamp(fraction(written, 6)), sql)
        },
        examples: &["timestamptz"],
        note: "`infinity` is a `Decode` error",
    },
    Entry {
        names: &["interval"],
        rule: |written| {
            let sql = format!("{}{}", written.name, arguments(written));
            TypeLookup::Type(ColumnType::Interval, sql)
        },
        examples: &["interval"],
        note: "months, days and microseconds apart",
    },
    Entry {
        names: &["uuid"],
        rule: |_| plain(ColumnType::Uuid, "uuid"),
        examples: &["uuid"],
        note: "",
    },
    Entry {
        names: &["json"],
        rule: |_| plain(ColumnType::Json { binary: false }, "json"),
        examples: &["json"],
        note: "",
    },
    Entry {
        names: &["jsonb"],
        rule: |_| plain(ColumnType::Json { binary: true }, "jsonb"),
        examples: &["jsonb"],
        note: "",
    },
    Entry {
        names: &["jsonpath"],
        rule: text_form,
        examples: &["jsonpath"],
        note: "",
    },
    Entry {
        names: &["inet"],
        rule: |written| TypeLookup::Text(user_type(written), Some("::bindery::types::IpNet")),
        examples: &["inet"],
        note: "an address with the length of its network; `std::net::IpAddr` by `@type` or `[types]` where there is none",
    },
    Entry {
        names: &["cidr"],
        rule: |written| TypeLookup::Text(user_type(written), Some("::bindery::types::IpNet")),
        examples: &["cidr"],
        note: "",
    },
    Entry {
        names: &["macaddr", "macaddr8"],
        rule: text_form,
        examples: &["macaddr"],
        note: "`08:00:2b:01:02:03`",
    },
    Entry {
        names: &["point", "line", "lseg", "box", "path", "polygon", "circle"],
        rule: text_form,
        examples: &["point"],
        note: "`(1,2)`",
    },
    Entry {
        names: &["tsvector", "tsquery"],
        rule: text_form,
        examples: &["tsvector"],
        note: "`'blue' 'tea':2`",
    },
    Entry {
        names: &[
            "int4range",
            "int8range",
            "numrange",
            "tsrange",
            "tstzrange",
            "daterange",
        ],
        rule: text_form,
        examples: &["int4range"],
        note: "`[1,5)`",
    },
    Entry {
        names: &[
            "int4multirange",
            "int8multirange",
            "nummultirange",
            "tsmultirange",
            "tstzmultirange",
            "datemultirange",
        ],
        rule: text_form,
        examples: &["int4multirange"],
        note: "`{[1,5),[8,9)}`",
    },
    Entry {
        names: &["oid"],
        rule: |_| plain(ColumnType::U32, "oid"),
        examples: &["oid"],
        note: "",
    },
    Entry {
        names: &[
            "regclass",
            "regcollation",
            "regconfig",
            "regdictionary",
            "regnamespace",
            "regoper",
            "regoperator",
            "regproc",
            "regprocedure",
            "regrole",
            "regtype",
        ],
        rule: text_form,
        examples: &["regclass"],
        note: "the name: `public.users`",
    },
    Entry {
        names: &[
            "pg_lsn",
            "pg_snapshot",
            "txid_snapshot",
            "xid",
            "xid8",
            "cid",
            "tid",
            "aclitem",
            "refcursor",
            "int2vector",
            "oidvector",
        ],
        rule: text_form,
        examples: &["pg_lsn"],
        note: "as the server prints it",
    },
];

const EXTENSIONS: &[Entry] = &[
    Entry {
        names: &["citext"],
        rule: |written| TypeLookup::Type(ColumnType::Text(LobSize::Unbounded), user_type(written)),
        examples: &["citext"],
        note: "the server compares without regard to case, Rust does not",
    },
    Entry {
        names: &["hstore"],
        rule: text_form,
        examples: &["hstore"],
        note: "`\"a\"=>\"1\"`",
    },
    Entry {
        names: &["ltree", "lquery", "ltxtquery"],
        rule: text_form,
        examples: &["ltree"],
        note: "`Top.Science.Astronomy`",
    },
    Entry {
        names: &["cube", "seg", "earth"],
        rule: text_form,
        examples: &["cube"],
        note: "`(1, 2)`",
    },
    Entry {
        names: &[
            "ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc",
        ],
        rule: text_form,
        examples: &["isbn13"],
        note: "`978-0-11-000222-4`",
    },
    Entry {
        names: &["geometry", "geography"],
        rule: |written| TypeLookup::Text(shape(written), None),
        examples: &["geometry(Point,4326)"],
        note: "EWKB in hexadecimal digits when it is read; WKT (`POINT(1 2)`) may be given too",
    },
    Entry {
        names: &["box2d", "box3d", "raster"],
        rule: text_form,
        examples: &["box2d"],
        note: "as PostGIS prints it",
    },
    Entry {
        names: &["vector", "halfvec", "sparsevec"],
        rule: text_form,
        examples: &["vector(3)"],
        note: "`[1,2.5,3]`; `bindery::types::Vector` by `@type` or `[types]`",
    },
];

/// A type of PostGIS as it spells its shape: `geometry(PointZ,4326)`. What is of every shape, and no system, is not said;
/// a geography has a system always.
fn shape(written: &TypeName) -> String {
    const SHAPES: [&str; 16] = [
        "Geometry",
        "Point",
        "LineString",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
        "CircularString",
        "CompoundCurve",
        "CurvePolygon",
        "MultiCurve",
        "MultiSurface",
        "PolyhedralSurface",
        "Triangle",
        "Tin",
    ];
    let argument = |at: usize| {
        written.arguments.get(at).map(|argument| match argument {
            TypeArgument::Number(text) | TypeArgument::Text(text) | TypeArgument::Word(text) => {
                text.as_str()
            }
        })
    };
    let Some(kind) = argument(0) else {
        return user_type(written);
    };
    let upper = kind.to_uppercase();
    let of = |shape: &&&str| {
        upper
            .strip_prefix(&shape.to_uppercase())
            .is_some_and(|rest| matches!(rest, "" | "Z" | "M" | "ZM"))
    };
    let spelled = SHAPES.iter().find(of).map_or(kind.to_owned(), |shape| {
        format!("{shape}{}", &upper[shape.len()..])
    });
    let usual = if written.name == "geography" {
        Some("4326")
    } else {
        None
    };
    let system = argument(1).filter(|system| *system != "0").or(usual);
    let system = system.map_or(String::new(), |system| format!(",{system}"));
    let plain = TypeName {
        arguments: Vec::new(),
        ..written.clone()
    };
    if spelled == "Geometry" && system.is_empty() {
        return user_type(&plain);
    }
    format!("{}({spelled}{system})", user_type(&plain))
}

/// All types, in the order of the page.
pub(super) const TYPES: &[&[Entry]] = &[BUILT_IN, EXTENSIONS];

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

fn character(written: &TypeName) -> TypeLookup {
    if written.name == "bpchar" && written.arguments.is_empty() {
        return plain(ColumnType::VarChar(None), "bpchar");
    }
    let length = number(written, 0).unwrap_or(1);
    TypeLookup::Type(ColumnType::Char(length), format!("character({length})"))
}

/// Of a time, as it is written.
enum Zone {
    Kept,
    None,
}

fn zone(written: &TypeName) -> Zone {
    if written.suffix == "with time zone" {
        Zone::Kept
    } else {
        Zone::None
    }
}

fn zoned(written: &TypeName, with: &str) -> String {
    format!("{}{} {with} time zone", written.name, arguments(written))
}

fn decimal(written: &TypeName) -> TypeLookup {
    let Some(precision) = number(written, 0) else {
        return TypeLookup::Type(ColumnType::Decimal(None), "numeric".to_owned());
    };
    if let Some(TypeArgument::Number(scale)) = written.arguments.get(1)
        && scale.starts_with('-')
    {
        // Rounded before the point, which no other database knows: a number like any other.
        let sql_type = format!("numeric({precision},{scale})");
        return TypeLookup::Type(ColumnType::Decimal(None), sql_type);
    }
    let scale = number(written, 1).unwrap_or(0);
    TypeLookup::Type(
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
