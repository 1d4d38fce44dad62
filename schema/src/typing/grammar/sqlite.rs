//! SQLite's queries: pages "Built-In Scalar SQL Functions", "Built-in Aggregate Functions" and "SQL Language Expressions".

use super::Null::{Argument, Maybe, Never};
use super::numbers::{is_text, wider};
use super::{DECIMAL, Gives, Grammar, TEXT, number_of, returns, returns_text};
use crate::ast::TypeName;
use crate::column_type::{ColumnType, LobSize, TypeClass};

pub(crate) static GRAMMAR: Grammar = Grammar {
    functions: FUNCTIONS,
    untyped: UNTYPED,
    optional: OPTIONAL,
    sum,
    average: |_| Some(ColumnType::F64),
    rounded: |_| Some(ColumnType::F64),
    arithmetic,
    number,
    negative: |of| arithmetic_of(of, DECIMAL),
    absolute: |of| arithmetic_of(of, ColumnType::F64),
    cast,
    cast_gives_null: |_| false,
    condition: ColumnType::I64,
    bits: ColumnType::I64,
    element: ColumnType::Text(LobSize::Unbounded),
    element_value: ColumnType::Any,
    operand: number_of,
    common: |one, other| wider(one, other).or_else(|| texts_of_both(one, other)),
    counts: COUNTS,
    arguments: ARGUMENTS,
    form: |checker, call, arguments, span| checker.form_of_sqlite(call, arguments, span),
    takes_call: |_, _| true,
    measured: |_| None,
};

const FUNCTIONS: &[(&str, Gives)] = &[
    ("abs", Gives::Absolute),
    ("acos", returns(ColumnType::F64, Maybe)),
    ("asin", returns(ColumnType::F64, Maybe)),
    ("atan", returns(ColumnType::F64, Maybe)),
    ("atan2", returns(ColumnType::F64, Maybe)),
    ("avg", Gives::Average),
    ("bm25", returns(ColumnType::F64, Maybe)),
    ("changes", returns(ColumnType::I64, Never)),
    ("char", returns_text(Never)),
    ("coalesce", Gives::Coalesced),
    ("concat", returns_text(Never)),
    ("concat_ws", returns_text(Maybe)),
    ("cos", returns(ColumnType::F64, Maybe)),
    ("count", returns(ColumnType::I64, Never)),
    ("cume_dist", returns(ColumnType::F64, Never)),
    ("current_date", returns_text(Never)),
    ("current_time", returns_text(Never)),
    ("current_timestamp", returns_text(Never)),
    ("date", returns_text(Maybe)),
    ("datetime", returns_text(Maybe)),
    ("degrees", returns(ColumnType::F64, Maybe)),
    ("dense_rank", returns(ColumnType::I64, Never)),
    ("exp", returns(ColumnType::F64, Maybe)),
    ("first_value", Gives::Argument(0, Maybe)),
    ("format", returns_text(Maybe)),
    ("glob", returns(ColumnType::I64, Argument)),
    ("group_concat", returns_text(Maybe)),
    ("hex", returns_text(Never)),
    ("highlight", returns_text(Maybe)),
    ("ifnull", Gives::Coalesced),
    ("iif", Gives::Common(1)),
    ("instr", returns(ColumnType::I64, Argument)),
    ("json", returns_text(Argument)),
    ("json_array", returns_text(Never)),
    ("json_group_array", returns_text(Never)),
    ("json_group_object", returns_text(Never)),
    ("json_insert", returns_text(Maybe)),
    ("json_object", returns_text(Never)),
    ("json_patch", returns_text(Maybe)),
    ("json_quote", returns_text(Maybe)),
    ("json_remove", returns_text(Maybe)),
    ("json_replace", returns_text(Maybe)),
    ("json_set", returns_text(Maybe)),
    ("json_type", returns_text(Maybe)),
    ("julianday", returns(ColumnType::F64, Maybe)),
    ("lag", Gives::Argument(0, Maybe)),
    ("last_insert_rowid", returns(ColumnType::I64, Never)),
    ("last_value", Gives::Argument(0, Maybe)),
    ("lead", Gives::Argument(0, Maybe)),
    ("length", returns(ColumnType::I64, Argument)),
    ("like", returns(ColumnType::I64, Argument)),
    ("likelihood", Gives::Argument(0, Argument)),
    ("likely", Gives::Argument(0, Argument)),
    ("ln", returns(ColumnType::F64, Maybe)),
    ("log", returns(ColumnType::F64, Maybe)),
    ("log10", returns(ColumnType::F64, Maybe)),
    ("log2", returns(ColumnType::F64, Maybe)),
    ("lower", returns_text(Argument)),
    ("ltrim", returns_text(Argument)),
    ("max", Gives::Argument(0, Maybe)),
    ("min", Gives::Argument(0, Maybe)),
    ("nth_value", Gives::Argument(0, Maybe)),
    ("ntile", returns(ColumnType::I64, Never)),
    ("nullif", Gives::Argument(0, Maybe)),
    ("octet_length", returns(ColumnType::I64, Argument)),
    ("percent_rank", returns(ColumnType::F64, Never)),
    ("pi", returns(ColumnType::F64, Never)),
    ("pow", returns(ColumnType::F64, Maybe)),
    ("power", returns(ColumnType::F64, Maybe)),
    ("printf", returns_text(Maybe)),
    ("quote", returns_text(Never)),
    ("radians", returns(ColumnType::F64, Maybe)),
    ("random", returns(ColumnType::I64, Never)),
    (
        "randomblob",
        returns(ColumnType::Blob(LobSize::Unbounded), Never),
    ),
    ("rank", returns(ColumnType::I64, Never)),
    ("replace", returns_text(Argument)),
    ("round", returns(ColumnType::F64, Argument)),
    ("row_number", returns(ColumnType::I64, Never)),
    ("rtrim", returns_text(Argument)),
    ("sin", returns(ColumnType::F64, Maybe)),
    ("snippet", returns_text(Maybe)),
    // Of the library that is bundled; it has a text for NULL, too.
    ("soundex", returns_text(Never)),
    ("sqlite_version", returns_text(Never)),
    ("sqrt", returns(ColumnType::F64, Maybe)),
    ("strftime", returns_text(Maybe)),
    ("string_agg", returns_text(Maybe)),
    ("substr", returns_text(Argument)),
    ("substring", returns_text(Argument)),
    ("sum", Gives::Sum),
    ("tan", returns(ColumnType::F64, Maybe)),
    ("time", returns_text(Maybe)),
    ("timediff", returns_text(Maybe)),
    ("total", returns(ColumnType::F64, Never)),
    ("total_changes", returns(ColumnType::I64, Never)),
    ("trim", returns_text(Argument)),
    ("typeof", returns_text(Never)),
    (
        "unhex",
        returns(ColumnType::Blob(LobSize::Unbounded), Maybe),
    ),
    ("unicode", returns(ColumnType::I64, Maybe)),
    ("unixepoch", returns(ColumnType::I64, Maybe)),
    ("unlikely", Gives::Argument(0, Argument)),
    ("upper", returns_text(Argument)),
    (
        "zeroblob",
        returns(ColumnType::Blob(LobSize::Unbounded), Never),
    ),
];

