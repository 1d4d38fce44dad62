//! PostgreSQL: what it can do, and how it writes names, constants and placeholders.

use super::{Capabilities, IdentifierLimit, Lists, QuerySyntax, Spelling};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '"',
    backslash_escapes: false,
    bytes_prefix: "'\\x",
    numbered_placeholders: true,
    no_values: " DEFAULT VALUES",
};

pub(super) const QUERY_SYNTAX: QuerySyntax = QuerySyntax {
    lists: Lists::Array,
    pattern: (" LIKE ", " ESCAPE '|'"),
    globs: false,
    nulls_are_least: false,
    nulls_words: true,
    updates_return: true,
    no_limit: "",
    limit: " LIMIT ",
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
        changes_case_of_all_letters: true,
    }
}
