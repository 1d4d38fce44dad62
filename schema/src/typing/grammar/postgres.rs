//! PostgreSQL's queries: chapters "Functions and Operators" and "Type Conversion" of its manual.

use super::Null::{Argument, Maybe, Never};
use super::numbers::{Rank, rank, wider};
use super::{DECIMAL, Gives, Grammar, returns, text};
use crate::column_type::ColumnType;

pub(super) static GRAMMAR: Grammar = Grammar {
    functions: FUNCTIONS,
    untyped: UNTYPED,
    optional: OPTIONAL,
    sum,
    average,
    rounded,
    arithmetic,
    number,
    negative,
    absolute: negative,
    cast: |_, _| None,
    cast_gives_null: |_| false,
    condition: ColumnType::Bool,
};

const JSON: ColumnType = ColumnType::Json { binary: false };
const JSONB: ColumnType = ColumnType::Json { binary: true };
const NOW: ColumnType = ColumnType::Timestamp(6);

const FUNCTIONS: &[(&str, Gives)] = &[
    ("abs", Gives::Absolute),
    ("age", returns(ColumnType::Interval, Argument)),
    ("array_agg", Gives::Array),
    ("array_length", returns(ColumnType::I32, Maybe)),
    ("array_to_string", text(Maybe)),
    ("ascii", returns(ColumnType::I32, Argument)),
    ("avg", Gives::Average),
    ("bool_and", returns(ColumnType::Bool, Maybe)),
    ("bool_or", returns(ColumnType::Bool, Maybe)),
    ("btrim", text(Argument)),
    ("cardinality", returns(ColumnType::I32, Maybe)),
    ("ceil", Gives::Rounded),
    ("ceiling", Gives::Rounded),
    ("char_length", returns(ColumnType::I32, Argument)),
    ("character_length", returns(ColumnType::I32, Argument)),
    ("chr", text(Argument)),
    ("clock_timestamp", returns(NOW, Never)),
    ("coalesce", Gives::Coalesced),
    ("concat", text(Never)),
    ("concat_ws", text(Maybe)),
    ("count", returns(ColumnType::I64, Never)),
    ("cume_dist", returns(ColumnType::F64, Never)),
    ("current_date", returns(ColumnType::Date, Never)),
    ("current_timestamp", returns(NOW, Never)),
    ("date_part", returns(ColumnType::F64, Maybe)),
    ("date_trunc", Gives::Truncated),
    ("dense_rank", returns(ColumnType::I64, Never)),
    ("encode", text(Argument)),
    ("every", returns(ColumnType::Bool, Maybe)),
    ("first_value", Gives::Argument(0, Maybe)),
    ("floor", Gives::Rounded),
    ("format", text(Maybe)),
    ("gen_random_uuid", returns(ColumnType::Uuid, Never)),
    ("greatest", Gives::Common(0)),
    ("initcap", text(Argument)),
    ("json_agg", returns(JSON, Maybe)),
    ("json_build_object", returns(JSON, Never)),
    ("json_object_agg", returns(JSON, Maybe)),
    ("jsonb_agg", returns(JSONB, Maybe)),
    ("jsonb_build_object", returns(JSONB, Never)),
    ("jsonb_object_agg", returns(JSONB, Maybe)),
    ("lag", Gives::Argument(0, Maybe)),
    ("last_value", Gives::Argument(0, Maybe)),
    ("lead", Gives::Argument(0, Maybe)),
    ("least", Gives::Common(0)),
    ("left", text(Argument)),
    ("length", returns(ColumnType::I32, Argument)),
    ("localtimestamp", returns(ColumnType::DateTime(6), Never)),
    ("lower", Gives::Cased),
    ("lpad", text(Argument)),
    ("ltrim", text(Argument)),
    ("max", Gives::Argument(0, Maybe)),
    ("md5", text(Argument)),
    ("min", Gives::Argument(0, Maybe)),
    ("mod", Gives::Common(0)),
    ("now", returns(NOW, Never)),
    ("ntile", returns(ColumnType::I32, Never)),
    ("nullif", Gives::Argument(0, Maybe)),
    ("octet_length", returns(ColumnType::I32, Argument)),
    ("percent_rank", returns(ColumnType::F64, Never)),
    ("position", returns(ColumnType::I32, Maybe)),
    ("quote_ident", text(Argument)),
    ("quote_literal", text(Argument)),
    ("random", returns(ColumnType::F64, Never)),
    ("rank", returns(ColumnType::I64, Never)),
    ("regexp_replace", text(Argument)),
    ("repeat", text(Argument)),
    ("replace", text(Argument)),
    ("reverse", text(Argument)),
    ("right", text(Argument)),
    ("round", Gives::Rounded),
    ("row_number", returns(ColumnType::I64, Never)),
    ("row_to_json", returns(JSON, Maybe)),
    ("rpad", text(Argument)),
    ("rtrim", text(Argument)),
    ("split_part", text(Argument)),
    ("statement_timestamp", returns(NOW, Never)),
    ("stddev", Gives::Average),
    ("string_agg", text(Maybe)),
    ("strpos", returns(ColumnType::I32, Argument)),
    ("substr", text(Maybe)),
    ("substring", text(Maybe)),
    ("sum", Gives::Sum),
    ("to_char", text(Maybe)),
    ("to_date", returns(ColumnType::Date, Maybe)),
    ("to_hex", text(Argument)),
    ("to_json", returns(JSON, Maybe)),
    ("to_jsonb", returns(JSONB, Maybe)),
    ("to_timestamp", returns(NOW, Maybe)),
    ("transaction_timestamp", returns(NOW, Never)),
    ("translate", text(Argument)),
    ("trim", text(Maybe)),
    ("trunc", Gives::Rounded),
    ("upper", Gives::Cased),
    ("variance", Gives::Average),
];

