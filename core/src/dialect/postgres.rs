//! PostgreSQL: what it can do, and how it writes names, constants and placeholders.

use super::function::{date_pattern, number_pattern, time_pattern};
use super::{
    Capabilities, Function, IdentifierLimit, Lists, QuerySyntax, ReadsOfChanged, RowLock, Spelling,
    ValueKind,
};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '"',
    backslash_escapes: false,
    bytes_prefix: "'\\x",
    numbered_placeholders: true,
    no_values: " DEFAULT VALUES",
};

pub(super) const QUERY_SYNTAX: QuerySyntax = QuerySyntax {
    lists: Lists::Array,
    like_folds_case: false,
    texts_have_nul: false,
    nulls_are_least: false,
    nulls_words: true,
    updates_return: true,
    no_limit: "",
    limit: " LIMIT ",
    locks_of_tables: true,
    excluded: ("excluded.", ""),
    reads_of_changed: ReadsOfChanged::Subqueries,
    hides_changed_table: false,
    by_bytes: " COLLATE \"C\"",
    string_agg: "string_agg",
    separator_after_order: None,
    rows_are_ranges: true,
    windows_order: true,
    frame_of_places: " ROWS UNBOUNDED PRECEDING",
    joins_groups: true,
};

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        returning: true,
        identifier_limit: IdentifierLimit::Bytes(63),
        folds_table_names: false,
        folds_column_names: false,
        max_parameters: 65_535,
        transactional_ddl: true,
        enum_types: true,
        arrays: true,
        partial_indexes: true,
        expression_indexes: true,
        indexes_in_table: false,
        comments_in_table: false,
        index_names_per_table: false,
        adds_foreign_keys: true,
        deferrable_foreign_keys: true,
        deferrable_uniques: true,
        nulls_not_distinct: true,
        set_default: true,
        merges_equal_keys: true,
        set_null_needs_null: false,
        schemas: true,
        computed_not_null: true,
        virtual_columns: false,
        on_update_now: false,
        counted_key_at_column: false,
        refers_to_keys_only: true,
        indexes_foreign_keys: false,
        counted_column_needs_key: false,
        periods: false,
        changes_case_of_all_letters: false,
    }
}

/// How functions are written; `{}` stands for the arguments.
/// The number at a path of a JSON value, between two texts.
macro_rules! json_number {
    ($before:literal, $after:literal) => {
        concat!(
            "(SELECT ",
            $before,
            "CASE jsonb_typeof(j) WHEN 'number' THEN CAST(j AS numeric) END",
            $after,
            " FROM (SELECT jsonb_path_query_first(CAST({} AS jsonb), CAST('strict ' || {} AS jsonpath), silent => true) AS j) AS found)"
        )
    };
}

/// A time that is moved by a number of this unit, no more of which are in the years that the other databases have. It is moved
/// 12,000 years later, when the calendar is the same: years before 4713 BC are an error.
macro_rules! added {
    ($unit:literal, $most:literal) => {
        concat!(
            "(SELECT CASE WHEN v >= '12001-01-01' AND v < '22000-01-01' THEN v - CAST('12000 years' AS interval) END FROM \
             (SELECT t + CAST('12000 years' AS interval) + CASE WHEN n BETWEEN -",
            $most,
            " AND ",
            $most,
            " THEN n END * CAST('1 ",
            $unit,
            "' AS interval) AS v FROM (SELECT {} AS t, {} AS n) AS given) AS added)"
        )
    };
}

