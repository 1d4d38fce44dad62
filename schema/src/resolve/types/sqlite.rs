//! SQLite's declared types: free text. Names that say what is meant are taken at their word, the rest by affinity.

use crate::lists::IntoVec as _;
use std::sync::LazyLock;

use crate::ast::TypeName;
use crate::column_type::{ColumnType, DecimalSize, LobSize};
use crate::name::same_word;

use super::table::{ByName, Entry, by_name};
use super::{TypeLookup, Types, names_of, nearest, number};

pub(super) static FACTS: Types = Types {
    entries: TYPES,
    look_up,
    are_made_by_schemas: false,
    are_declared_as_written: false,
    arguments: None,
    text_of_length: |length| format!("VARCHAR({length})"),
    bytes_of_length: |length| Some(format!("VARBINARY({length})")),
    floats_have_digits: false,
};

static BY_NAME: LazyLock<ByName> = LazyLock::new(|| by_name(TYPES));

/// Looks up a declared type.
pub(super) fn look_up(written: &TypeName) -> TypeLookup {
    let by_name = |name: &str| BY_NAME.get(name);
    if let Some(entry) = by_name(&written.name).or_else(|| by_name(written.name.trim())) {
        return (entry.rule)(written);
    }
    if let Some(type_name) = without_sign(written) {
        return look_up(&type_name);
    }
    let sql = spelled(written);
    match by_affinity(&written.written.to_uppercase()) {
        Some(column_type) => TypeLookup::Guessed(column_type, sql),
        None => TypeLookup::Anything(sql),
    }
}

/// The type whose name is nearly this one, where the name is not one of another database and does not hold it as a whole:
/// `NTEXT` and `TEXTS` are as good as `TEXT`.
pub(super) fn misspelt(name: &str) -> Option<&'static str> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let near = nearest(name, TYPES).filter(|_| plain)?;
    let others = [super::postgres::TYPES, super::mysql::TYPES];
    let foreign = others
        .iter()
        .any(|other| names_of(other).any(|known| known == name));
    (!foreign && !name.contains(near)).then_some(near)
}

/// `UNSIGNED INT`, `INT(10) UNSIGNED`: to SQLite one more word, wherever it stands. The entries look at `written`.
fn without_sign(written: &TypeName) -> Option<TypeName> {
    let words = || written.name.split(' ');
    let is_sign = |word: &str| word == "unsigned" || word == "signed";
    words().any(is_sign).then(|| TypeName {
        name: words().filter(|word| !is_sign(word)).into_vec().join(" "),
        ..written.clone()
    })
}

/// As `PRAGMA table_info` has it: the standard names in capitals, any other as written.
fn spelled(written: &TypeName) -> String {
    const STANDARD: [&str; 6] = ["any", "blob", "int", "integer", "real", "text"];
    if STANDARD
        .iter()
        .any(|word| same_word(word, &written.written))
    {
        written.written.to_uppercase()
    } else {
        written.written.clone()
    }
}

fn mapped_to(written: &TypeName, column_type: ColumnType) -> TypeLookup {
    TypeLookup::Type(column_type, spelled(written))
}

const UNSIGNED: &str = "unsigned";

fn is_unsigned(written: &TypeName) -> bool {
    // Most types are shorter than the word, and build scripts are not optimised.
    let written = &written.written;
    let mut words = written.split(|sign: char| !sign.is_ascii_alphanumeric());
    written.len() > UNSIGNED.len() && words.any(|word| same_word(word, UNSIGNED))
}

fn integer(written: &TypeName, signed: ColumnType, unsigned: ColumnType) -> TypeLookup {
    let column_type = if is_unsigned(written) {
        unsigned
    } else {
        signed
    };
    mapped_to(written, column_type)
}

/// Sized where it says a length.
fn sized_text(written: &TypeName, sized: fn(u32) -> ColumnType) -> TypeLookup {
    let column_type = number(written, 0).map_or(ColumnType::Text(LobSize::Unbounded), sized);
    mapped_to(written, column_type)
}

