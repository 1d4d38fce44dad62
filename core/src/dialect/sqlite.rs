//! SQLite: what it can do, and how it writes names, constants and placeholders.

use super::query::ListKind;
use super::{
    Capabilities, Function, IdentifierLimit, IntegerKind, Lists, QuerySyntax, ReadsOfChanged,
    SearchPart, Spelling, TextSearch, ValueKind,
};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '"',
    backslash_escapes: false,
    bytes_prefix: "X'",
    numbered_placeholders: false,
    no_values: " DEFAULT VALUES",
};

pub(super) const QUERY_SYNTAX: QuerySyntax = QuerySyntax {
    // From some ten values on JSON is as fast, and has one text.
    lists: Lists::Placeholders(8),
    like_folds_case: true,
    texts_have_nul: true,
    nulls_are_least: true,
    nulls_words: true,
    updates_return: true,
    no_limit: " LIMIT -1",
    // Without the plus SQLite plans by the number, and prepares the statement anew whenever one is bound (from 3.47 on).
    limit: " LIMIT +",
    locks_of_tables: false,
    excluded: ("excluded.", ""),
    reads_of_changed: ReadsOfChanged::From,
    hides_changed_table: false,
    by_bytes: "",
    string_agg: "group_concat",
    separator_after_order: None,
    rows_are_ranges: true,
    windows_order: false,
    frame_of_places: "",
    joins_groups: false,
};

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        returning: true,
        identifier_limit: IdentifierLimit::None,
        folds_table_names: true,
        folds_column_names: true,
        max_parameters: 32_766,
        transactional_ddl: true,
        enum_types: false,
        arrays: false,
        partial_indexes: true,
        expression_indexes: true,
        indexes_in_table: false,
        comments_in_table: false,
        index_names_per_table: false,
        adds_foreign_keys: false,
        deferrable_foreign_keys: true,
        deferrable_uniques: false,
        nulls_not_distinct: false,
        set_default: true,
        merges_equal_keys: false,
        set_null_needs_null: false,
        schemas: false,
        computed_not_null: true,
        virtual_columns: true,
        on_update_now: false,
        counted_key_at_column: true,
        refers_to_keys_only: true,
        indexes_foreign_keys: false,
        counted_column_needs_key: false,
        periods: false,
        changes_case_of_all_letters: false,
    }
}

pub(super) const fn json_values(kind: ListKind) -> (&'static str, &'static str) {
    match kind {
        ListKind::Bytes => ("SELECT unhex(value) FROM json_each(", ")"),
        ListKind::Integer
        | ListKind::Unsigned
        | ListKind::Float
        | ListKind::Text
        | ListKind::Decimal
        | ListKind::Date
        | ListKind::Time
        | ListKind::DateTime
        | ListKind::Other => ("SELECT value FROM json_each(", ")"),
    }
}

/// A range can be found in an index; `bindery_like` is a function that bindery adds to its connections.
pub(super) const fn text_search(search: TextSearch) -> &'static [SearchPart] {
    use SearchPart::{Sql, Text, Value};
    match search {
        TextSearch::Pattern | TextSearch::End => &[
            Sql("bindery_like(CAST("),
            Text,
            Sql(" AS TEXT), "),
            Value,
            Sql(")"),
        ],
        TextSearch::Start => &[
            Sql("("),
            Text,
            Sql(" >= "),
            Value,
            Sql(" AND "),
            Text,
            Sql(" < "),
            Value,
            Sql(")"),
        ],
        TextSearch::Part => &[Sql("(instr("), Text, Sql(", "), Value, Sql(") > 0)")],
    }
}

/// How functions are written; `{}` stands for the arguments.
/// A number that a text is, as one of this type. A cast takes what a text begins with; GLOB ends at a NUL.
macro_rules! text_to_number {
    ($type:literal) => {
        concat!(
            "(SELECT CASE WHEN d GLOB '[0-9]*' AND d GLOB '*[0-9]' AND d NOT GLOB '*[^0-9.]*' AND d NOT GLOB '*.*.*' \
             AND instr(d || '.', '.') <= 36 AND length(d) - instr(d || '.', '.') <= 30 AND NOT instr(t, char(0)) THEN CAST(t AS ",
            $type,
            ") END FROM (SELECT t, iif(substr(t, 1, 1) IN ('+', '-'), substr(t, 2), t) AS d FROM (SELECT {} AS t)))"
        )
    };
}

/// A time that is moved by a number of this unit. It is moved without its fraction, which would be rounded to milliseconds.
macro_rules! added {
    ($unit:literal) => {
        concat!(
            "(SELECT CASE WHEN v >= '0001' THEN v END FROM (SELECT datetime(substr(t, 1, 19), n || ",
            $unit,
            ") || substr(t, 20) AS v FROM (SELECT {} AS t, {} AS n)))"
        )
    };
}

