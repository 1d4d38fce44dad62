//! Queries of MySQL and MariaDB: chapters "Functions and Operators" of their manuals.

use super::Null::{Argument, Maybe, Never};
use super::numbers::{Rank, is_text, rank, wider};
use super::{DECIMAL, Gives, Grammar, TEXT, number_of, returns, returns_text};
use crate::ast::TypeName;
use crate::column_type::{ColumnType, LobSize};
use crate::typing::mysql::{function, merged, takes_call};

pub(crate) static GRAMMAR: Grammar = Grammar {
    functions: FUNCTIONS,
    untyped: UNTYPED,
    optional: OPTIONAL,
    sum,
    average: sum,
    rounded,
    arithmetic,
    number,
    negative,
    absolute,
    cast,
    cast_gives_null,
    condition: ColumnType::I64,
    bits: ColumnType::U64,
    element: JSON,
    element_value: TEXT,
    operand: |of| match of {
        // The number of its digits: 20260131.
        ColumnType::Date | ColumnType::DateTime(0) | ColumnType::Time(0) => ColumnType::I64,
        ColumnType::Bit(_) => ColumnType::U64,
        of => number_of(of),
    },
    common: merged,
    counts: COUNTS,
    arguments: ARGUMENTS,
    form: |checker, call, arguments, span| checker.form_of_mysql(call, arguments, span),
    takes_call,
    measured: function,
};

const JSON: ColumnType = ColumnType::Json { binary: false };

/// The least and the largest number of arguments, where they were not measured.
const COUNTS: &[(&str, usize, usize)] = &[
    ("benchmark", 2, 2),
    ("cume_dist", 0, 0),
    ("dense_rank", 0, 0),
    ("get_lock", 2, 2),
    ("greatest", 2, 255),
    ("is_free_lock", 1, 1),
    ("is_used_lock", 1, 1),
    ("least", 2, 255),
    ("load_file", 1, 1),
    ("percent_rank", 0, 0),
    ("rank", 0, 0),
    ("release_lock", 1, 1),
    ("repeat", 2, 2),
    ("round", 1, 2),
    ("row_number", 0, 0),
    ("sleep", 1, 1),
    ("timestampadd", 2, 2),
    ("timestampdiff", 2, 2),
];