pub(super) const fn function(function: Function) -> Option<&'static str> {
    use Function as F;
    Some(match function {
        F::Plus | F::PlusDecimals => "({} + {})",
        F::Minus | F::MinusDecimals => "({} - {})",
        F::Times | F::TimesDecimals => "({} * {})",
        F::DivideIntegers | F::DivideFloats => "({} / NULLIF({}, 0))",
        F::Remainder => "mod({}, NULLIF({}, 0))",
        F::Widened => "CAST({} AS bigint)",
        F::ToFloat => "CAST({} AS double precision)",
        F::ToInteger | F::UnsignedToInteger => "CAST({} AS bigint)",
        F::BooleanToInteger => "CAST(CAST({} AS integer) AS bigint)",
        F::ToDecimal => "CAST({} AS numeric)",
        // A cast would round.
        F::FloatToInteger => "CAST(trunc(CAST({} AS double precision)) AS bigint)",
        F::DecimalToInteger => "CAST(trunc({}) AS bigint)",
        F::IntegerToText => "(CAST({} AS text) COLLATE \"C\")",
        // A cast of what is none is an error.
        F::TextToInteger => "CAST(substring({} FROM '^[+-]?[0-9]{1,18}$') AS bigint)",
        F::TextToFloat => {
            concat!(
                "CAST(substring({} FROM '^",
                number_pattern!(),
                "$') AS double precision)"
            )
        }
        F::TextToDecimal => concat!(
            "CAST(substring({} FROM '^",
            number_pattern!(),
            "$') AS numeric)"
        ),
        // Not by a cast, which goes by the session's `DateStyle`.
        F::DateToText => "(to_char({}, 'YYYY-MM-DD') COLLATE \"C\")",
        F::TextToDate => concat!("CAST(substring({} FROM '^", date_pattern!(), "$') AS date)"),
        F::TextToMoment => {
            concat!(
                "CAST(substring({} FROM '^",
                date_pattern!(),
                time_pattern!(),
                "$') AS timestamp)"
            )
        }
        F::DateToMoment => "CAST({} AS timestamp)",
        F::MomentToDate => "CAST({} AS date)",
        F::MomentToDateUtc => "CAST({} AT TIME ZONE 'UTC' AS date)",
        F::Abs => "abs({})",
        F::RoundFloat => "CAST(round(CAST({} AS numeric), {}) AS double precision)",
        F::RoundDecimal => "round({}, {})",
        // `extract` counts the microseconds of the minute; of infinity there are none.
        F::CutMoment | F::CutTime => {
            "(SELECT v - coalesce(mod(CAST(extract(microseconds FROM v) AS bigint), CAST(power(10, 6 - d) AS bigint)), 0) \
             * CAST('1 microsecond' AS interval) FROM (SELECT {} AS v, {} AS d) AS cut)"
        }
        F::Lower => "lower({})",
        F::Upper => "upper({})",
        F::Length => "CAST(char_length({}) AS bigint)",
        F::Trim => "btrim({})",
        F::Concat => "({} || {})",
        F::Coalesce => "coalesce({}, {})",
        F::Year => "CAST(EXTRACT(YEAR FROM {}) AS bigint)",
        F::Month => "CAST(EXTRACT(MONTH FROM {}) AS bigint)",
        F::Day => "CAST(EXTRACT(DAY FROM {}) AS bigint)",
        F::Quarter => "CAST(EXTRACT(QUARTER FROM {}) AS bigint)",
        F::Week => "CAST(EXTRACT(WEEK FROM {}) AS bigint)",
        F::Weekday => "CAST(EXTRACT(ISODOW FROM {}) AS bigint)",
        F::Hour => "CAST(EXTRACT(HOUR FROM {}) AS bigint)",
        F::Minute => "CAST(EXTRACT(MINUTE FROM {}) AS bigint)",
        // A cast would round.
        F::Second => "CAST(floor(EXTRACT(SECOND FROM {})) AS bigint)",
        F::AtTimeZone => "({} AT TIME ZONE CAST({} AS text))",
        F::AtUtc => "({} AT TIME ZONE 'UTC')",
        F::TruncYear => "date_trunc('year', {})",
        F::TruncQuarter => "date_trunc('quarter', {})",
        F::TruncMonth => "date_trunc('month', {})",
        F::TruncWeek => "date_trunc('week', {})",
        F::TruncDay => "date_trunc('day', {})",
        F::TruncHour => "date_trunc('hour', {})",
        F::TruncMinute => "date_trunc('minute', {})",
        F::TruncSecond => "date_trunc('second', {})",
        F::AddMonths => added!("month", "120000"),
        F::AddDays => added!("day", "3660000"),
        F::AddHours => added!("hour", "87840000"),
        F::AddMinutes => added!("minute", "5270400000"),
        F::AddSeconds => added!("second", "316224000000"),
        F::DaysBetween => "CAST({} - {} AS bigint)",
        F::SecondsBetween => "CAST(trunc(EXTRACT(EPOCH FROM {} - {})) AS bigint)",
        F::CountRows => "count(*){over}",
        F::Count => "count({}){over}",
        F::CountDistinct => "count(DISTINCT {})",
        F::SumIntegers | F::SumSmallIntegers => "CAST(sum({}){over} AS bigint)",
        F::SumFloats => "CAST(sum({}){over} AS double precision)",
        F::SumDecimals => "sum({}){over}",
        F::Min => "min({}){over}",
        F::Max => "max({}){over}",
        F::Average => "avg(CAST({} AS double precision)){over}",
        F::AverageDecimals => "CAST(round(avg({}){over}, 9) AS double precision)",
        F::CheckedInteger => "{}",
        F::Random => "random()",
        F::RowNumber => "row_number(){over}",
        F::Rank => "rank(){over}",
        F::DenseRank => "dense_rank(){over}",
        F::Lag => "lag({}, {}){over}",
        F::Lead => "lead({}, {}){over}",
        F::FirstValue => "first_value({}){over}",
        F::LastValue => "last_value({}){over}",
        F::Ilike => "({} ILIKE {} ESCAPE '|')",
        F::Matches => "({} ~ {})",
        F::JsonContains => "(CAST({} AS jsonb) @> CAST({} AS jsonb))",
        F::JsonHasKey => "(CAST({} AS jsonb) ? {})",
        F::ArrayContains => "({} @> {})",
        F::ArrayOverlaps => "({} && {})",
        F::MatchesWords => "(to_tsvector('simple', {}) @@ plainto_tsquery('simple', {}))",
        // Not `lax`, which looks into arrays for a key.
        F::JsonText => {
            "(jsonb_path_query_first(CAST({} AS jsonb), CAST('strict ' || {} AS jsonpath), silent => true) #>> CAST(ARRAY[] AS text[])) COLLATE \"C\""
        }
        F::JsonInteger => json_number!("CAST(trunc(", ") AS bigint)"),
        F::JsonFloat => json_number!("CAST(", " AS double precision)"),
        F::Glob => return None,
    })
}