const OPTIONAL: &[&str] = &[
    "ceil",
    "ceiling",
    "floor",
    "if",
    "mod",
    "percentile_cont",
    "percentile_disc",
    "trunc",
];

const UNTYPED: &[&str] = &[
    "json_array_length",
    "json_each",
    "json_extract",
    "json_tree",
    "json_valid",
    "match",
    "raise",
    "sign",
];

const ARGUMENTS: &[(&str, &str)] = &[
    ("date", "t"),
    ("datetime", "t"),
    ("format", "t-"),
    ("glob", "t"),
    ("json", "t"),
    ("json_array_length", "t"),
    ("json_type", "t"),
    ("julianday", "t"),
    ("like", "t"),
    ("printf", "t-"),
    ("randomblob", "i"),
    ("strftime", "t"),
    ("time", "t"),
    ("timediff", "t"),
    ("unicode", "t"),
    ("unixepoch", "t"),
    ("zeroblob", "i"),
];

/// The least and the largest number of arguments, where they are bounded (`pragma_function_list`).
const COUNTS: &[(&str, usize, usize)] = &[
    ("abs", 1, 1),
    ("avg", 1, 1),
    ("ceil", 1, 1),
    ("ceiling", 1, 1),
    ("changes", 0, 0),
    ("coalesce", 2, 255),
    ("concat", 1, 255),
    ("concat_ws", 2, 255),
    ("cos", 1, 1),
    ("count", 0, 1),
    ("cume_dist", 0, 0),
    ("current_date", 0, 0),
    ("current_time", 0, 0),
    ("current_timestamp", 0, 0),
    ("dense_rank", 0, 0),
    ("exp", 1, 1),
    ("first_value", 1, 1),
    ("floor", 1, 1),
    ("glob", 2, 2),
    ("group_concat", 1, 2),
    ("highlight", 4, 4),
    ("hex", 1, 1),
    ("if", 2, 255),
    ("ifnull", 2, 2),
    ("iif", 2, 255),
    ("instr", 2, 2),
    ("json", 1, 1),
    ("json_array_length", 1, 2),
    ("json_each", 0, 2),
    ("json_error_position", 1, 1),
    ("json_group_array", 1, 1),
    ("json_group_object", 2, 2),
    ("json_patch", 2, 2),
    ("json_pretty", 1, 2),
    ("json_quote", 1, 1),
    ("json_remove", 1, 255),
    ("json_tree", 0, 2),
    ("json_type", 1, 2),
    ("json_valid", 1, 1),
    ("lag", 1, 3),
    ("last_value", 1, 1),
    ("lead", 1, 3),
    ("length", 1, 1),
    ("like", 2, 3),
    ("likelihood", 2, 2),
    ("likely", 1, 1),
    ("ln", 1, 1),
    ("log", 1, 2),
    ("log10", 1, 1),
    ("log2", 1, 1),
    ("lower", 1, 1),
    ("ltrim", 1, 2),
    ("match", 2, 2),
    ("max", 1, 255),
    ("min", 1, 255),
    ("mod", 2, 2),
    ("nth_value", 2, 2),
    ("ntile", 1, 1),
    ("nullif", 2, 2),
    ("percent_rank", 0, 0),
    ("pow", 2, 2),
    ("power", 2, 2),
    ("quote", 1, 1),
    ("radians", 1, 1),
    ("random", 0, 0),
    ("randomblob", 1, 1),
    ("rank", 0, 0),
    ("replace", 3, 3),
    ("round", 1, 2),
    ("row_number", 0, 0),
    ("rtrim", 1, 2),
    ("sign", 1, 1),
    ("sin", 1, 1),
    ("snippet", 1, 6),
    ("soundex", 1, 1),
    ("sqrt", 1, 1),
    ("string_agg", 2, 2),
    ("substr", 2, 3),
    ("substring", 2, 3),
    ("sum", 1, 1),
    ("total", 1, 1),
    ("trim", 1, 2),
    ("trunc", 1, 1),
    ("typeof", 1, 1),
    ("unicode", 1, 1),
    ("upper", 1, 1),
    ("zeroblob", 1, 1),
];

