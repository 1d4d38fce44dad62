//! SQLite's queries: pages "Built-In Scalar SQL Functions", "Built-in Aggregate Functions" and "SQL Language Expressions".

use super::Null::{Argument, Maybe, Never};
use super::numbers::is_text;
use super::{DECIMAL, Gives, Grammar, TEXT, returns, text};
use crate::ast::TypeName;
use crate::column_type::{ColumnType, LobSize};

pub(super) static GRAMMAR: Grammar = Grammar {
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
};

const FUNCTIONS: &[(&str, Gives)] = &[
    ("abs", Gives::Absolute),
    ("avg", Gives::Average),
    ("changes", returns(ColumnType::I64, Never)),
    ("char", text(Never)),
    ("coalesce", Gives::Coalesced),
    ("concat", text(Never)),
    ("concat_ws", text(Maybe)),
    ("count", returns(ColumnType::I64, Never)),
    ("current_date", text(Never)),
    ("current_time", text(Never)),
    ("current_timestamp", text(Never)),
    ("date", text(Maybe)),
    ("datetime", text(Maybe)),
    ("dense_rank", returns(ColumnType::I64, Never)),
    ("first_value", Gives::Argument(0, Maybe)),
    ("format", text(Maybe)),
    ("group_concat", text(Maybe)),
    ("hex", text(Never)),
    ("ifnull", Gives::Coalesced),
    ("iif", Gives::Common(1)),
    ("instr", returns(ColumnType::I64, Argument)),
    ("julianday", returns(ColumnType::F64, Maybe)),
    ("lag", Gives::Argument(0, Maybe)),
    ("last_value", Gives::Argument(0, Maybe)),
    ("lead", Gives::Argument(0, Maybe)),
    ("length", returns(ColumnType::I64, Argument)),
    ("lower", text(Argument)),
    ("ltrim", text(Argument)),
    ("max", Gives::Argument(0, Maybe)),
    ("min", Gives::Argument(0, Maybe)),
    ("ntile", returns(ColumnType::I64, Never)),
    ("nullif", Gives::Argument(0, Maybe)),
    ("printf", text(Maybe)),
    ("quote", text(Never)),
    ("random", returns(ColumnType::I64, Never)),
    ("rank", returns(ColumnType::I64, Never)),
    ("replace", text(Argument)),
    ("round", returns(ColumnType::F64, Argument)),
    ("row_number", returns(ColumnType::I64, Never)),
    ("rtrim", text(Argument)),
    ("strftime", text(Maybe)),
    ("string_agg", text(Maybe)),
    ("substr", text(Argument)),
    ("substring", text(Argument)),
    ("sum", Gives::Sum),
    ("time", text(Maybe)),
    ("total", returns(ColumnType::F64, Never)),
    ("trim", text(Argument)),
    ("typeof", text(Never)),
    ("unicode", returns(ColumnType::I64, Maybe)),
    ("unixepoch", returns(ColumnType::I64, Maybe)),
    ("upper", text(Argument)),
];

const OPTIONAL: &[&str] = &[
    "ceil",
    "ceiling",
    "cos",
    "cume_dist",
    "exp",
    "floor",
    "if",
    "ln",
    "log",
    "log10",
    "log2",
    "mod",
    "octet_length",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "pow",
    "power",
    "radians",
    "sin",
    "sqrt",
    "timediff",
    "trunc",
];

const UNTYPED: &[&str] = &[
    "glob",
    "json",
    "json_array",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_object",
    "json_tree",
    "json_type",
    "json_valid",
    "like",
    "likely",
    "match",
    "nth_value",
    "raise",
    "randomblob",
    "sign",
    "unhex",
    "zeroblob",
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
