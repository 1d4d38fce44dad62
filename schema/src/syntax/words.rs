//! The words that a database keeps for itself, so that they are no names unless they are quoted.
//!
//! PostgreSQL 15 (`pg_get_keywords`), MariaDB 10.11 (each word of `information_schema.keywords` tried as a column and as an alias),
//! SQLite 3.40 (each keyword of its documentation tried likewise).

use crate::dialect::Dialect;

/// Sorted lists of one dialect.
struct Words {
    /// No columns and tables.
    reserved: &'static [&'static str],
    /// No aliases without `AS` either.
    not_bare: &'static [&'static str],
    /// No aliases of tables without `AS` either.
    not_table: &'static [&'static str],
    /// Names of functions alone.
    functions: &'static [&'static str],
}

const POSTGRES: Words = Words {
    reserved: &[
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
        "authorization", "binary", "both", "case", "cast", "check", "collate", "collation",
        "column", "concurrently", "constraint", "create", "cross", "current_catalog",
        "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
        "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end",
        "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group",
        "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull",
        "join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp",
        "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps", "placing", "primary", "references", "returning", "right", "select",
        "session_user", "similar", "some", "symmetric", "table", "tablesample", "then", "to",
        "trailing", "true", "union", "unique", "user", "using", "variadic", "verbose", "when",
        "where", "window", "with",
    ],
    not_bare: &[
        "array", "as", "char", "character", "create", "day", "except", "fetch", "filter", "for",
        "from", "grant", "group", "having", "hour", "intersect", "into", "isnull", "limit",
        "minute", "month", "notnull", "offset", "on", "order", "over", "overlaps", "precision",
        "returning", "second", "to", "union", "varying", "where", "window", "with", "within",
        "without", "year",
    ],
    not_table: &[],
    functions: &[
        "authorization", "binary", "collation", "concurrently", "cross", "current_schema",
        "freeze", "full", "ilike", "inner", "is", "isnull", "join", "left", "like", "natural",
        "notnull", "outer", "overlaps", "right", "similar", "tablesample", "verbose",
    ],
};

const MYSQL: Words = Words {
    reserved: &[
        "accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive",
        "before", "between", "bigint", "binary", "blob", "both", "by", "call", "cascade", "case",
        "change", "char", "character", "check", "collate", "column", "condition", "constraint",
        "continue", "convert", "create", "cross", "current_date", "current_role",
        "current_time", "current_timestamp", "current_user", "cursor", "databases", "day_hour",
        "day_microsecond", "day_minute", "day_second", "dec", "decimal", "declare", "default",
        "delayed", "delete", "describe", "deterministic", "distinct", "distinctrow", "div",
        "double", "drop", "dual", "each", "else", "elseif", "enclosed", "escaped", "except",
        "exists", "exit", "explain", "false", "fetch", "float", "for", "force", "foreign",
        "from", "fulltext", "grant", "group", "having", "high_priority", "hour_microsecond",
        "hour_minute", "hour_second", "if", "ignore", "in", "index", "infile", "inner", "inout",
        "insensitive", "insert", "int", "integer", "intersect", "interval", "into", "is",
        "iterate", "join", "key", "keys", "kill", "leading", "leave", "left", "like", "limit",
        "linear", "lines", "load", "localtime", "localtimestamp", "lock", "long", "longblob",
        "longtext", "loop", "low_priority", "match", "maxvalue", "mediumblob", "mediumint",
        "mediumtext", "middleint", "minute_microsecond", "minute_second", "mod", "modifies",
        "natural", "no_write_to_binlog", "not", "null", "numeric", "offset", "on", "optimize",
        "optionally", "or", "order", "out", "outer", "outfile", "over", "partition", "portion",
        "precision", "primary", "procedure", "purge", "range", "read", "read_write", "reads",
        "real", "recursive", "references", "regexp", "release", "rename", "repeat", "replace",
        "require", "resignal", "restrict", "return", "returning", "revoke", "right", "rlike",
        "row_number", "rows", "schemas", "second_microsecond", "select", "sensitive",
        "separator", "set", "show", "signal", "smallint", "spatial", "specific", "sql",
        "sql_big_result", "sql_calc_found_rows", "sql_small_result", "sqlexception", "sqlstate",
        "sqlwarning", "ssl", "starting", "straight_join", "table", "terminated", "then",
        "tinyblob", "tinyint", "tinytext", "to", "trailing", "trigger", "true", "undo", "union",
        "unique", "unlock", "unsigned", "update", "usage", "use", "using", "utc_date",
        "utc_time", "utc_timestamp", "values", "varbinary", "varchar", "varcharacter",
        "varying", "when", "where", "while", "with", "write", "xor", "year_month", "zerofill",
    ],
    not_bare: &["sounds"],
    not_table: &["window"],
    functions: &[
        "char", "convert", "default", "if", "insert", "interval", "left", "mod", "repeat",
        "replace", "right", "row_number", "values",
    ],
};

const SQLITE: Words = Words {
    reserved: &[
        "add", "all", "alter", "and", "as", "autoincrement", "between", "case", "check",
        "collate", "commit", "constraint", "create", "default", "deferrable", "delete",
        "distinct", "drop", "else", "escape", "except", "exists", "foreign", "from", "group",
        "having", "in", "index", "insert", "intersect", "into", "is", "isnull", "join", "limit",
        "not", "nothing", "notnull", "null", "on", "or", "order", "primary", "references",
        "returning", "select", "set", "table", "then", "to", "transaction", "union", "unique",
        "update", "using", "values", "when", "where",
    ],
    not_bare: &[
        "cross", "full", "glob", "indexed", "inner", "left", "like", "match", "natural", "outer",
        "regexp", "right",
    ],
    not_table: &[],
    functions: &[],
};

const fn words(dialect: Dialect) -> &'static Words {
    match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
        Dialect::Mysql => &MYSQL,
    }
}

fn has(list: &[&str], word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    list.binary_search(&lower.as_str()).is_ok()
}

/// Whether the word is no name of a column or a table.
pub(super) fn is_reserved(dialect: Dialect, word: &str) -> bool {
    has(words(dialect).reserved, word)
}

/// Whether the word may be the name of a function that is called.
pub(super) fn may_be_function(dialect: Dialect, word: &str) -> bool {
    !is_reserved(dialect, word) || has(words(dialect).functions, word)
}

/// Whether the word may stand as an alias without `AS`.
pub(super) fn may_be_alias(dialect: Dialect, word: &str) -> bool {
    // PostgreSQL takes reserved words there, but for those that may follow a value.
    let reserved = dialect != Dialect::Postgres && is_reserved(dialect, word);
    !reserved && !has(words(dialect).not_bare, word)
}

/// Whether the word may stand as an alias of a table without `AS`.
pub(super) fn may_be_table_alias(dialect: Dialect, word: &str) -> bool {
    let bare = dialect == Dialect::Postgres || !has(words(dialect).not_bare, word);
    bare && !is_reserved(dialect, word) && !has(words(dialect).not_table, word)
}