/// By how values of the type are stored: integers and reals stay what they are, decimals are either. `-a` makes an integer
/// or a real of a text, `abs` a real ("Built-In Scalar SQL Functions", "SQL Language Expressions").
fn arithmetic_of(of: &ColumnType, of_text: ColumnType) -> Option<ColumnType> {
    match of {
        ColumnType::Bool | ColumnType::Year | ColumnType::U64 => Some(ColumnType::I64),
        of if of.is_integer() => Some(ColumnType::I64),
        ColumnType::F32 | ColumnType::F64 => Some(ColumnType::F64),
        ColumnType::Decimal(_) => Some(DECIMAL),
        of => is_text(of).then_some(of_text),
    }
}

/// A cast goes by the characters of the type's name and by nothing else: `DATE` makes a number of a text ("CAST
/// expressions").
fn cast(to: &TypeName, of: Option<&ColumnType>) -> Option<ColumnType> {
    let name = to.written.to_uppercase();
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    Some(if holds(&["INT"]) {
        ColumnType::I64
    } else if holds(&["CHAR", "CLOB", "TEXT"]) {
        TEXT
    } else if name.is_empty() || holds(&["BLOB"]) {
        ColumnType::Blob(LobSize::Unbounded)
    } else if holds(&["REAL", "FLOA", "DOUB"]) {
        ColumnType::F64
    } else {
        match of {
            Some(of) if of.is_integer() || *of == ColumnType::Bool => ColumnType::I64,
            Some(ColumnType::F32 | ColumnType::F64) => ColumnType::F64,
            Some(_) | None => DECIMAL,
        }
    })
}

/// Integers give an integer, floating-point numbers such a one; anything else gives either.
fn sum(of: &ColumnType) -> Option<ColumnType> {
    arithmetic(of, '+', of)
}

fn arithmetic(left: &ColumnType, _sign: char, right: &ColumnType) -> Option<ColumnType> {
    let float = |column_type: &ColumnType| *column_type == ColumnType::F64;
    if float(left) || float(right) {
        return Some(ColumnType::F64);
    }
    let integers = left.is_integer() && right.is_integer();
    Some(if integers { ColumnType::I64 } else { DECIMAL })
}

fn number(written: &str) -> Option<ColumnType> {
    let digits = |byte: u8| byte.is_ascii_digit();
    if written.bytes().all(digits) {
        let fits = written.parse::<i64>().is_ok();
        return Some(if fits {
            ColumnType::I64
        } else {
            ColumnType::F64
        });
    }
    let float = |byte: u8| digits(byte) || b".eE+-".contains(&byte);
    written.bytes().all(float).then_some(ColumnType::F64)
}

/// Dates and times are texts.
fn texts_of_both(one: &ColumnType, other: &ColumnType) -> Option<ColumnType> {
    let is_text = |of: &ColumnType| {
        let class = of.class();
        let is_moment = matches!(
            class,
            TypeClass::Date | TypeClass::Time | TypeClass::DateTime | TypeClass::Timestamp
        );
        is_text(of) || is_moment
    };
    (is_text(one) && is_text(other)).then_some(ColumnType::Text(LobSize::Unbounded))
}
