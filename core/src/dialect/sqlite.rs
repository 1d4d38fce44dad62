//! SQLite: what it can do, and how it writes names, constants and placeholders.

use super::{Capabilities, IdentifierLimit, Spelling};

pub(super) const SPELLING: Spelling = Spelling {
    identifier_quote: '"',
    backslash_escapes: false,
    bytes_prefix: "X'",
    numbered_placeholders: false,
    no_values: " DEFAULT VALUES",
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
