//! MySQL and MariaDB: what it can do, and how it writes names, constants and placeholders.

use super::function::{date_pattern, number_pattern, time_pattern};
use super::query::ListKind;
use super::{
    Capabilities, Flavour, Function, IdentifierLimit, Lists, QuerySyntax, ReadsOfChanged, RowLock,
    Spelling, ValueKind,
};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '`',
    backslash_escapes: true,
    bytes_prefix: "X'",
    numbered_placeholders: false,
    no_values: " () VALUES ()",
};

pub(super) const QUERY_SYNTAX: QuerySyntax = QuerySyntax {
    // 65,535 placeholders are the most that a statement takes.
    lists: Lists::Placeholders(32_768),
    like_folds_case: false,
    texts_have_nul: true,
    nulls_are_least: true,
    nulls_words: false,
    updates_return: false,
    no_limit: " LIMIT 18446744073709551615",
    limit: " LIMIT ",
    locks_of_tables: false,
    excluded: ("VALUES(", ")"),
    reads_of_changed: ReadsOfChanged::Join,
    hides_changed_table: true,
    // Each value has it.
    by_bytes: "",
    string_agg: "GROUP_CONCAT",
    separator_after_order: Some(" SEPARATOR "),
    rows_are_ranges: false,
    windows_order: false,
    frame_of_places: "",
    joins_groups: false,
};

pub(super) fn capabilities(flavour: Option<Flavour>) -> Capabilities {
    Capabilities {
        returning: flavour == Some(Flavour::Mariadb),
        identifier_limit: IdentifierLimit::Characters(64),
        // By lower_case_table_names of the server: a schema for all of them must not depend on it.
        folds_table_names: true,
        folds_column_names: true,
        max_parameters: 65_535,
        transactional_ddl: false,
        enum_types: false,
        arrays: false,
        partial_indexes: false,
        expression_indexes: flavour == Some(Flavour::Mysql),
        indexes_in_table: true,
        comments_in_table: true,
        index_names_per_table: true,
        adds_foreign_keys: true,
        deferrable_foreign_keys: false,
        deferrable_uniques: false,
        nulls_not_distinct: false,
        set_default: false,
        merges_equal_keys: false,
        set_null_needs_null: true,
        schemas: false,
        computed_not_null: flavour == Some(Flavour::Mysql),
        virtual_columns: true,
        on_update_now: true,
        counted_key_at_column: false,
        refers_to_keys_only: false,
        indexes_foreign_keys: true,
        counted_column_needs_key: true,
        periods: flavour != Some(Flavour::Mysql),
        changes_case_of_all_letters: true,
    }
}

/// `JSON_TABLE` came with MariaDB 10.6 and MySQL 8.0.4; only lists of more values than placeholders need it.
pub(super) const fn json_values(kind: ListKind) -> (&'static str, &'static str) {
    const SELECT: &str = "SELECT v FROM JSON_TABLE(";
    match kind {
        ListKind::Integer => (SELECT, ", '$[*]' COLUMNS (v BIGINT PATH '$')) AS list"),
        ListKind::Unsigned => (
            SELECT,
            ", '$[*]' COLUMNS (v BIGINT UNSIGNED PATH '$')) AS list",
        ),
        ListKind::Float => (SELECT, ", '$[*]' COLUMNS (v DOUBLE PATH '$')) AS list"),
        ListKind::Decimal => (
            SELECT,
            ", '$[*]' COLUMNS (v DECIMAL(65, 30) PATH '$')) AS list",
        ),
        ListKind::Date => (SELECT, ", '$[*]' COLUMNS (v DATE PATH '$')) AS list"),
        ListKind::Time => (SELECT, ", '$[*]' COLUMNS (v TIME(6) PATH '$')) AS list"),
        ListKind::DateTime => (SELECT, ", '$[*]' COLUMNS (v DATETIME(6) PATH '$')) AS list"),
        ListKind::Bytes => (
            "SELECT UNHEX(v) FROM JSON_TABLE(",
            ", '$[*]' COLUMNS (v LONGTEXT PATH '$')) AS list",
        ),
        // Without COLLATE: of two collations of one character set that of bytes decides, and the default is none.
        ListKind::Text | ListKind::Other => (
            SELECT,
            ", '$[*]' COLUMNS (v LONGTEXT CHARACTER SET utf8mb4 PATH '$')) AS list",
        ),
    }
}

/// How functions are written; `{}` stands for the arguments.
/// Compared by bytes. Each product reads its own comment only.
macro_rules! by_bytes {
    () => {
        " /*M! COLLATE utf8mb4_nopad_bin */ /*!80000 COLLATE utf8mb4_0900_bin */"
    };
}