pub(super) const fn function(function: Function) -> Option<&'static str> {
    use Function as F;
    Some(match function {
        F::Plus => "({} + {})",
        F::Minus => "({} - {})",
        F::Times => "({} * {})",
        F::DivideIntegers | F::DivideFloats => "({} / {})",
        // Floats are added to the digits that 15 leave of the greater one, and multiplied to 15 of the product.
        F::PlusDecimals => {
            "(SELECT CASE typeof(a + b) WHEN 'real' THEN \
             round(a + b, 15 - length(ltrim(CAST(max(abs(a), abs(b)) AS INTEGER), '0'))) ELSE a + b END \
             FROM (SELECT {} AS a, {} AS b))"
        }
        F::MinusDecimals => {
            "(SELECT CASE typeof(a - b) WHEN 'real' THEN \
             round(a - b, 15 - length(ltrim(CAST(max(abs(a), abs(b)) AS INTEGER), '0'))) ELSE a - b END \
             FROM (SELECT {} AS a, {} AS b))"
        }
        F::TimesDecimals => {
            "(SELECT CASE typeof(v) WHEN 'real' THEN CAST(printf('%.15g', v) AS NUMERIC) ELSE v END \
             FROM (SELECT {} * {} AS v))"
        }
        F::Remainder => "({} % {})",
        F::Widened => "{}",
        F::ToFloat => "CAST({} AS REAL)",
        F::AtUtc
        | F::ToInteger
        | F::UnsignedToInteger
        | F::BooleanToInteger
        | F::ToDecimal
        | F::DateToText => "{}",
        // A cast would give the greatest or least integer in place of one beyond them.
        F::FloatToInteger | F::DecimalToInteger => {
            "(SELECT CASE WHEN v >= 9223372036854775808.0 OR v < -9223372036854775808.0 THEN abs(-9223372036854775808) ELSE CAST(v AS INTEGER) END \
             FROM (SELECT {} AS v))"
        }
        F::IntegerToText => "CAST({} AS TEXT)",
        // A cast takes what a text begins with. GLOB ends at a NUL.
        F::TextToInteger => {
            "(SELECT CASE WHEN length(d) BETWEEN 1 AND 18 AND d NOT GLOB '*[^0-9]*' AND NOT instr(t, char(0)) THEN CAST(t AS INTEGER) END \
             FROM (SELECT t, iif(substr(t, 1, 1) IN ('+', '-'), substr(t, 2), t) AS d FROM (SELECT {} AS t)))"
        }
        F::TextToFloat => text_to_number!("REAL"),
        F::TextToDecimal => text_to_number!("NUMERIC"),
        // A text that is no date gives another date, or NULL.
        F::TextToDate => {
            "(SELECT CASE WHEN date(t) = t AND t >= '0001' AND NOT instr(t, char(0)) THEN t END FROM (SELECT {} AS t))"
        }
        // As it is stored, so that it compares with others: six digits of a fraction, or none.
        F::TextToMoment => {
            "(SELECT CASE WHEN date(d) = d AND d >= '0001' AND time(c) = c AND s IN (' ', 'T') AND NOT instr(t, char(0)) AND (f = '' OR \
             f GLOB '.[0-9]*' AND length(f) < 8 AND substr(f, 2) NOT GLOB '*[^0-9]*') \
             THEN d || ' ' || c || CASE rtrim(f, '.0') WHEN '' THEN '' ELSE substr(f || '00000', 1, 7) END END \
             FROM (SELECT t, substr(t, 1, 10) AS d, substr(t, 11, 1) AS s, substr(t, 12, 8) AS c, substr(t, 20) AS f FROM (SELECT {} AS t)))"
        }
        F::DateToMoment => "({} || ' 00:00:00')",
        F::MomentToDate | F::MomentToDateUtc => "date({})",
        F::Abs => "abs({})",
        // 0.15 is a float below it: one step away from zero it is rounded as its 15 digits are, of which the result has no more.
        // `printf` would make a zero of NULL, and an integer needs no step.
        F::RoundFloat | F::RoundDecimal => {
            "(SELECT CASE typeof(v) WHEN 'null' THEN NULL WHEN 'integer' THEN round(v, d) \
             ELSE CAST(printf('%.15g', round(CAST(printf('%.15g', v) AS REAL) * 1.0000000000000002, d)) AS REAL) END FROM (SELECT {} AS v, {} AS d))"
        }
        // Only a text in the form that is written: an integer or a real is a point in time, too.
        F::CutMoment => {
            "(SELECT iif(substr(v, 20, 1) = '.' AND substr(v, 21) NOT GLOB '*[^0-9]*', rtrim(substr(v, 1, 20 + d), '.'), v) \
             FROM (SELECT {} AS v, {} AS d))"
        }
        F::CutTime => {
            "(SELECT iif(substr(v, 9, 1) = '.' AND substr(v, 10) NOT GLOB '*[^0-9]*', rtrim(substr(v, 1, 9 + d), '.'), v) \
             FROM (SELECT {} AS v, {} AS d))"
        }
        F::Lower => "lower({})",
        F::Upper => "upper({})",
        // `length` ends at a NUL; the place after all characters is that of a byte that no text has.
        F::Length => {
            "(SELECT CASE instr(t, char(0)) WHEN 0 THEN length(t) ELSE instr(t || CAST(x'FF' AS TEXT), CAST(x'FF' AS TEXT)) - 1 END \
             FROM (SELECT {} AS t))"
        }
        F::Trim => "trim({})",
        F::Concat => "({} || {})",
        F::Coalesce => "coalesce({}, {})",
        F::Year => "CAST(strftime('%Y', {}) AS INTEGER)",
        F::Month => "CAST(strftime('%m', {}) AS INTEGER)",
        F::Day => "CAST(strftime('%d', {}) AS INTEGER)",
        F::Quarter => "((strftime('%m', {}) + 2) / 3)",
        // Without the fraction, which would be rounded to milliseconds, and so into the next day.
        F::Week => "CAST(strftime('%V', substr({}, 1, 19)) AS INTEGER)",
        F::Weekday => "CAST(strftime('%u', substr({}, 1, 19)) AS INTEGER)",
        F::Hour => "CAST(strftime('%H', {}) AS INTEGER)",
        F::Minute => "CAST(strftime('%M', {}) AS INTEGER)",
        F::Second => "CAST(strftime('%S', substr({}, 1, 19)) AS INTEGER)",
        F::TruncYear => "strftime('%Y-01-01 00:00:00', {})",
        F::TruncQuarter => {
            "(strftime('%Y-', {}) || printf('%02d', (strftime('%m', {0}) + 2) / 3 * 3 - 2) || '-01 00:00:00')"
        }
        F::TruncMonth => "strftime('%Y-%m-01 00:00:00', {})",
        F::TruncWeek => "datetime(substr({}, 1, 10), 'weekday 0', '-6 days')",
        F::TruncDay => "strftime('%Y-%m-%d 00:00:00', {})",
        F::TruncHour => "strftime('%Y-%m-%d %H:00:00', {})",
        F::TruncMinute => "strftime('%Y-%m-%d %H:%M:00', {})",
        F::TruncSecond => "substr({}, 1, 19)",
        F::AddMonths => added!("' months', 'floor'"),
        F::AddDays => added!("' days'"),
        F::AddHours => added!("' hours'"),
        F::AddMinutes => added!("' minutes'"),
        F::AddSeconds => added!("' seconds'"),
        F::DaysBetween => "CAST(julianday({}) - julianday({}) AS INTEGER)",
        F::SecondsBetween => {
            "(((strftime('%s', substr({}, 1, 19)) - strftime('%s', substr({}, 1, 19))) * 1000000 \
             + substr(substr({0}, 21) || '000000', 1, 6) - substr(substr({1}, 21) || '000000', 1, 6)) / 1000000)"
        }
        F::CountRows => "count(*){over}",
        F::Count => "count({}){over}",
        F::CountDistinct => "count(DISTINCT {})",
        F::SumSmallIntegers | F::SumFloats => "sum({}){over}",
        // `sum` refuses a sum of fewer rows that is beyond 64 bits: the upper and the lower 32 are summed apart.
        F::SumIntegers => {
            "(CASE WHEN sum({} >> 32){over} + (sum({0} & 4294967295){over} >> 32) NOT BETWEEN -2147483648 AND 2147483647 \
             THEN abs(-9223372036854775808) \
             ELSE (sum({0} >> 32){over} + (sum({0} & 4294967295){over} >> 32) << 32) | (sum({0} & 4294967295){over} & 4294967295) END)"
        }
        F::SumDecimals => {
            "round(sum({} * 1.0){over}, 15 - length(ltrim(CAST(total(abs({0})){over} AS INTEGER), '0')))"
        }
        F::Min => "min({}){over}",
        F::Max => "max({}){over}",
        F::Average => "avg({}){over}",
        F::AverageDecimals => "round(avg({}){over}, 9)",
        F::Random => "random()",
        F::RowNumber => "row_number(){over}",
        F::Rank => "rank(){over}",
        F::DenseRank => "dense_rank(){over}",
        F::Lag => "lag({}, {}){over}",
        F::Lead => "lead({}, {}){over}",
        F::FirstValue => "first_value({}){over}",
        F::LastValue => "last_value({}){over}",
        // Operators whose result is beyond 64 bits give a float. `abs` refuses the least integer: "integer overflow".
        F::CheckedInteger => {
            "(SELECT CASE typeof(v) WHEN 'real' THEN abs(-9223372036854775808) ELSE v END FROM (SELECT {} AS v))"
        }
        F::Glob => "({} GLOB {})",
        F::JsonText => {
            "(SELECT CASE j WHEN 'null' THEN NULL WHEN 'true' THEN j WHEN 'false' THEN j ELSE CAST(json_extract(j, '$') AS TEXT) END \
             FROM (SELECT {} -> {} AS j))"
        }
        F::JsonInteger => {
            "(SELECT CASE WHEN t NOT IN ('integer', 'real') THEN NULL \
             WHEN v >= 9223372036854775808.0 OR v < -9223372036854775808.0 THEN abs(-9223372036854775808) ELSE CAST(v AS INTEGER) END \
             FROM (SELECT json_type(j) AS t, json_extract(j, '$') AS v FROM (SELECT {} -> {} AS j)))"
        }
        F::JsonFloat => {
            "(SELECT CASE WHEN json_type(j) IN ('integer', 'real') THEN CAST(json_extract(j, '$') AS REAL) END FROM (SELECT {} -> {} AS j))"
        }
        F::Ilike
        | F::Matches
        | F::JsonContains
        | F::JsonHasKey
        | F::ArrayContains
        | F::ArrayOverlaps
        | F::MatchesWords
        | F::AtTimeZone => return None,
    })
}