const FUNCTIONS: &[(&str, Gives)] = &[
    ("abs", Gives::Absolute),
    ("ascii", returns(ColumnType::I64, Argument)),
    ("avg", Gives::Average),
    ("benchmark", returns(ColumnType::I64, Maybe)),
    ("ceil", Gives::Rounded),
    ("ceiling", Gives::Rounded),
    ("char_length", returns(ColumnType::I64, Argument)),
    ("character_length", returns(ColumnType::I64, Argument)),
    ("coalesce", Gives::Coalesced),
    ("concat", returns_text(Argument)),
    ("concat_ws", returns_text(Argument)),
    ("convert", returns_text(Argument)),
    ("count", returns(ColumnType::I64, Never)),
    ("curdate", returns(ColumnType::Date, Never)),
    ("current_date", returns(ColumnType::Date, Never)),
    ("current_timestamp", returns(ColumnType::DateTime(0), Never)),
    ("current_user", returns_text(Maybe)),
    ("database", returns_text(Maybe)),
    ("date", returns(ColumnType::Date, Maybe)),
    ("date_format", returns_text(Maybe)),
    ("datediff", returns(ColumnType::I64, Maybe)),
    ("day", returns(ColumnType::I64, Maybe)),
    ("dayname", returns_text(Maybe)),
    ("dayofmonth", returns(ColumnType::I64, Maybe)),
    ("dayofweek", returns(ColumnType::I64, Maybe)),
    ("dayofyear", returns(ColumnType::I64, Maybe)),
    ("dense_rank", returns(ColumnType::I64, Never)),
    ("elt", returns_text(Maybe)),
    ("find_in_set", returns(ColumnType::I64, Argument)),
    ("first_value", Gives::Argument(0, Maybe)),
    ("floor", Gives::Rounded),
    ("format", returns_text(Maybe)),
    ("get_lock", returns(ColumnType::I64, Maybe)),
    ("greatest", Gives::Common(0)),
    ("group_concat", returns_text(Maybe)),
    ("hex", returns_text(Argument)),
    ("hour", returns(ColumnType::I64, Maybe)),
    ("if", Gives::Common(1)),
    ("ifnull", Gives::Coalesced),
    ("inet_ntoa", returns_text(Maybe)),
    ("instr", returns(ColumnType::I64, Argument)),
    ("isnull", returns(ColumnType::I64, Never)),
    ("json_array", returns(JSON, Maybe)),
    ("json_arrayagg", returns(JSON, Maybe)),
    ("json_extract", returns(JSON, Maybe)),
    ("json_object", returns(JSON, Maybe)),
    ("json_objectagg", returns(JSON, Maybe)),
    ("json_unquote", returns_text(Maybe)),
    ("json_value", returns_text(Maybe)),
    ("lag", Gives::Argument(0, Maybe)),
    ("last_day", returns(ColumnType::Date, Maybe)),
    ("last_value", Gives::Argument(0, Maybe)),
    ("lcase", returns_text(Argument)),
    ("lead", Gives::Argument(0, Maybe)),
    ("least", Gives::Common(0)),
    ("left", returns_text(Argument)),
    ("length", returns(ColumnType::I64, Argument)),
    ("localtime", returns(ColumnType::DateTime(0), Never)),
    ("localtimestamp", returns(ColumnType::DateTime(0), Never)),
    ("locate", returns(ColumnType::I64, Argument)),
    ("lower", returns_text(Argument)),
    ("lpad", returns_text(Maybe)),
    ("ltrim", returns_text(Argument)),
    ("max", Gives::Argument(0, Maybe)),
    ("md5", returns_text(Argument)),
    ("min", Gives::Argument(0, Maybe)),
    ("minute", returns(ColumnType::I64, Maybe)),
    ("month", returns(ColumnType::I64, Maybe)),
    ("monthname", returns_text(Maybe)),
    ("now", returns(ColumnType::DateTime(6), Never)),
    ("ntile", returns(ColumnType::I64, Never)),
    ("nullif", Gives::Argument(0, Maybe)),
    ("position", returns(ColumnType::I64, Maybe)),
    ("pow", returns(ColumnType::F64, Maybe)),
    ("power", returns(ColumnType::F64, Maybe)),
    ("quarter", returns(ColumnType::I64, Maybe)),
    ("rand", returns(ColumnType::F64, Never)),
    ("rank", returns(ColumnType::I64, Never)),
    ("release_lock", returns(ColumnType::I64, Maybe)),
    ("repeat", returns_text(Maybe)),
    ("replace", returns_text(Argument)),
    ("reverse", returns_text(Argument)),
    ("right", returns_text(Argument)),
    ("round", Gives::Rounded),
    ("row_number", returns(ColumnType::I64, Never)),
    ("rpad", returns_text(Maybe)),
    ("rtrim", returns_text(Argument)),
    ("schema", returns_text(Maybe)),
    ("second", returns(ColumnType::I64, Maybe)),
    ("sha1", returns_text(Argument)),
    ("sha2", returns_text(Maybe)),
    ("sleep", returns(ColumnType::I64, Maybe)),
    ("sqrt", returns(ColumnType::F64, Maybe)),
    ("strcmp", returns(ColumnType::I64, Argument)),
    ("substr", returns_text(Argument)),
    ("substring", returns_text(Maybe)),
    ("substring_index", returns_text(Argument)),
    ("sum", Gives::Sum),
    ("timestampdiff", returns(ColumnType::I64, Maybe)),
    ("to_days", returns(ColumnType::I64, Maybe)),
    ("trim", returns_text(Maybe)),
    ("truncate", Gives::Rounded),
    ("ucase", returns_text(Argument)),
    ("unix_timestamp", returns(ColumnType::I64, Maybe)),
    ("upper", returns_text(Argument)),
    ("user", returns_text(Never)),
    ("utc_date", returns(ColumnType::Date, Never)),
    ("utc_timestamp", returns(ColumnType::DateTime(0), Never)),
    ("uuid", returns_text(Never)),
    ("week", returns(ColumnType::I64, Maybe)),
    ("weekday", returns(ColumnType::I64, Maybe)),
    ("year", returns(ColumnType::I64, Maybe)),
];

const ARGUMENTS: &[(&str, &str)] = &[
    ("date_format", "-t"),
    ("find_in_set", "t"),
    ("from_unixtime", "it"),
    ("get_lock", "ti"),
    ("json_contains", "t"),
    ("json_length", "t"),
    ("json_unquote", "t"),
    ("json_value", "t"),
    ("lcase", "t"),
    ("left", "ti"),
    ("locate", "tti"),
    ("lpad", "tit"),
    ("md5", "t"),
    ("regexp_instr", "t"),
    ("regexp_replace", "t"),
    ("regexp_substr", "t"),
    ("repeat", "ti"),
    ("right", "ti"),
    ("rpad", "tit"),
    ("sha1", "t"),
    ("sha2", "ti"),
    ("str_to_date", "t"),
    ("substring_index", "tti"),
    ("timestampadd", "i-"),
    ("truncate", "-i"),
    ("ucase", "t"),
    ("unhex", "t"),
];

const OPTIONAL: &[&str] = &[
    "chr",
    "cume_dist",
    "current_time",
    "curtime",
    "encode",
    "json_type",
    "json_valid",
    "lastval",
    "match",
    "nextval",
    "nth_value",
    "octet_length",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "quote",
    "regexp_replace",
    "setval",
    "stddev_pop",
    "stddev_samp",
    "sysdate",
    "to_char",
    "utc_time",
    "var_pop",
    "var_samp",
];

