//! When a result may be NULL. A strict function gives NULL for NULL, and for nothing else unless it is listed here, by
//! measurement: `server_tests` calls every strict one with values that are not NULL.

use super::catalog::{FunctionKind, OperatorRow, Overload};
use super::types::{Category, PgType};

/// When a result is NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    Never,
    /// Where an argument is NULL.
    Argument,
    /// An aggregate: where none of its rows has arguments that are all not NULL, so also without a row.
    NoRows,
    /// Also for arguments that are not NULL.
    Maybe,
}

/// Strict functions that give NULL for arguments that are not, with the reason: by name or, where others of the name do not,
/// by signature.
pub(super) const STRICT_BUT_NULL: &[(&str, &str)] = &[
    ("area(path)", "a path that is open"),
    ("array_dims", "an empty array"),
    ("array_length", "no such dimension"),
    ("array_lower", "no such dimension"),
    ("array_ndims", "an empty array"),
    ("array_upper", "no such dimension"),
    ("col_description", "no comment"),
    (
        "current_setting(text, boolean)",
        "no such setting, with `missing_ok`",
    ),
    ("date_part", "a field of an infinity"),
    ("extract", "a field of an infinity"),
    ("json_array_elements_text", "JSON's null"),
    ("json_each_text", "JSON's null"),
    ("json_extract_path", "nothing there"),
    ("json_extract_path_text", "nothing there, or JSON's null"),
    ("jsonb_array_elements_text", "JSON's null"),
    ("jsonb_each_text", "JSON's null"),
    ("jsonb_extract_path", "nothing there"),
    ("jsonb_extract_path_text", "nothing there, or JSON's null"),
    ("jsonb_path_match", "a result that is no boolean"),
    ("jsonb_path_match_tz", "a result that is no boolean"),
    ("jsonb_path_query_first", "nothing found"),
    ("jsonb_path_query_first_tz", "nothing found"),
    (
        "lower(anymultirange)",
        "a range without that bound, or empty",
    ),
    ("lower(anyrange)", "a range without that bound, or empty"),
    ("min_scale", "NaN and the infinities"),
    ("obj_description", "no comment"),
    ("regexp_match", "no match"),
    ("regexp_substr", "no match"),
    ("scale", "NaN and the infinities"),
    ("shobj_description", "no comment"),
    ("substring(text, text)", "no match of a regular expression"),
    (
        "substring(text, text, text)",
        "no match of a regular expression",
    ),
    ("time(timestamp with time zone)", "an infinity"),
    ("time(timestamp without time zone)", "an infinity"),
    ("timetz(timestamp with time zone)", "an infinity"),
    ("to_char", "an empty format"),
    ("to_number", "an empty format"),
    ("ts_debug", "a token without a dictionary"),
    ("unnest", "an element that is NULL"),
    (
        "upper(anymultirange)",
        "a range without that bound, or empty",
    ),
    ("upper(anyrange)", "a range without that bound, or empty"),
];

/// Beginnings of the names of functions that show the server's state, of which much may be missing.
const OF_THE_SERVER: &[&str] = &["has_", "inet_", "pg_", "to_reg", "txid_"];

/// Strict operators of which the same is true.
pub(super) const OPERATORS_BUT_NULL: &[(&str, &str)] = &[
    ("#>", "nothing there"),
    ("#>>", "nothing there, or JSON's null"),
    ("->", "nothing there"),
    ("->>", "nothing there, or JSON's null"),
    ("line # line", "parallel lines"),
    ("lseg # lseg", "segments that do not meet"),
    ("line ## lseg", "parallel lines"),
    ("lseg ## lseg", "parallel segments"),
    ("path + path", "a path that is closed"),
    ("jsonb @@ jsonpath", "a result that is no boolean"),
    ("jsonb @? jsonpath", "an error in the path's steps"),
];

/// Functions that are called for NULL and give none.
pub(super) const NEVER: &[&str] = &[
    "concat",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "num_nonnulls",
    "num_nulls",
    "quote_nullable",
];

/// Aggregates and window functions that give a number in any case.
pub(super) const COUNTS: &[&str] = &[
    "count",
    "cume_dist",
    "dense_rank",
    "percent_rank",
    "rank",
    "regr_count",
    "row_number",
];

/// Aggregates that give NULL for no rows, and for nothing else.
pub(super) const OF_ROWS: &[&str] = &[
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "jsonb_object_agg",
    "max",
    "min",
    "range_agg",
    "range_intersect_agg",
    "stddev_pop",
    "string_agg",
    "sum",
    "var_pop",
    "xmlagg",
];

fn is_listed(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == name)
}

fn is_null_for_values(overload: &Overload) -> bool {
    let is_of_the_server = |start: &&str| overload.name.starts_with(start);
    OF_THE_SERVER.iter().any(is_of_the_server)
        || is_listed(STRICT_BUT_NULL, &overload.name)
        || is_listed(STRICT_BUT_NULL, &overload.signature())
}

/// Returns when the result of an operator is NULL.
pub(super) fn of_operator(symbol: &str, row: &OperatorRow) -> Null {
    let is_null_for_values = is_listed(OPERATORS_BUT_NULL, symbol)
        || is_listed(OPERATORS_BUT_NULL, &row.signature(symbol));
    if row.is_strict && !is_null_for_values {
        Null::Argument
    } else {
        Null::Maybe
    }
}

/// Returns when the result of a cast is NULL.
pub(crate) fn cast_null(from: PgType, to: PgType) -> Null {
    let is_moment = from == PgType::TIMESTAMP || from == PgType::TIMESTAMPTZ;
    let is_time = to == PgType::TIME || to == PgType::TIMETZ;
    // An infinity has no time of day; JSON's null is NULL from PostgreSQL 18 on.
    let is_json =
        from == PgType::JSONB && matches!(to.category(), Category::Boolean | Category::Numeric);
    if is_moment && is_time || is_json {
        Null::Maybe
    } else {
        Null::Argument
    }
}

/// Returns when the result of a call with this number of arguments is NULL.
pub(super) fn of_function(overload: &Overload, arguments: usize) -> Null {
    let name = overload.name.as_ref();
    let is_of = |list: &[&str]| list.contains(&name);
    match overload.kind {
        _ if is_of(COUNTS) => Null::Never,
        FunctionKind::Aggregate if is_of(OF_ROWS) => Null::NoRows,
        FunctionKind::Aggregate
        | FunctionKind::Ordered { .. }
        | FunctionKind::Hypothetical { .. } => Null::Maybe,
        FunctionKind::Window => of_window(name, arguments),
        FunctionKind::Scalar if is_of(NEVER) => Null::Never,
        FunctionKind::Scalar if overload.is_strict && !is_null_for_values(overload) => {
            Null::Argument
        }
        FunctionKind::Scalar => Null::Maybe,
    }
}

/// `lag` and `lead` have no row at an end of the partition, unless a third argument stands for it.
fn of_window(name: &str, arguments: usize) -> Null {
    match name {
        "ntile" => Null::Argument,
        "lag" | "lead" if arguments == 3 => Null::Argument,
        _ => Null::Maybe,
    }
}