const OPTIONAL: &[&str] = &[
    "bit_count",
    "cos",
    "json_array",
    "json_arrayagg",
    "json_object",
    "json_objectagg",
    "json_value",
    "log10",
    "nextval",
    "radians",
    "sin",
];

const UNTYPED: &[&str] = &[
    "array_append",
    "array_remove",
    "bit_and",
    "bit_or",
    "current_setting",
    "current_user",
    "date",
    "exp",
    "extract",
    "generate_series",
    "json_array_elements",
    "json_array_length",
    "json_each",
    "json_extract_path_text",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_array_length",
    "jsonb_each",
    "jsonb_extract_path_text",
    "ln",
    "log",
    "make_date",
    "make_interval",
    "mode",
    "nth_value",
    "overlay",
    "percentile_cont",
    "percentile_disc",
    "plainto_tsquery",
    "power",
    "regexp_matches",
    "setweight",
    "sign",
    "sqrt",
    "stddev_pop",
    "stddev_samp",
    "string_to_array",
    "timezone",
    "to_number",
    "to_tsquery",
    "to_tsvector",
    "ts_rank",
    "unnest",
    "var_pop",
    "var_samp",
    "width_bucket",
];

fn sum(of: &ColumnType) -> Option<ColumnType> {
    if matches!(of, ColumnType::Interval | ColumnType::F32) {
        return Some(of.clone());
    }
    Some(match rank(of)? {
        Rank::I16 | Rank::I32 => ColumnType::I64,
        Rank::I64 | Rank::Decimal => DECIMAL,
        Rank::F64 => ColumnType::F64,
    })
}

fn average(of: &ColumnType) -> Option<ColumnType> {
    if *of == ColumnType::Interval {
        return Some(ColumnType::Interval);
    }
    Some(match rank(of)? {
        Rank::I16 | Rank::I32 | Rank::I64 | Rank::Decimal => DECIMAL,
        Rank::F64 => ColumnType::F64,
    })
}

/// As wide as it is: what does not fit is an error.
fn negative(of: &ColumnType) -> Option<ColumnType> {
    match of {
        ColumnType::Decimal(_) => Some(DECIMAL),
        of => (rank(of).is_some() || *of == ColumnType::Interval).then(|| of.clone()),
    }
}

/// Integers are rounded as doubles.
fn rounded(of: &ColumnType) -> Option<ColumnType> {
    Some(match rank(of)? {
        Rank::Decimal => DECIMAL,
        Rank::I16 | Rank::I32 | Rank::I64 | Rank::F64 => ColumnType::F64,
    })
}

fn arithmetic(left: &ColumnType, sign: char, right: &ColumnType) -> Option<ColumnType> {
    if *left == ColumnType::F32 && *right == ColumnType::F32 {
        return Some(ColumnType::F32);
    }
    let numbers = rank(left).and(rank(right));
    numbers.map_or_else(|| calendar(left, sign, right), |_| wider(left, right))
}

/// Sums and differences of dates, times and spans.
fn calendar(left: &ColumnType, sign: char, right: &ColumnType) -> Option<ColumnType> {
    use ColumnType::{Date, DateTime, I32, Interval, Timestamp};
    let moment = |of: &ColumnType| matches!(of, DateTime(_) | Timestamp(_));
    let span = *right == Interval;
    if !matches!(sign, '+' | '-') {
        None
    } else if sign == '+' && *left == Interval && (moment(right) || *right == Date) {
        calendar(right, sign, left)
    } else if *left == Date && *right == Date {
        (sign == '-').then_some(I32)
    } else if *left == Date && right.is_integer() {
        Some(Date)
    } else if *left == Date && span {
        Some(DateTime(6))
    } else if span && (moment(left) || *left == Interval) {
        Some(left.clone())
    } else {
        let difference = sign == '-' && moment(left) && left == right;
        difference.then_some(Interval)
    }
}

fn number(written: &str) -> Option<ColumnType> {
    if !written.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
        return written.bytes().all(plain).then_some(DECIMAL);
    }
    Some(if written.parse::<i32>().is_ok() {
        ColumnType::I32
    } else if written.parse::<i64>().is_ok() {
        ColumnType::I64
    } else {
        DECIMAL
    })
}