/// The text of the number at a path of a JSON value: one that is a text begins with a quote.
macro_rules! json_number {
    () => {
        "NULLIF(REGEXP_SUBSTR(CAST(JSON_EXTRACT({}, {}) AS CHAR CHARACTER SET utf8mb4), '^-?[0-9][0-9.eE+-]*$'), '')"
    };
}

/// The beginning of a unit, counted from the first Monday and day of a year that there is.
macro_rules! truncated {
    ($unit:literal) => {
        concat!(
            "(CAST('0001-01-01' AS DATETIME(6)) + INTERVAL TIMESTAMPDIFF(",
            $unit,
            ", '0001-01-01', {}) ",
            $unit,
            ")"
        )
    };
}

/// A time that is moved by a number of this unit. Days of the year 0, which months lead to, have no next one: NULL.
macro_rules! added {
    ($unit:literal) => {
        concat!("(({} + INTERVAL {} ", $unit, ") + INTERVAL 0 DAY)")
    };
}

pub(super) const fn function(function: Function) -> Option<&'static str> {
    use Function as F;
    Some(match function {
        F::Plus | F::PlusDecimals => "({} + {})",
        F::Minus | F::MinusDecimals => "({} - {})",
        F::Times | F::TimesDecimals => "({} * {})",
        F::DivideIntegers => "({} DIV NULLIF({}, 0))",
        // An UPDATE by 0 would be an error, as the session's `sql_mode` makes it.
        F::DivideFloats => "({} / NULLIF({}, 0))",
        F::Remainder => "({} MOD NULLIF({}, 0))",
        F::Widened => "{}",
        F::ToFloat => "({} + 0e0)",
        F::AtUtc | F::ToInteger | F::BooleanToInteger => "{}",
        // A cast would give the greatest or least integer in place of one beyond them, and round.
        F::UnsignedToInteger => "(CAST({} AS DECIMAL(20, 0)) DIV 1)",
        F::FloatToInteger | F::DecimalToInteger => "({} DIV 1)",
        F::ToDecimal => "CAST({} AS DECIMAL(20, 0))",
        F::IntegerToText => concat!("(CAST({} AS CHAR CHARACTER SET utf8mb4)", by_bytes!(), ")"),
        // A cast takes what a text begins with. Not `$`, which is also before a line's end.
        F::TextToInteger => {
            "CAST(NULLIF(REGEXP_SUBSTR({}, '(?s)^[+-]?[0-9]{1,18}(?!.)'), '') AS SIGNED)"
        }
        F::TextToFloat => {
            concat!(
                "(NULLIF(REGEXP_SUBSTR({}, '(?s)^",
                number_pattern!(),
                "(?!.)'), '') + 0e0)"
            )
        }
        F::TextToDecimal => concat!(
            "CAST(NULLIF(REGEXP_SUBSTR({}, '(?s)^",
            number_pattern!(),
            "(?!.)'), '') AS DECIMAL(65, 30))"
        ),
        F::DateToText => concat!("(CAST({} AS CHAR CHARACTER SET utf8mb4)", by_bytes!(), ")"),
        F::TextToDate => {
            concat!(
                "CAST(NULLIF(REGEXP_SUBSTR({}, '(?s)^",
                date_pattern!(),
                "(?!.)'), '') AS DATE)"
            )
        }
        F::TextToMoment => {
            concat!(
                "CAST(NULLIF(REGEXP_SUBSTR({}, '(?s)^",
                date_pattern!(),
                time_pattern!(),
                "(?!.)'), '') AS DATETIME(6))"
            )
        }
        F::DateToMoment => "CAST({} AS DATETIME(6))",
        F::MomentToDate | F::MomentToDateUtc => "DATE({})",
        F::Abs => "ABS({})",
        F::RoundFloat => "(ROUND(CAST({} AS DECIMAL(65, 15)), {}) + 0e0)",
        F::RoundDecimal => "ROUND({}, {})",
        // MySQL would round.
        F::CutMoment => "CAST(TRIM(TRAILING '.' FROM LEFT({}, 20 + {})) AS DATETIME(6))",
        F::CutTime => "CAST(TRIM(TRAILING '.' FROM LEFT({}, 9 + {})) AS TIME(6))",
        F::Lower => "LOWER({})",
        F::Upper => "UPPER({})",
        F::Length => "CHAR_LENGTH({})",
        F::Trim => "TRIM({})",
        F::Concat => "CONCAT({}, {})",
        F::Coalesce => "COALESCE({}, {})",
        F::Year => "YEAR({})",
        F::Month => "MONTH({})",
        F::Day => "DAYOFMONTH({})",
        F::Quarter => "QUARTER({})",
        F::Week => "WEEK({}, 3)",
        F::Weekday => "(WEEKDAY({}) + 1)",
        F::Hour => "HOUR({})",
        F::Minute => "MINUTE({})",
        F::Second => "SECOND({})",
        F::TruncYear => truncated!("YEAR"),
        F::TruncQuarter => truncated!("QUARTER"),
        F::TruncMonth => truncated!("MONTH"),
        F::TruncWeek => truncated!("WEEK"),
        F::TruncDay => "CAST(DATE({}) AS DATETIME(6))",
        F::TruncHour => truncated!("HOUR"),
        F::TruncMinute => truncated!("MINUTE"),
        F::TruncSecond => truncated!("SECOND"),
        F::AddMonths => added!("MONTH"),
        F::AddDays => added!("DAY"),
        F::AddHours => added!("HOUR"),
        F::AddMinutes => added!("MINUTE"),
        F::AddSeconds => added!("SECOND"),
        F::DaysBetween => "DATEDIFF({}, {})",
        F::SecondsBetween => "(-TIMESTAMPDIFF(SECOND, {}, {}))",
        F::CountRows => "count(*){over}",
        F::Count => "count({}){over}",
        F::CountDistinct => "count(DISTINCT {})",
        F::SumIntegers | F::SumSmallIntegers => "(sum({}){over} DIV 1)",
        F::SumFloats | F::SumDecimals => "sum({}){over}",
        F::Min => "min({}){over}",
        F::Max => "max({}){over}",
        F::Average => "avg({} + 0e0){over}",
        F::AverageDecimals => "(ROUND(avg(CAST({} AS DECIMAL(60, 20))){over}, 9) + 0e0)",
        F::CheckedInteger => "{}",
        F::Random => "RAND()",
        F::RowNumber => "row_number(){over}",
        F::Rank => "rank(){over}",
        F::DenseRank => "dense_rank(){over}",
        F::Lag => "lag({}, {}){over}",
        F::Lead => "lead({}, {}){over}",
        F::FirstValue => "first_value({}){over}",
        F::LastValue => "last_value({}){over}",
        F::Matches => "({} REGEXP {})",
        F::JsonContains => "JSON_CONTAINS({}, {})",
        F::MatchesWords => "MATCH ({}) AGAINST ({})",
        // JSON_VALUE of MySQL takes no bound path.
        F::JsonText => {
            concat!(
                "(JSON_UNQUOTE(NULLIF(CAST(JSON_EXTRACT({}, {}) AS CHAR CHARACTER SET utf8mb4), 'null'))",
                by_bytes!(),
                ")"
            )
        }
        F::JsonInteger => concat!("(CAST(", json_number!(), " AS DECIMAL(65, 30)) DIV 1)"),
        F::JsonFloat => concat!("(", json_number!(), " + 0e0)"),
        F::Ilike
        | F::Glob
        | F::JsonHasKey
        | F::ArrayContains
        | F::ArrayOverlaps
        | F::AtTimeZone => {
            return None;
        }
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
        | V::Bytes
        | V::Uuid
        | V::Json
        | V::Other => ("", ""),
        // A bare value has the collation of the connection, which ignores case.
        V::Text => ("", by_bytes!()),
        V::Decimal => ("CAST(", " AS DECIMAL(65, 30))"),
        V::Date => ("CAST(", " AS DATE)"),
        V::Time => ("CAST(", " AS TIME(6))"),
        V::DateTime | V::Timestamp => ("CAST(", " AS DATETIME(6))"),
    }
}

/// `FOR SHARE` is MySQL's alone, and the older form with an option MariaDB's alone: each reads its own comment only.
pub(super) const fn row_lock(lock: RowLock) -> &'static str {
    match (lock.is_shared, lock.skips_locked, lock.fails_if_locked) {
        (false, true, _) => " FOR UPDATE SKIP LOCKED",
        (false, false, true) => " FOR UPDATE NOWAIT",
        (false, false, false) => " FOR UPDATE",
        (true, true, _) => {
            " /*M! LOCK IN SHARE MODE SKIP LOCKED */ /*!80000 FOR SHARE SKIP LOCKED */"
        }
        (true, false, true) => " /*M! LOCK IN SHARE MODE NOWAIT */ /*!80000 FOR SHARE NOWAIT */",
        (true, false, false) => " LOCK IN SHARE MODE",
    }
}