fn sized_bytes(written: &TypeName, sized: fn(u32) -> ColumnType) -> TypeLookup {
    let column_type = number(written, 0).map_or(ColumnType::Blob(LobSize::Unbounded), sized);
    mapped_to(written, column_type)
}

const MOMENT: &str = "text as ISO 8601 has it is written and read; seconds since 1970 in an integer and Julian days in a \
                      real are read too";

const BY_NAME_ONLY: &[Entry] = &[
    Entry {
        names: &["boolean", "bool"],
        rule: |written| mapped_to(written, ColumnType::Bool),
        examples: &["BOOLEAN"],
        note: "0 and 1; any other number is a `Decode` error",
    },
    Entry {
        names: &["tinyint", "int1"],
        rule: |written| match number(written, 0) {
            Some(1) if !is_unsigned(written) => mapped_to(written, ColumnType::Bool),
            Some(_) | None => integer(written, ColumnType::I8, ColumnType::U8),
        },
        examples: &["TINYINT", "TINYINT UNSIGNED", "TINYINT(1)"],
        note: "`TINYINT(1)` is a boolean",
    },
    Entry {
        names: &["smallint", "int2"],
        rule: |written| integer(written, ColumnType::I16, ColumnType::U16),
        examples: &["SMALLINT", "SMALLINT UNSIGNED"],
        note: "",
    },
    Entry {
        names: &["mediumint"],
        rule: |written| integer(written, ColumnType::I24, ColumnType::U24),
        examples: &["MEDIUMINT", "MEDIUMINT UNSIGNED"],
        note: "",
    },
    Entry {
        names: &["int", "integer"],
        rule: |written| integer(written, ColumnType::I64, ColumnType::U32),
        examples: &["INTEGER", "INT UNSIGNED"],
        note: "64 bits, as SQLite keeps them under this name",
    },
    Entry {
        names: &["bigint", "big int", "int8", "long integer", "long"],
        rule: |written| integer(written, ColumnType::I64, ColumnType::U64),
        examples: &["BIGINT", "BIGINT UNSIGNED"],
        note: "unsigned values past 9223372036854775807 are refused before they are sent",
    },
    Entry {
        names: &["serial", "bigserial"],
        rule: |written| TypeLookup::Guessed(ColumnType::I64, spelled(written)),
        examples: &["BIGSERIAL"],
        note: "an integer that is not generated, which a warning says; an error in a key",
    },
    Entry {
        names: &[
            "real",
            "float",
            "double",
            "double precision",
            "float4",
            "float8",
        ],
        rule: |written| mapped_to(written, ColumnType::F64),
        examples: &["REAL", "DOUBLE"],
        note: "NaN is refused before it is sent: SQLite would store NULL",
    },
    Entry {
        // Two spellings of ours, whose TEXT affinity keeps every digit.
        names: &["decimal", "numeric", "dec", "number", "decimal_text"],
        rule: |written| {
            // SQLite keeps the digits of `NUMERIC(10,-2)`, too: a number like any other.
            let scale = match written.arguments.get(1) {
                Some(_) => number(written, 1),
                None => Some(0),
            };
            let size = number(written, 0).zip(scale);
            let size = size.map(|(precision, scale)| DecimalSize { precision, scale });
            mapped_to(written, ColumnType::Decimal(size))
        },
        examples: &["DECIMAL(10,2)", "NUMERIC", "DECIMAL_TEXT(38,10)"],
        note: "up to 15 digits, more are refused before they are sent; any number of them in a `DECIMAL_TEXT`",
    },
    Entry {
        names: &["text", "clob"],
        rule: |written| mapped_to(written, ColumnType::Text(LobSize::Unbounded)),
        examples: &["TEXT"],
        note: "",
    },
    Entry {
        names: &["char", "character", "nchar", "native character"],
        rule: |written| sized_text(written, ColumnType::Char),
        examples: &["CHAR(8)", "CHARACTER"],
        note: "SQLite does not look at the length",
    },
    Entry {
        names: &[
            "varchar",
            "nvarchar",
            "character varying",
            "varying character",
            "char varying",
            "varchar2",
        ],
        rule: |written| sized_text(written, |length| ColumnType::VarChar(Some(length))),
        examples: &["VARCHAR(40)", "NVARCHAR"],
        note: "SQLite does not look at the length",
    },
    Entry {
        names: &["blob", "bytea"],
        rule: |written| mapped_to(written, ColumnType::Blob(LobSize::Unbounded)),
        examples: &["BLOB"],
        note: "",
    },
    Entry {
        names: &["binary"],
        rule: |written| sized_bytes(written, ColumnType::Binary),
        examples: &["BINARY(16)"],
        note: "`uuid::Uuid` by `@type` or `[types]` where it holds one",
    },
    Entry {
        names: &["varbinary"],
        rule: |written| sized_bytes(written, ColumnType::VarBinary),
        examples: &["VARBINARY(40)"],
        note: "",
    },
    Entry {
        names: &["date"],
        rule: |written| mapped_to(written, ColumnType::Date),
        examples: &["DATE"],
        note: "text: `2026-11-20`",
    },
    Entry {
        names: &["time"],
        rule: |written| mapped_to(written, ColumnType::Time(digits(written))),
        examples: &["TIME"],
        note: "text: `13:45:00.250000`",
    },
    Entry {
        names: &["datetime", "timestamp", "timestamp without time zone"],
        rule: |written| mapped_to(written, ColumnType::DateTime(digits(written))),
        examples: &["DATETIME", "TIMESTAMP"],
        note: MOMENT,
    },
    Entry {
        names: &["timestamptz", "timestamp with time zone"],
        rule: |written| mapped_to(written, ColumnType::Timestamp(digits(written))),
        examples: &["TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"],
        note: MOMENT,
    },
    Entry {
        names: &["year"],
        rule: |written| mapped_to(written, ColumnType::Year),
        examples: &["YEAR"],
        note: "",
    },
    Entry {
        names: &["uuid", "guid"],
        rule: |written| mapped_to(written, ColumnType::Uuid),
        examples: &["UUID"],
        note: "text of 36 characters is written; 16 bytes are read too",
    },
    Entry {
        names: &["json", "json_text"],
        rule: |written| mapped_to(written, ColumnType::Json { binary: false }),
        examples: &["JSON"],
        note: "a lone number has up to 15 digits and no `.0`, unless the column is a `JSON_TEXT`; PostgreSQL's `json` is not compared, so neither ordered, grouped nor united: `JSONB` is",
    },
    Entry {
        names: &["jsonb"],
        rule: |written| mapped_to(written, ColumnType::Json { binary: true }),
        examples: &["JSONB"],
        note: "text; SQLite's binary form is not written",
    },
    Entry {
        names: &["any", ""],
        rule: |written| mapped_to(written, ColumnType::Any),
        examples: &["ANY", ""],
        note: "an integer, a real, text or bytes",
    },
];

/// All types, in the order of the page.
pub(super) const TYPES: &[&[Entry]] = &[BY_NAME_ONLY];

/// SQLite looks at no digits: what is declared is kept by the values that are written, all of a microsecond where nothing is.
fn digits(written: &TypeName) -> u8 {
    super::fraction(written, 6)
}

/// Section 3.1 of SQLite's "Datatypes"; numeric affinity alone does not say what is meant.
fn by_affinity(written: &str) -> Option<ColumnType> {
    let holds = |words: &[&str]| words.iter().any(|word| written.contains(word));
    if holds(&["INT"]) {
        Some(ColumnType::I64)
    } else if holds(&["CHAR", "CLOB", "TEXT"]) {
        Some(ColumnType::Text(LobSize::Unbounded))
    } else if holds(&["BLOB"]) {
        Some(ColumnType::Blob(LobSize::Unbounded))
    } else if holds(&["REAL", "FLOA", "DOUB"]) {
        Some(ColumnType::F64)
    } else {
        None
    }
}