/// Those that have a query within them, without it.
pub(super) const fn function_of_window(function: Function) -> Option<&'static str> {
    use Function as F;
    Some(match function {
        F::CheckedInteger => {
            "(CASE typeof({}) WHEN 'real' THEN abs(-9223372036854775808) ELSE {0} END)"
        }
        F::PlusDecimals => {
            "(CASE typeof({} + {}) WHEN 'real' THEN \
             round({0} + {1}, 15 - length(ltrim(CAST(max(abs({0}), abs({1})) AS INTEGER), '0'))) ELSE {0} + {1} END)"
        }
        F::MinusDecimals => {
            "(CASE typeof({} - {}) WHEN 'real' THEN \
             round({0} - {1}, 15 - length(ltrim(CAST(max(abs({0}), abs({1})) AS INTEGER), '0'))) ELSE {0} - {1} END)"
        }
        F::TimesDecimals => {
            "(CASE typeof({} * {}) WHEN 'real' THEN CAST(printf('%.15g', {0} * {1}) AS NUMERIC) ELSE {0} * {1} END)"
        }
        F::RoundFloat | F::RoundDecimal => {
            "(CASE typeof({}) WHEN 'null' THEN NULL WHEN 'integer' THEN round({0}, {}) \
             ELSE CAST(printf('%.15g', round(CAST(printf('%.15g', {0}) AS REAL) * 1.0000000000000002, {1})) AS REAL) END)"
        }
        _ => return None,
    })
}