/// The text before and after a placeholder within an expression.
pub(super) const fn typed_value(kind: ValueKind) -> (&'static str, &'static str) {
    use ValueKind as V;
    match kind {
        V::Integer | V::Unsigned => ("CAST(", " AS bigint)"),
        V::Boolean => ("CAST(", " AS boolean)"),
        V::Float => ("CAST(", " AS double precision)"),
        V::Decimal => ("CAST(", " AS numeric)"),
        V::Text => ("CAST(", " AS text)"),
        V::Bytes => ("CAST(", " AS bytea)"),
        V::Date => ("CAST(", " AS date)"),
        V::Time => ("CAST(", " AS time)"),
        V::DateTime => ("CAST(", " AS timestamp)"),
        V::Timestamp => ("CAST(", " AS timestamptz)"),
        V::Uuid => ("CAST(", " AS uuid)"),
        V::Json => ("CAST(", " AS jsonb)"),
        V::Other => ("", ""),
    }
}

pub(super) const fn row_lock(lock: RowLock) -> &'static str {
    match (lock.is_shared, lock.skips_locked, lock.fails_if_locked) {
        (false, true, _) => " FOR UPDATE SKIP LOCKED",
        (false, false, true) => " FOR UPDATE NOWAIT",
        (false, false, false) => " FOR UPDATE",
        (true, true, _) => " FOR SHARE SKIP LOCKED",
        (true, false, true) => " FOR SHARE NOWAIT",
        (true, false, false) => " FOR SHARE",
    }
}