const UNTYPED: &[&str] = &[
    "addtime",
    "bin",
    "bit_and",
    "bit_count",
    "bit_or",
    "cos",
    "crc32",
    "date_add",
    "date_sub",
    "exp",
    "extract",
    "field",
    "from_days",
    "from_unixtime",
    "inet6_aton",
    "inet6_ntoa",
    "inet_aton",
    "json_contains",
    "json_keys",
    "json_length",
    "ln",
    "log",
    "log10",
    "log2",
    "makedate",
    "maketime",
    "mod",
    "radians",
    "sec_to_time",
    "sign",
    "sin",
    "st_astext",
    "st_x",
    "st_y",
    "std",
    "stddev",
    "str_to_date",
    "subtime",
    "time_format",
    "time_to_sec",
    "timediff",
    "timestampadd",
    "unhex",
    "variance",
    "yearweek",
];

/// Exact numbers have exact sums and averages.
fn sum(of: &ColumnType) -> Option<ColumnType> {
    match of {
        ColumnType::Year => Some(DECIMAL),
        of => wider(of, &DECIMAL),
    }
}

fn rounded(of: &ColumnType) -> Option<ColumnType> {
    Some(exact_or_float(computed_rank(of)?, is_unsigned(of)))
}

/// A number without a sign makes the result one, but for a remainder, which has the sign of what is divided.
fn arithmetic(left: &ColumnType, sign: char, right: &ColumnType) -> Option<ColumnType> {
    let widest = computed_rank(left)?.max(computed_rank(right)?);
    if sign == '/' && widest < Rank::F64 {
        return Some(DECIMAL);
    }
    let unsigned = is_unsigned(left) || (sign != '%' && is_unsigned(right));
    Some(exact_or_float(widest, unsigned))
}

/// The rank of a number that is computed with: of 64 bits, also without a sign.
fn computed_rank(of: &ColumnType) -> Option<Rank> {
    match of {
        ColumnType::Year => Some(Rank::I16),
        ColumnType::U64 => Some(Rank::I64),
        of => rank(of),
    }
}

/// Whether values of the type are numbers without a sign.
pub(crate) fn is_unsigned(of: &ColumnType) -> bool {
    let integer = of.class().integer();
    *of == ColumnType::Year || integer.is_some_and(|integer| !integer.signed)
}

fn exact_or_float(rank: Rank, unsigned: bool) -> ColumnType {
    match rank {
        Rank::I16 | Rank::I32 | Rank::I64 if unsigned => ColumnType::U64,
        Rank::I16 | Rank::I32 | Rank::I64 => ColumnType::I64,
        Rank::Decimal => DECIMAL,
        Rank::F64 => ColumnType::F64,
    }
}

fn number(written: &str) -> Option<ColumnType> {
    let digits = |byte: u8| byte.is_ascii_digit();
    if written.bytes().all(digits) {
        let fits = written.parse::<i64>().is_ok();
        return Some(if fits { ColumnType::I64 } else { DECIMAL });
    }
    if written.bytes().all(|byte| digits(byte) || byte == b'.') {
        return Some(DECIMAL);
    }
    let float = |byte: u8| digits(byte) || b".eE+-".contains(&byte);
    written.bytes().all(float).then_some(ColumnType::F64)
}

/// A wider integer, as the least one has no negative of its own type; a text is a number.
fn negative(of: &ColumnType) -> Option<ColumnType> {
    match of {
        ColumnType::U64 | ColumnType::Bool | ColumnType::Year => Some(ColumnType::I64),
        of if is_text(of) => Some(ColumnType::F64),
        of => Some(exact_or_float(computed_rank(of)?, false)),
    }
}

fn absolute(of: &ColumnType) -> Option<ColumnType> {
    match of {
        of if is_unsigned(of) => Some(ColumnType::U64),
        of => negative(of),
    }
}

/// Returns whether a cast gives NULL, with a warning, for a text that is not a date or not of MariaDB's own type.
/// Numbers are 0 then.
fn cast_gives_null(to: &ColumnType) -> bool {
    let is_number = rank(to).is_some();
    let is_bytes = matches!(
        to,
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob(_)
    );
    !(is_number || is_bytes || is_text(to))
}

fn cast(to: &TypeName, _: Option<&ColumnType>) -> Option<ColumnType> {
    Some(match to.name.as_str() {
        "signed" => ColumnType::I64,
        "unsigned" => ColumnType::U64,
        "char" | "nchar" | "character" => TEXT,
        "binary" => ColumnType::Blob(LobSize::Unbounded),
        "decimal" => DECIMAL,
        _ => return None,
    })
}
