//! When a result may be NULL. A strict function gives NULL for NULL, and for nothing else unless it is listed here, by
//! measurement: `server_tests` calls every strict one with values that are not NULL.

use super::catalog::{Kind, Overload};

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
    (
        "current_setting(text, boolean)",
        "no such setting, with `missing_ok`",
    ),
    ("jsonb_path_match", "a result that is no boolean"),
    ("jsonb_path_query_first", "nothing found"),
    (
        "lower(anymultirange)",
        "a range without that bound, or empty",
    ),
    ("lower(anyrange)", "a range without that bound, or empty"),
    ("regexp_match", "no match"),
    ("regexp_substr", "no match"),
    ("substring(text, text)", "no match of a regular expression"),
    ("to_char", "an empty format"),
    ("to_number", "an empty format"),
    (
        "upper(anymultirange)",
        "a range without that bound, or empty",
    ),
    ("upper(anyrange)", "a range without that bound, or empty"),
];

/// Strict operators of which the same is true.
pub(super) const OPERATORS_BUT_NULL: &[(&str, &str)] = &[
    ("#>", "nothing there"),
    ("#>>", "nothing there, or JSON's null"),
    ("->", "nothing there"),
    ("->>", "nothing there, or JSON's null"),
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
const COUNTS: &[&str] = &[
    "count",
    "cume_dist",
    "dense_rank",
    "percent_rank",
    "rank",
    "regr_count",
    "row_number",
];

/// Aggregates that give NULL for no rows, and for nothing else.
const OF_ROWS: &[&str] = &[
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
    is_listed(STRICT_BUT_NULL, &overload.name) || is_listed(STRICT_BUT_NULL, &overload.signature())
}

pub(super) fn of_operator(symbol: &str, is_strict: bool) -> Null {
    if is_strict && !is_listed(OPERATORS_BUT_NULL, symbol) {
        Null::Argument
    } else {
        Null::Maybe
    }
}

/// Returns when the result of a call with this number of arguments is NULL.
pub(super) fn of_function(overload: &Overload, arguments: usize) -> Null {
    let name = overload.name.as_ref();
    let is_of = |list: &[&str]| list.contains(&name);
    match overload.kind {
        _ if is_of(COUNTS) => Null::Never,
        Kind::Aggregate if is_of(OF_ROWS) => Null::NoRows,
        Kind::Aggregate | Kind::Ordered { .. } | Kind::Hypothetical { .. } => Null::Maybe,
        Kind::Window => of_window(name, arguments),
        Kind::Scalar if is_of(NEVER) => Null::Never,
        Kind::Scalar if overload.is_strict && !is_null_for_values(overload) => Null::Argument,
        Kind::Scalar => Null::Maybe,
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
