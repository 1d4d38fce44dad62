//! SQLite: what it can do, and how it writes names, constants and placeholders.

use super::query::ListKind;
use super::{Capabilities, IdentifierLimit, Lists, QuerySyntax, Spelling};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '"',
    backslash_escapes: false,
    bytes_prefix: "X'",
    numbered_placeholders: false,
    no_values: " DEFAULT VALUES",
};

pub(super) const QUERY_SYNTAX: QuerySyntax = QuerySyntax {
    lists: Lists::Json,
    // LIKE folds the case of A to Z. Without the plus SQLite prepares the statement anew for each pattern.
    pattern: (" GLOB +", ""),
    globs: true,
    nulls_are_least: true,
    nulls_words: true,
    updates_return: true,
    no_limit: " LIMIT -1",
    // Without the plus SQLite plans by the number, and prepares the statement anew whenever one is bound (from 3.47 on).
    limit: " LIMIT +",
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