/// The text before and after a placeholder within an expression.
pub(super) const fn typed_value(kind: ValueKind) -> (&'static str, &'static str) {
    use ValueKind as V;
    match kind {
        V::Integer
        | V::Unsigned
        | V::Boolean
        | V::Float
        | V::Text
        | V::Bytes
        | V::Date
        | V::Time
        | V::DateTime
        | V::Timestamp
        | V::Uuid
        | V::Json
        | V::Other => ("", ""),
        V::Decimal => ("CAST(", " AS NUMERIC)"),
    }
}

/// Without a type of its own a column keeps whatever it is set to.
pub(super) const fn stored_integer(kind: IntegerKind) -> (&'static str, &'static str) {
    macro_rules! within {
        ($bounds:literal) => {
            (
                concat!(
                    "(SELECT CASE WHEN typeof(v) = 'real' OR (typeof(v) = 'integer' AND v NOT BETWEEN ",
                    $bounds,
                    ") THEN abs(-9223372036854775808) ELSE v END FROM (SELECT "
                ),
                " AS v))",
            )
        };
    }
    match kind {
        IntegerKind::I8 => within!("-128 AND 127"),
        IntegerKind::I16 => within!("-32768 AND 32767"),
        IntegerKind::I32 => within!("-2147483648 AND 2147483647"),
        IntegerKind::I64 => (
            "(SELECT CASE typeof(v) WHEN 'real' THEN abs(-9223372036854775808) ELSE v END FROM (SELECT ",
            " AS v))",
        ),
        IntegerKind::U8 => within!("0 AND 255"),
        IntegerKind::U16 => within!("0 AND 65535"),
        IntegerKind::U32 => within!("0 AND 4294967295"),
        IntegerKind::U64 => within!("0 AND 9223372036854775807"),
    }
}
